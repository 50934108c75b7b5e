// Forms: nothing is sent twice, and unsaved words are kept as they are typed.

import { all, find } from "./dom.js";
import { noteAsked } from "./session.js";

const KEEP_AFTER_MS = 1200;
// Whether words stand in a form that the server does not have.
export const typing = { unsaved: false };
let keeping;

export function guardForms() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-guard]");
    if (!form) return;
    typing.unsaved = true;
    clearTimeout(keeping);
    if (form.dataset.form) keeping = setTimeout(() => keepWords(form).catch(() => {}), KEEP_AFTER_MS);
  });
  document.addEventListener("submit", (event) => {
    clearTimeout(keeping);
    if (!event.target.matches("[data-in-place]")) typing.unsaved = false;
    setTimeout(() => all("button", event.target).forEach((each) => { each.disabled = true; }));
  });
  addEventListener("pageshow", () => all("form:not([data-in-place]) button:disabled").forEach((each) => { each.disabled = false; }));
  addEventListener("beforeunload", (event) => { if (typing.unsaved) event.preventDefault(); });
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
  if (answer.ok) typing.unsaved = false;
}
