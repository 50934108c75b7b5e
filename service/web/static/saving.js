// Saving answers in place: the page stays where it is, and nothing typed elsewhere is lost.

import { all, find, say, toast } from "./dom.js";
import { typing } from "./forms.js";
import { noteAsked } from "./session.js";

export async function sendInPlace(event) {
  const form = event.target;
  if (!form.matches("[data-in-place]") || event.defaultPrevented) return;
  event.preventDefault();
  const sent = new FormData(form, event.submitter);
  const path = event.submitter?.getAttribute("formaction") || form.getAttribute("action");
  typing.unsaved = false;
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
  typing.unsaved = true;
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
  document.dispatchEvent(new Event("desk-shown"));
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
    typing.unsaved = true;
  }
}
