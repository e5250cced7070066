// Shows or hides a password. Markup: <button data-reveal="#selector">.
import { on, one } from "./dom.js";

on("click", "[data-reveal]", (button) => {
  const input = one(button.dataset.reveal);
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
});
