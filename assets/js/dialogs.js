// Native dialogs. Markup: [data-open="#id"] opens; [data-close], a click outside and Esc close.
import { one, on } from "./dom.js";

export function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  (one("[autofocus]", dialog) ?? one("input:not([type=hidden]), textarea", dialog))?.focus();
  dialog.dispatchEvent(new CustomEvent("saldo:opened", { bubbles: true }));
}

on("click", "[data-open]", (button) => {
  button.closest("dialog")?.close();
  open(one(button.dataset.open));
});
on("click", "[data-close]", (button) => button.closest("dialog")?.close());

document.addEventListener("click", (event) => {
  const dialog = event.target;
  if (!(dialog instanceof HTMLDialogElement) || event.detail === 0) return;
  const box = dialog.getBoundingClientRect();
  const inside =
    event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) dialog.close();
});

// The server closes a dialog after a successful submit with HX-Trigger: saldo:close.
document.addEventListener("saldo:close", () => one("dialog[open]")?.close());
