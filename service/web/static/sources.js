// A statement or finding opens its source at the quote; on a phone as a sheet over the text.

import { all, find, glide, say } from "./dom.js";

export const pane = () => find("#source");
export let chosen = null; // { link, records, at }

export function choose(link, at, moveFocus) {
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

export function closeSheet() {
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

export function step(by) {
  chosen.at += by;
  showSource(false);
}

export function back(event) {
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

export function forget() {
  chosen = null;
}

/* As the server has shown it. */
export function openAsLoaded(link) {
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
