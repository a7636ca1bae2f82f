// Small elements that the views of the pack are made of. Text is set as text, never as markup.
import { text } from "./texts.js";

export function element(tag, className = "", content = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = content;
  return made;
}

export function button(label, act, className = "") {
  const made = element("button", className, label);
  made.addEventListener("click", act);
  return made;
}

// A button that shows a sign; its name is read out and shown as a tooltip.
export function signButton(sign, name, act) {
  const made = button(sign, act);
  made.title = name;
  made.setAttribute("aria-label", name);
  return made;
}

// The arrows between the images of a batch and the place among them. A single image needs none.
export function pager(page, count, go) {
  if (count < 2) return [];
  const arrow = (sign, by) => button(sign, () => go((page + by + count) % count));
  return [arrow("←", -1), element("span", "", text("labels", "image", page + 1, count)), arrow("→", 1)];
}
