// What is copied out of a text says how the text stands: a draft must not travel as a note.

import { find } from "./dom.js";

export function tellCopies() {
  document.addEventListener("copy", (event) => {
    const paper = find("#paper"), marked = getSelection();
    if (!paper || event.target.closest?.("input, textarea") || !marked.rangeCount) return;
    if (!marked.getRangeAt(0).intersectsNode(paper) || !marked.toString().trim()) return;
    event.clipboardData.setData("text/plain", `[${find(".stamp", paper).textContent.trim()}]\n${marked}`);
    event.preventDefault();
  });
}
