// Sections of a text fold, and stay as this reader last had them for texts of this type.

import { all, find } from "./dom.js";

// A heading without a word is shut as it comes, and no habit of anybody's.
const FOLDS = "#paper section:not(.bare) > details[data-fold]";
const name = () => `folded ${find("#paper").dataset.folds}`;

export function rememberFolds() {
  const folded = new Set((localStorage.getItem(name()) || "").split(" "));
  for (const each of all(FOLDS)) {
    // What somebody must still look at is never folded away by a habit.
    each.open = !folded.has(each.dataset.fold) || Boolean(find(".finding:not(.settled), .chosen", each));
  }
}

export function noteFold({ target: { dataset } }) {
  if (!dataset?.fold) return;
  const folded = all(`${FOLDS}:not([open])`).map((each) => each.dataset.fold);
  localStorage.setItem(name(), folded.join(" "));
}

/* Paper has no folds: a section that is folded here is printed all the same. */
export function printWhole() {
  let shut = [];
  addEventListener("beforeprint", () => {
    shut = all("#paper details[data-fold]:not([open])");
    shut.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => shut.forEach((each) => { each.open = false; }));
}
