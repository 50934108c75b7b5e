// The keys of the desk, told on the sheet that ? opens. None while somebody types.

import { all, find } from "./dom.js";
import { back, chosen, pane } from "./sources.js";

/* One statement at a time is in the order of Tab; arrows or J and K go to the others. */
export function rove({ target }) {
  const here = target?.closest?.(".statement");
  if (!here) return;
  for (const each of all(".statement")) {
    const stop = each === here ? 0 : -1;
    for (const one of all(":scope > .said-line a, :scope > .edit > summary", each)) one.tabIndex = stop;
  }
}

const KEYS = {
  j: (here) => toStatement(here, 1),
  k: (here) => toStatement(here, -1),
  ArrowDown: (here) => isStatement(here) && toStatement(here, 1),
  ArrowUp: (here) => isStatement(here) && toStatement(here, -1),
  e: (here) => openForm(statementOf(here), ".edit", "textarea"),
  c: (here) => openForm(statementOf(here), ".edit", "form.comment input:not([type=hidden])"),
  a: (here) => openForm(here.closest(".paper-section") || find(".paper-section"), ".add", "textarea"),
  o: (here) => press(find("[data-open]", here.closest(".finding") || statementOf(here) || document)),
  i: (here) => submitOne(here, "form[data-insert]"),
  r: (here) => submitOne(here, "form[data-rewrite]"),
  d: (here) => openForm(here.closest(".finding") || nextFinding(null), ".decide", "input[type=radio]"),
  n: (here) => nextFinding(here.closest(".finding"))?.focus(),
  z: () => submitOne(null, "form[data-step-undo]"),
  Z: () => submitOne(null, "form[data-step-redo]"),
  s: () => press(find(".desk-acts .button")),
  "?": () => find("#keys")?.togglePopover(),
};

export function walk(event) {
  const here = event.target;
  if (event.key === "Escape" && document.body.classList.contains("sheet")) return history.back();
  if (event.key === "Escape" && chosen && pane()?.contains(here)) return back(event);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return sendForm(event);
  if (event.ctrlKey || event.metaKey || here.closest?.("input, textarea, select")) return;
  if (event.altKey) return moveBy(event, { ArrowUp: "up", ArrowDown: "down" }[event.key]);
  if (KEYS[event.key]?.(here)) event.preventDefault();
}

const isStatement = (here) => here.matches?.(".statement .text");
const statementOf = (here) => here.closest?.(".statement") || find(".statement.chosen") || find(".statement");

function toStatement(here, by) {
  const texts = all(".statement .text").filter((each) => each.checkVisibility());
  const at = texts.indexOf(find(".text", here.closest?.(".statement") || document.createElement("p")));
  const next = at < 0 ? texts[0] : texts[at + by];
  next?.focus();
  return Boolean(next);
}

function openForm(holder, fold, field) {
  const details = holder && find(fold, holder);
  if (!details) return false;
  if (holder.matches("details")) holder.open = true;
  details.open = true;
  details.scrollIntoView({ block: "nearest" });
  find(field, details)?.focus();
  find(".text", holder)?.scrollIntoView({ block: "nearest" });  // what is edited, below the header
  return true;
}

function nextFinding(after) {
  const seen = all(".finding:not(.settled)").filter((each) => each.checkVisibility());
  const open = ["major", "minor"].flatMap((grade) => seen.filter((each) => each.matches(`.${grade}`)));
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

/* The first button of a form saves. */
function sendForm(event) {
  const form = event.target.form;
  if (!form?.matches("[data-in-place]")) return;
  event.preventDefault();
  form.requestSubmit(find("button", form));
}

function moveBy(event, way) {
  const button = way && find(`button[value="${way}"]`, statementOf(event.target));
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
}

/* Words marked in a source can be cited by a statement that is being added. */
export function pickWords() {
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
