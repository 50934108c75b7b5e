// Waiting: the desk follows its summary as it happens; rows look again by themselves.

import { all, find, say } from "./dom.js";
import { typing } from "./forms.js";

/* The EHR says what is new after the page is shown: nobody waits for it to read. */
export async function askEhr() {
  const shown = find("#fresh");
  if (!shown || new URLSearchParams(location.search).has("ask")) return;
  const answer = await fetch(`${location.pathname}${shown.dataset.ask}`, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = find("#fresh", page);
  if (!fresh || !find("#fresh")) return;
  if (fresh.dataset.state !== find("#fresh").dataset.state) say("The chart has changed since this was drafted.");
  find("#fresh").replaceWith(document.adoptNode(fresh));
  find(".desk-acts").replaceWith(document.adoptNode(find(".desk-acts", page)));
}

export const LOOK_EVERY_MS = 2000;
const AWAY_AFTER_MS = 10 * 60_000; // looking again must not keep a forgotten session alive

export const LOOK_WHO_MS = 15_000;
const LOOK_AGAIN_MS = 3000;
let touchedAt = Date.now();

export const isAway = () => document.hidden || Date.now() - touchedAt >= AWAY_AFTER_MS;

export function followSummary(head) {
  const stream = new EventSource(head.dataset.events);
  stream.addEventListener("status", ({ data }) => showStatus(head, JSON.parse(data)));
  stream.addEventListener("progress", ({ data }) => showStep(JSON.parse(data)));
  // The server ends a long stream; the browser comes again, but not for somebody who has left.
  stream.addEventListener("error", () => {
    if (isAway()) stream.close();
    // It came to its end between the page and the stream: the page would wait for what is over.
    else if (stream.readyState === EventSource.CLOSED) setTimeout(lookAgain, LOOK_AGAIN_MS);
  });
}

function lookAgain() {
  if (!typing.unsaved) location.reload();
}

function showStatus(head, { status, owner }) {
  const words = JSON.parse(head.dataset.names)[status];
  const pill = find(".pill", head);
  pill.textContent = words;
  pill.className = `pill ${status}`;
  say(words);
  const title = find("#waiting b");
  if (owner === "system" && title) title.textContent = `${words}…`;
  else if (!typing.unsaved) location.reload();
}

function showStep({ words, done, total }) {
  const line = find("[data-step]");
  if (!line) return;
  line.hidden = false;
  find("span", line).textContent = words;
  Object.assign(find("progress", line), { max: Math.max(1, total), value: done });
  say(words);
}

export async function lookAtRows() {
  const rows = find("#rows");
  if (!rows.dataset.poll || rows.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = find("#rows", page);
  if (!fresh || rows.contains(document.activeElement)) return;
  rows.replaceChildren(...fresh.childNodes);
  rows.dataset.poll = fresh.dataset.poll;
  all("[data-live]").forEach((each) => {
    const now = find(`[data-live="${each.dataset.live}"]`, page);
    if (now) each.textContent = now.textContent;
  });
}

export function noteTouch() {
  for (const kind of ["pointermove", "keydown", "scroll"]) {
    addEventListener(kind, () => { touchedAt = Date.now(); }, { passive: true });
  }
}

/* Who else is at this text, while somebody is here to be told. */
export async function lookWhoEdits() {
  const shown = find("#presence");
  if (!shown || isAway()) return;
  const answer = await fetch(shown.dataset.ask, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = find("#presence", page);
  const before = find("#presence");
  if (!now || !before) return;
  if (now.dataset.who !== before.dataset.who) say(now.textContent || "Nobody else is editing this text now.");
  before.replaceWith(document.adoptNode(now));
}
