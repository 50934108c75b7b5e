// Makes the pages quicker to use. Everything works without this file: links and forms are real.

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const glide = calm ? "auto" : "smooth";

/* The desk: a statement or finding opens its source at the quote. */

const pane = () => find("#source");
let chosen = null; // { link, records, at }

function choose(link, at, moveFocus) {
  const records = link.dataset.records.split(" ").filter((id) => sourceOf(id));
  chosen = { link, records, at: Math.max(0, Math.min(at, records.length - 1)) };
  markChoice(link);
  showSource(moveFocus);
  const address = link.getAttribute("href").replace(/#.*/, "");
  if (!isNarrow()) return history.replaceState(null, "", address);
  // On a phone the source lies over the text; going back takes it away.
  if (!document.body.classList.contains("sheet")) history.pushState({ sheet: true }, "", address);
  document.body.classList.add("sheet");
}

const isNarrow = () => matchMedia("(max-width: 60rem)").matches;

function closeSheet() {
  if (!document.body.classList.contains("sheet")) return;
  document.body.classList.remove("sheet");
  chosen?.link.focus({ preventScroll: true });
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
}

function step(by) {
  chosen.at += by;
  showSource(false);
}

function back(event) {
  event.preventDefault();
  if (document.body.classList.contains("sheet")) return history.back();
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
  document.addEventListener("click", (event) => {
    const act = event.target.closest("#source-prev, #source-next, #source-back");
    if (!act || !chosen) return;
    if (act.id === "source-back") return back(event);
    event.preventDefault();
    step(act.id === "source-prev" ? -1 : 1);
  });
  document.addEventListener("keydown", walk);
  document.addEventListener("focusin", rove);
  document.addEventListener("submit", sendInPlace);
  document.addEventListener("selectionchange", pickWords);
  addEventListener("popstate", closeSheet);
  settleDesk();
  askEhr();
}

/* After the desk is shown, or shown anew in place. */
function settleDesk() {
  const current = find("[data-open][aria-current]");
  if (current) openAsLoaded(current);
  rove({ target: find(".statement.chosen .text") || find(".statement .text") });
}

/* One statement at a time is in the order of Tab; arrows or J and K go to the others. */
function rove({ target }) {
  const here = target?.closest?.(".statement");
  if (!here) return;
  for (const each of all(".statement")) {
    const stop = each === here ? 0 : -1;
    for (const one of all(":scope > .said-line a, :scope > .edit > summary", each)) one.tabIndex = stop;
  }
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

/* Keys, told on the sheet that ? opens. None while somebody types. */
const KEYS = {
  j: (here) => toStatement(here, 1),
  k: (here) => toStatement(here, -1),
  ArrowDown: (here) => isStatement(here) && toStatement(here, 1),
  ArrowUp: (here) => isStatement(here) && toStatement(here, -1),
  e: (here) => openForm(statementOf(here), ".edit", "textarea"),
  a: (here) => openForm(here.closest(".paper-section") || find(".paper-section"), ".add", "textarea"),
  o: (here) => press(find("[data-open]", here.closest(".finding") || statementOf(here) || document)),
  i: (here) => submitOne(here, "form[data-insert]"),
  r: (here) => submitOne(here, "form[data-rewrite]"),
  d: (here) => openForm(here.closest(".finding") || nextFinding(null), ".decide", "input"),
  n: (here) => nextFinding(here.closest(".finding"))?.focus(),
  z: () => submitOne(null, "form[data-step-undo]"),
  Z: () => submitOne(null, "form[data-step-redo]"),
  s: () => press(find(".desk-acts .button")),
  "?": () => find("#keys")?.togglePopover(),
};

function walk(event) {
  const here = event.target;
  if (event.key === "Escape" && document.body.classList.contains("sheet")) return history.back();
  if (event.key === "Escape" && chosen && pane()?.contains(here)) return back(event);
  if (event.ctrlKey || event.metaKey || here.closest?.("input, textarea, select")) return;
  if (event.altKey) return moveBy(event, { ArrowUp: "up", ArrowDown: "down" }[event.key]);
  if (KEYS[event.key]?.(here)) event.preventDefault();
}

const isStatement = (here) => here.matches?.(".statement .text");
const statementOf = (here) => here.closest?.(".statement") || find(".statement.chosen") || find(".statement");

function toStatement(here, by) {
  const texts = all(".statement .text");
  const at = texts.indexOf(find(".text", here.closest?.(".statement") || document.createElement("p")));
  const next = at < 0 ? texts[0] : texts[at + by];
  next?.focus();
  return Boolean(next);
}

function openForm(holder, fold, field) {
  const details = holder && find(fold, holder);
  if (!details) return false;
  details.open = true;
  details.scrollIntoView({ block: "nearest" });
  find(field, details)?.focus();
  return true;
}

function nextFinding(after) {
  const open = all(".finding:not(.settled)").filter((each) => each.checkVisibility());
  return open[after ? open.indexOf(after) + 1 : 0];
}

function press(link) {
  link?.click();
  return Boolean(link);
}

/* Of the finding that has the focus, of its statement, else the first one on the page. */
function submitOne(here, selector) {
  const near = here?.closest?.(".finding, .statement");
  const form = near ? find(selector, near) : selector.includes("rewrite") ? null : find(selector);
  const button = form && find("button", form);
  if (!button || button.disabled) return false;
  form.requestSubmit(button);
  return true;
}

function moveBy(event, way) {
  const button = way && find(`button[value="${way}"]`, statementOf(event.target));
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
}

/* Words marked in a source can be cited by a statement that is being added. */
function pickWords() {
  const marked = getSelection();
  const source = marked.anchorNode?.parentElement?.closest(".source");
  const words = marked.toString().trim();
  if (!source || !words || words.length > 1000 || !find(".record-text", source)?.contains(marked.anchorNode)) return;
  for (const form of all(".add form")) {
    form.elements.record_id.value = source.dataset.record;
    form.elements.quote.value = words;
    const choice = find("[data-picked]", form);
    choice.hidden = false;
    find("q", choice).textContent = words;
    find("input", choice).checked = true;
  }
}

/* Saving answers in place: the page stays where it is, and nothing typed elsewhere is lost. */

async function sendInPlace(event) {
  const form = event.target;
  if (!form.matches("[data-in-place]") || event.defaultPrevented) return;
  event.preventDefault();
  const sent = new FormData(form, event.submitter);
  const path = event.submitter?.getAttribute("formaction") || form.getAttribute("action");
  unsaved = false;
  toast("Checking…", true);
  let answer;
  try {
    answer = await fetch(path.replace(/#.*/, ""), {
      method: "POST", body: new URLSearchParams(sent), headers: { Accept: "text/html" },
    });
  } catch {
    return notSent(form, "The service cannot be reached. What you wrote is still here; try again.");
  }
  noteAsked(answer);
  if (answer.status === 401) return notSent(form, "You are signed out. What you wrote is still here.");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!find("#paper", page)) return notSent(form, find("h1", page)?.textContent || "It was not saved.");
  showAnew(page, new URL(answer.url));
}

function notSent(form, words) {
  find(".toast")?.remove();
  unsaved = true;
  all("button", form).forEach((each) => { each.disabled = false; });
  say(words);
  let line = find(".problem", form);
  if (!line) form.append(line = Object.assign(document.createElement("p"), { className: "problem" }));
  line.textContent = words;
}

const PARTS = [".desk-head", ".desk"];

function showAnew(page, address) {
  const typed = stillTyped();
  const top = scrollY;
  for (const part of PARTS) {
    const fresh = find(part, page);
    if (fresh) find(part).replaceWith(document.adoptNode(fresh));
  }
  putBack(typed);
  find(".toast")?.remove();
  const said = find("main > .notice.good", page)?.textContent;
  const wrong = find("#refused", page);
  find("#refused")?.remove();
  address.searchParams.delete("said");
  history.replaceState(history.state, "", `${address.pathname}${address.search}`);
  chosen = null;
  settleDesk();
  scrollTo({ top, behavior: "auto" });
  if (wrong) {
    find("#main .desk").before(document.adoptNode(wrong));
    wrong.scrollIntoView({ block: "center" });
    return wrong.focus();
  }
  const at = find(".statement.chosen .text") || find(".finding.chosen");
  at?.focus({ preventScroll: true });
  at?.scrollIntoView({ block: "nearest" });
  if (said) toast(said);
}

/* What stands in other forms than the one that was sent. */
function stillTyped() {
  return all("form[data-form]").flatMap((form) => {
    const field = find("textarea", form);
    const changed = field && field.value !== field.defaultValue && form.closest("details")?.open;
    return changed && !find("button:disabled", form) ? [[form.dataset.form, field.value]] : [];
  });
}

function putBack(typed) {
  for (const [name, words] of typed) {
    const form = find(`form[data-form="${CSS.escape(name)}"]`);
    if (!form) continue;
    find("textarea", form).value = words;
    form.closest("details").open = true;
    unsaved = true;
  }
}

function toast(words, stays = false) {
  say(words);
  find(".toast")?.remove();
  const shown = Object.assign(document.createElement("p"), { className: "toast", textContent: words });
  document.body.append(shown);
  if (!stays) setTimeout(() => shown.remove(), 4000);
}

/* The EHR says what is new after the page is shown: nobody waits for it to read. */
async function askEhr() {
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

/* Waiting: the desk follows its summary as it happens; rows look again by themselves. */

const LOOK_EVERY_MS = 2000;
const AWAY_AFTER_MS = 10 * 60_000; // looking again must not keep a forgotten session alive

const LOOK_AGAIN_MS = 3000;
let touchedAt = Date.now();

const isAway = () => document.hidden || Date.now() - touchedAt >= AWAY_AFTER_MS;

function followSummary(head) {
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
  if (!unsaved) location.reload();
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

/* Forms: nothing is sent twice, and unsaved words are kept as they are typed. */

const KEEP_AFTER_MS = 1200;
let unsaved = false;
let keeping;

function guardForms() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-guard]");
    if (!form) return;
    unsaved = true;
    clearTimeout(keeping);
    if (form.dataset.form) keeping = setTimeout(() => keepWords(form).catch(() => {}), KEEP_AFTER_MS);
  });
  document.addEventListener("submit", (event) => {
    clearTimeout(keeping);
    if (!event.target.matches("[data-in-place]")) unsaved = false;
    setTimeout(() => all("button", event.target).forEach((each) => { each.disabled = true; }));
  });
  addEventListener("pageshow", () => all("form:not([data-in-place]) button:disabled").forEach((each) => { each.disabled = false; }));
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
}

