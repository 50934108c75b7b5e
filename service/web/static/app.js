// Makes the pages quicker to use. Everything works without this file: links and forms are real.

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const glide = calm ? "auto" : "smooth";

/* The desk: a statement or finding opens its source at the quote. */

const pane = find("#source");
let chosen = null; // { link, records, at }

function choose(link, at, moveFocus) {
  const records = link.dataset.records.split(" ").filter((id) => sourceOf(id));
  chosen = { link, records, at: Math.max(0, Math.min(at, records.length - 1)) };
  markChoice(link);
  showSource(moveFocus);
  history.replaceState(null, "", link.getAttribute("href").replace(/#.*/, ""));
}

const sourceOf = (id) => find(`.source[data-record="${CSS.escape(id)}"]`);

function markChoice(link) {
  all(".statement.chosen, .finding.chosen").forEach((each) => each.classList.remove("chosen"));
  all("[data-open][aria-current]").forEach((each) => each.removeAttribute("aria-current"));
  const holder = link.closest(link.dataset.finding ? ".finding" : ".statement");
  if (holder) holder.classList.add("chosen");
  link.setAttribute("aria-current", "true");
}

function showSource(moveFocus) {
  const { link, records, at } = chosen;
  const open = records.length ? sourceOf(records[at]) : null;
  all(".source").forEach((each) => { each.hidden = each !== open; });
  find("#source-list").hidden = Boolean(open);
  find("#source-nav").hidden = !open;
  if (!open) return say(`${link.dataset.name} cites no record.`);
  const first = light(open, link.dataset);
  placeSteps(link, records, at);
  bringToQuote(open, first);
  const title = find("h2", open).textContent;
  say(`${find("#source-of").textContent}: ${title}`);
  if (moveFocus) find("h2", open).focus({ preventScroll: true });
}

function light(open, { statement, finding }) {
  let first = null;
  for (const mark of all("mark", open)) {
    const [held, number] = finding ? [mark.dataset.findings, finding] : [mark.dataset.statements, statement];
    const lit = number !== undefined && held.split(" ").includes(number);
    mark.classList.toggle("lit", lit);
    if (lit && !first) first = mark;
  }
  return first;
}

function placeSteps(link, records, at) {
  const about = link.dataset.name;
  find("#source-of").textContent = about ? `Source ${at + 1} of ${records.length} for ${about}` : "Source";
  find("#source-prev").hidden = at === 0;
  find("#source-next").hidden = at + 1 >= records.length;
}

function bringToQuote(open, mark) {
  const text = find(".record-text", open);
  if (text) {
    const top = mark ? mark.offsetTop - text.offsetTop - text.clientHeight / 3 : 0;
    text.scrollTo({ top: Math.max(0, top), behavior: "auto" });
  }
  if (matchMedia("(max-width: 60rem)").matches) pane.scrollIntoView({ behavior: glide });
}

function step(by) {
  chosen.at += by;
  showSource(false);
}

function back(event) {
  event.preventDefault();
  const { link } = chosen;
  if (!link.dataset.name) return showList();
  link.scrollIntoView({ block: "center", behavior: glide });
  link.focus({ preventScroll: true });
}

function showList() {
  all(".source").forEach((each) => { each.hidden = true; });
  find("#source-list").hidden = false;
  find("#source-nav").hidden = true;
  chosen.link.focus();
}

function say(words) {
  find("#live").textContent = words;
}

function startDesk() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-open]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(link, 0, event.detail === 0); // detail 0: by keyboard, so the focus follows
  });
  find("#source-prev").addEventListener("click", (event) => { if (chosen) { event.preventDefault(); step(-1); } });
  find("#source-next").addEventListener("click", (event) => { if (chosen) { event.preventDefault(); step(1); } });
  find("#source-back").addEventListener("click", (event) => { if (chosen) back(event); });
  document.addEventListener("keydown", walk);
  const current = find("[data-open][aria-current]");
  if (current) openAsLoaded(current);
}

function openAsLoaded(link) {
  const shown = all(".source").find((each) => !each.hidden);
  const records = link.dataset.records.split(" ").filter((id) => sourceOf(id));
  chosen = { link, records, at: shown ? Math.max(0, records.indexOf(shown.dataset.record)) : 0 };
  link.closest(".statement, .finding")?.scrollIntoView({ block: "nearest", behavior: "auto" });
  const lit = shown && find("mark.lit", shown);
  if (lit) {
    const text = find(".record-text", shown);
    text.scrollTop = Math.max(0, lit.offsetTop - text.offsetTop - text.clientHeight / 3);
  }
}

/* Arrows walk from statement to statement while one has the focus, R takes the words that a finding
   on it offers (taken back under Edit); Escape comes back from a source. */
function walk(event) {
  const here = event.target;
  if (event.key === "Escape" && chosen && pane.contains(here)) return back(event);
  if (!here.matches || !here.matches(".statement .text")) return;
  if (event.key === "r" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    return find("form[data-rewrite]", here.closest(".statement"))?.requestSubmit();
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const texts = all(".statement .text");
  const next = by && texts[texts.indexOf(here) + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/* Waiting: the desk follows its summary as it happens; rows look again by themselves. */

const LOOK_EVERY_MS = 2000;
const AWAY_AFTER_MS = 10 * 60_000; // looking again must not keep a forgotten session alive

let touchedAt = Date.now();

const isAway = () => document.hidden || Date.now() - touchedAt >= AWAY_AFTER_MS;

function followSummary(head) {
  const stream = new EventSource(head.dataset.events);
  stream.addEventListener("status", ({ data }) => showStatus(head, JSON.parse(data)));
  stream.addEventListener("progress", ({ data }) => showStep(JSON.parse(data)));
  // The server ends a long stream; the browser comes again, but not for somebody who has left.
  stream.addEventListener("error", () => { if (isAway()) stream.close(); });
}

function showStatus(head, { status, owner }) {
  const words = JSON.parse(head.dataset.names)[status];
  const pill = find(".pill", head);
  pill.textContent = words;
  pill.className = `pill ${status}`;
  say(words);
  const title = find("#waiting b");
  if (owner === "system" && title) title.textContent = `${words}…`;
  else if (!unsaved) location.reload();
}

function showStep({ words, done, total }) {
  const line = find("[data-step]");
  if (!line) return;
  line.hidden = false;
  find("span", line).textContent = words;
  Object.assign(find("progress", line), { max: Math.max(1, total), value: done });
  say(words);
}

async function lookAtRows() {
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

function noteTouch() {
  for (const kind of ["pointermove", "keydown", "scroll"]) {
    addEventListener(kind, () => { touchedAt = Date.now(); }, { passive: true });
  }
}

/* Forms: nothing is sent twice, and unsaved words are not lost by leaving. */

let unsaved = false;

function guardForms() {
  document.addEventListener("input", (event) => { if (event.target.closest("[data-guard]")) unsaved = true; });
  document.addEventListener("submit", (event) => {
    unsaved = false;
    setTimeout(() => all("button", event.target).forEach((each) => { each.disabled = true; }));
  });
  addEventListener("pageshow", () => all("button:disabled").forEach((each) => { each.disabled = false; }));
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
}

guardForms();
if (pane) startDesk();
noteTouch();
if (find("#rows")) setInterval(() => { if (!isAway()) lookAtRows().catch(() => {}); }, LOOK_EVERY_MS);
const head = find("[data-events]");
if (head) followSummary(head);
const refused = find("#refused");
if (refused) refused.focus();
