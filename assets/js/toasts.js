// Toasts stay eight seconds, twice that with something to choose, longer while somebody points at them or is inside them.
import { all, on, one } from "./dom.js";

const STAY = 8000;
const place = one("#toasts");

function start(toast) {
  let timer;
  const pause = () => clearTimeout(timer);
  const resume = () => {
    pause();
    timer = setTimeout(() => toast.remove(), toast.matches("[data-stay]") ? 2 * STAY : STAY);
  };
  for (const type of ["mouseenter", "focusin"]) toast.addEventListener(type, pause);
  for (const type of ["mouseleave", "focusout"]) toast.addEventListener(type, resume);
  resume();
}

if (place) {
  all("[data-toast]", place).forEach(start);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node.matches?.("[data-toast]")) start(node);
    }
  }).observe(place, { childList: true });
}

on("click", "[data-dismiss]", (button) => button.closest("[data-toast]")?.remove());

/** Say a sentence of trouble, once: the same words are not stacked. */
export function say(text) {
  if (!place || !text || all("[data-toast]", place).some((toast) => toast.textContent.trim() === text)) return;
  const toast = one("#toast-template").content.firstElementChild.cloneNode(true);
  one("[data-text]", toast).textContent = text;
  place.append(toast);
}

/** Press "Undo" of the newest toast. */
export function undo() {
  all("[data-undo]", place ?? document).at(-1)?.click();
}