/* On the server, for this person: a session that ends, or a browser that dies, loses nothing. */
async function keepWords(form) {
  const sent = new URLSearchParams({
    csrf_token: form.elements.csrf_token.value,
    digest: form.elements.digest.value,
    form: form.dataset.form,
    text: find("textarea", form).value,
  });
  const answer = await fetch(`${location.pathname}/unsaved`, { method: "POST", body: sent });
  noteAsked(answer);
  if (answer.ok) unsaved = false;
}

/* The session: a warning before it ends, and back to it without leaving the page. */

const idleMs = Number(document.body.dataset.idleMinutes) * 60_000;
const WARN_MS = 120_000;
let askedAt = Date.now();

function noteAsked(answer) {
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

function watchSession() {
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

if (find("#expiry")) {
  setInterval(watchSession, 5000);
  find("#expiry button").addEventListener("click", () => stayHere().catch(() => {}));
  addEventListener("focus", () => { if (!find("#expiry").hidden) stayHere().catch(() => {}); });
}

guardForms();
if (pane()) startDesk();
noteTouch();
if (find("#rows")) setInterval(() => { if (!isAway()) lookAtRows().catch(() => {}); }, LOOK_EVERY_MS);
const head = find("[data-events]");
if (head) followSummary(head);
const refused = find("#refused");
if (refused) refused.focus();
