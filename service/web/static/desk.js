// The desk: what clicks, keys and saves do there.

import { find } from "./dom.js";
import { noteFold, printWhole, rememberFolds } from "./folding.js";
import { pickWords, rove, walk } from "./keys.js";
import { sendInPlace } from "./saving.js";
import { back, choose, chosen, closeSheet, forget, openAsLoaded, step } from "./sources.js";
import { askEhr, LOOK_WHO_MS, lookWhoEdits } from "./following.js";

export function startDesk() {
  document.addEventListener("click", openSource);
  document.addEventListener("click", stepSources);
  document.addEventListener("keydown", walk);
  document.addEventListener("focusin", rove);
  document.addEventListener("submit", sendInPlace);
  document.addEventListener("desk-shown", settle);
  document.addEventListener("selectionchange", pickWords);
  document.addEventListener("toggle", noteFold, true); // it does not bubble
  addEventListener("popstate", closeSheet);
  printWhole();
  settle();
  askEhr();
  setInterval(() => lookWhoEdits().catch(() => {}), LOOK_WHO_MS);
}

function openSource(event) {
  const link = event.target.closest("[data-open]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose(link, 0, event.detail === 0); // detail 0: by keyboard, so the focus follows
}

function stepSources(event) {
  const act = event.target.closest("#source-prev, #source-next, #source-back");
  if (!act || !chosen) return;
  if (act.id === "source-back") return back(event);
  event.preventDefault();
  step(act.id === "source-prev" ? -1 : 1);
}

/* After the desk is shown, or shown anew in place. */
function settle() {
  forget();
  if (find("#paper[data-folds]")) rememberFolds();
  const current = find("[data-open][aria-current]");
  if (current) openAsLoaded(current);
  rove({ target: find(".statement.chosen .text") || find(".statement .text") });
}
