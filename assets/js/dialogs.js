// Native dialogs: [data-open="#id"] opens, [data-close] or a click beside it closes, Esc is the browser's own.
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

// A form inside a dialog that was accepted closes it: the server says so with HX-Trigger: saldo:close.
document.addEventListener("saldo:close", () => one("dialog[open]")?.close());

// Menus stand beside their button; popovers are placed by the page, not by CSS anchors, until those are everywhere.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.(".menu[popover]")) return;
    if (event.newState !== "open") return;
    const button = one(`[popovertarget="${menu.id}"]`);
    if (!button) return;
    const beside = button.getBoundingClientRect();
    const left = Math.max(8, Math.min(beside.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8));
    const below = beside.bottom + menu.offsetHeight + 12 < innerHeight;
    menu.style.left = `${left + scrollX}px`;
    menu.style.top = `${(below ? beside.bottom : beside.top - menu.offsetHeight - 12) + scrollY}px`;
  },
  true,
);

// The place goes before the page changes: htmx would copy it to the next page's menu, against the policy. Asking for
// the attribute first writes it out, for Chromium takes away only what it has written.
document.addEventListener(
  "beforetoggle",
  ({ target, newState }) => {
    if (newState === "closed" && target.matches?.(".menu[popover]") && target.hasAttribute("style")) {
      target.getAttribute("style");
      target.removeAttribute("style");
    }
  },
  true,
);

// The menu closes after a choice.
on("click", ".menu[popover] :is(a, button)", (choice) => choice.closest("[popover]").hidePopover());

on("click", "[data-print]", () => print());
