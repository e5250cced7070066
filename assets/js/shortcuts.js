// Keyboard shortcuts: n add, / search, z undo, ? help, g and a letter open a page. Inactive in inputs and dialogs.
import { all, one } from "./dom.js";
import { open } from "./dialogs.js";
import { openPalette } from "./palette.js";
import { addTransaction } from "./quick-add.js";
import { undoLatest } from "./toasts.js";

const CHORD_MS = 1200;
let chordStart = 0;

const keys = {
  n: addTransaction,
  "/": () => {
    const search = one("[data-search]");
    search?.checkVisibility() ? search.focus() : openPalette();
  },
  z: undoLatest,
  "?": () => open(one("#shortcuts")),
};

function chord(key) {
  chordStart = 0;
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
  if (Date.now() - chordStart < CHORD_MS && chord(key)) return event.preventDefault();
  if (key === "g") chordStart = Date.now();
  else if (keys[key]) {
    event.preventDefault();
    keys[key]();
  }
});

document.addEventListener("saldo:keys", keys["?"]);
