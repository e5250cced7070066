// Keyboard control of lists: j/k move, x selects, e edits, c sets the category, Enter opens; Shift-click selects a range.
// Markup: [data-list] holds [data-row] items with a [data-select] checkbox and [data-action="edit"] and other links.
import { all, on, one } from "./dom.js";

const actions = { e: "edit", c: "category", enter: "open" };
let anchor = null;

const list = () => one("[data-list]");
const rows = () => all("[data-list] [data-row]");
const active = () => one("[data-list] [data-row][data-active]");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const from = all.indexOf(active());
  const to = all[from < 0 ? 0 : Math.max(0, Math.min(all.length - 1, from + step))];
  active()?.removeAttribute("data-active");
  to.setAttribute("data-active", "");
  to.setAttribute("tabindex", "-1");
  to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
}

/** Show the bulk bar with the number of selected rows. */
function count() {
  const chosen = all("[data-list] [data-select]:checked").length;
  all("[data-bulk]").forEach((bar) => (bar.hidden = chosen === 0));
  all("[data-bulk-count]").forEach((place) => (place.textContent = chosen));
  const every = one("[data-select-all]");
  if (every) {
    const total = all("[data-list] [data-select]").length;
    every.checked = chosen > 0 && chosen === total;
    every.indeterminate = chosen > 0 && chosen < total;
  }
}

export function clear() {
  all("[data-list] [data-select]:checked").forEach((box) => (box.checked = false));
  active()?.removeAttribute("data-active");
  count();
}

document.addEventListener("keydown", (event) => {
  if (!list() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && !one("dialog[open]")) return clear();
  if (document.documentElement.dataset.shortcuts === "off") return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
  else if (key === "x") one("[data-select]", active() ?? document.createElement("i"))?.click();
  else if (actions[key] && active() && !(key === "enter" && event.target.closest("a, button"))) {
    const target = one(`[data-action~="${actions[key]}"]`, active());
    if (!target) return;
    target.click();
  } else return;
  event.preventDefault();
});

// The links of a row open a form in place. In a new tab and without JavaScript they open the transaction.
on("click", "[data-list] :is([data-action=category], [data-action=edit])", (link, event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const { action } = link.dataset;
  const place = action === "edit" ? { target: link.closest("[data-row]"), swap: "outerHTML" } : { target: link.parentElement, swap: "innerHTML" };
  htmx.ajax("GET", `${link.getAttribute("href")}/${action}`, place);
});

on("click", "[data-select]", (box, event) => {
  const boxes = all("[data-list] [data-select]");
  if (event.shiftKey && anchor?.isConnected) {
    const [from, to] = [boxes.indexOf(anchor), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((each) => (each.checked = box.checked));
  }
  anchor = box;
  count();
});

on("change", "[data-select-all]", (box) => {
  all("[data-list] [data-select]").forEach((each) => (each.checked = box.checked));
  count();
});
on("click", "[data-clear-selection]", clear);
document.addEventListener("htmx:after:swap", count);
