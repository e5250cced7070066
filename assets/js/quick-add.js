// Quick add: n or (+) focuses the input, a saved transaction clears it, the microphone fills it by speech recognition.
import { each, on, one } from "./dom.js";

export function focusQuickAdd() {
  const input = one("#quick-add");
  if (!input) return location.assign("/#quick-add");
  input.scrollIntoView({ block: "center" });
  input.focus();
}

if (location.hash === "#quick-add") focusQuickAdd();
on("click", "[data-quick-add]", (link, event) => {
  if (!one("#quick-add")) return;
  event.preventDefault();
  focusQuickAdd();
});

document.addEventListener("saldo:add", focusQuickAdd);
document.addEventListener("saldo:added", () => {
  const input = one("#quick-add");
  if (!input) return;
  input.value = "";
  one("#quick-add-chips")?.replaceChildren();
  input.focus();
});

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;

each("[data-mic]", (button) => {
  const input = one("#quick-add");
  if (!Recognition || !input) return;
  button.hidden = false;
  let listening = null;
  button.addEventListener("click", () => {
    if (listening) return listening.stop();
    listening = new Recognition();
    listening.lang = document.documentElement.lang;
    listening.interimResults = true;
    listening.onresult = ({ results }) => {
      input.value = [...results].map((result) => result[0].transcript).join("");
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    listening.onend = () => {
      listening = null;
      button.setAttribute("aria-pressed", "false");
      input.focus();
    };
    button.setAttribute("aria-pressed", "true");
    listening.start();
  });
});
