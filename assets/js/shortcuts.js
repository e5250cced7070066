// Single keys: n add, / search, z undo, ? help, g then a letter goes. Off in inputs, dialogs, and by choice.
import { all, one } from "./dom.js";
import { open } from "./dialogs.js";
import { openPalette } from "./palette.js";
import { focusQuickAdd } from "./quick-add.js";
import { undo } from "./toasts.js";

const CHORD = 1200;
let since = 0;

const keys = {
  n: focusQuickAdd,
  "/": () => {
    const search = one("[data-search]");
    search?.checkVisibility() ? search.focus() : openPalette();
  },
  z: undo,
  "?": () => open(one("#shortcuts")),
};

function chord(key) {
  since = 0;
  const link = all("[data-key]").find((element) => element.dataset.key === `g ${key}`);
  link?.click();
  return Boolean(link);
}

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && key === "k") {
    event.preventDefault();
    return openPalette();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || document.documentElement.dataset.shortcuts === "off") return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
  if (Date.now() - since < CHORD && chord(key)) return event.preventDefault();
  if (key === "g") since = Date.now();
  else if (keys[key]) {
    event.preventDefault();
    keys[key]();
  }
});

document.addEventListener("saldo:keys", keys["?"]);
