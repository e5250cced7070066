// Command palette: arrow keys select an option while the focus stays in the input.
import { all, on, one } from "./dom.js";
import { open } from "./dialogs.js";

const palette = one("#palette");
const input = one("#palette-input");
let waits = false; // Enter was pressed before the results arrived
const options = () => all("[role=option]", palette);
// True if the results belong to the current input; fast typing outruns them.
const isCurrent = () => one("[data-query]", palette)?.dataset.query === input.value.trim();
const current = () => options().findIndex((option) => option.ariaSelected === "true");

function select(index) {
  const list = options();
  if (!list.length) return input.removeAttribute("aria-activedescendant");
  const chosen = (index + list.length) % list.length;
  list.forEach((option, at) => option.setAttribute("aria-selected", at === chosen));
  list[chosen].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", list[chosen].id);
}

function choose() {
  waits = !isCurrent();
  if (!waits) options()[Math.max(current(), 0)]?.click();
}

export function openPalette() {
  open(palette);
}

if (palette) {
  const moves = { ArrowDown: () => select(current() + 1), ArrowUp: () => select(current() - 1) };
  palette.addEventListener("keydown", (event) => {
    if (moves[event.key]) moves[event.key]();
    else if (event.key === "Enter" && event.target === input) choose();
    else return;
    event.preventDefault();
  });
  input.addEventListener("input", () => (waits = false));
  palette.addEventListener("saldo:opened", () => {
    input.select();
    if (options().length) select(0);
    else input.dispatchEvent(new CustomEvent("saldo:start")); // pages come without it, as few open it
  });
  on("htmx:after:swap", "#palette", () => {
    if (!palette.open) return;
    select(0);
    if (waits) choose();
  });
  on("click", "#palette [role=option]", (option) => {
    palette.close();
    const quickAdd = option.dataset.fill && one("#quick-add");
    if (quickAdd) {
      quickAdd.value = option.dataset.fill;
      document.dispatchEvent(new CustomEvent("saldo:add"));
      quickAdd.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (option.dataset.run) document.dispatchEvent(new CustomEvent(option.dataset.run));
    else location.assign(option.dataset.href);
  });
}
