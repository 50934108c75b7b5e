// The session: a warning before it ends, and back to it without leaving the page.

import { all, find } from "./dom.js";

const idleMs = Number(document.body.dataset.idleMinutes) * 60_000;
const WARN_MS = 120_000;
let askedAt = Date.now();

export function noteAsked(answer) {
  if (answer.status === 401) return showExpiry("over");
  askedAt = Date.now();
  showExpiry("");
}

function showExpiry(what) {
  const bar = find("#expiry");
  if (!bar) return;
  bar.hidden = !what;
  find("[data-soon]", bar).hidden = what !== "soon";
  find("[data-over]", bar).hidden = what !== "over";
}

function look() {
  const left = idleMs - (Date.now() - askedAt);
  if (left <= 0) showExpiry("over");
  else if (left <= Math.min(WARN_MS, idleMs / 2)) showExpiry("soon");
}

async function stayHere() {
  const answer = await fetch("/still-here");
  noteAsked(answer);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await (await fetch(location.href, { headers: { Accept: "text/html" } })).text(), "text/html");
  const token = find("input[name=csrf_token]", page)?.value;
  if (token) all("input[name=csrf_token]").forEach((each) => { each.value = token; });
}

export function watchSession() {
  setInterval(look, 5000);
  find("#expiry button").addEventListener("click", () => stayHere().catch(() => {}));
  addEventListener("focus", () => { if (!find("#expiry").hidden) stayHere().catch(() => {}); });
}
