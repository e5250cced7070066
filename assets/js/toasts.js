// Toasts close after 8 s, or 16 s if they offer actions. Hover and focus pause the timer.
import { all, on, one } from "./dom.js";

const TOAST_MS = 8000;
const place = one("#toasts");

function start(toast) {
  let timer;
  const pause = () => clearTimeout(timer);
  const resume = () => {
    pause();
    timer = setTimeout(() => toast.remove(), toast.matches("[data-stay]") ? 2 * TOAST_MS : TOAST_MS);
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

/** Show an error toast, unless the same text is already shown. */
export function showToast(text) {
  if (!place || !text || all("[data-toast]", place).some((toast) => toast.textContent.trim() === text)) return;
  const toast = one("#toast-template").content.firstElementChild.cloneNode(true);
  one("[data-text]", toast).textContent = text;
  place.append(toast);
}

/** Click "Undo" in the newest toast. */
export function undoLatest() {
  all("[data-undo]", place ?? document).at(-1)?.click();
}
