// What every script here asks of a page.

export const find = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
export const glide = calm ? "auto" : "smooth";

export function say(words) {
  find("#live").textContent = words;
}

export function toast(words, stays = false) {
  say(words);
  find(".toast")?.remove();
  const shown = Object.assign(document.createElement("p"), { className: "toast", textContent: words });
  document.body.append(shown);
  if (!stays) setTimeout(() => shown.remove(), 4000);
}
