// Popover menus: placed next to their button, closed after a choice.
import { on, one } from "./dom.js";

// Placed by script, because CSS anchor positioning is not available in all supported browsers.
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

// Remove the position before the menu closes: htmx would copy the style attribute into the next page, which the CSP
// forbids. Reading the attribute first serializes it, because Chromium only removes serialized styles.
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

on("click", ".menu[popover] :is(a, button)", (choice) => choice.closest("[popover]").hidePopover());
