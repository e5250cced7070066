// Adding a transaction where one is: n or (+) focuses quick add on pages that have it and opens the form in a sheet on
// the others. A saved transaction clears the input; the microphone fills it by speech recognition.
import { open } from "./dialogs.js";
import { all, each, on, one } from "./dom.js";

export function addTransaction() {
  const input = one("#quick-add");
  if (input) {
    input.scrollIntoView({ block: "center" });
    return input.focus();
  }
  htmx.ajax("GET", one("[data-add]").getAttribute("href"), { target: "#add-body", swap: "innerHTML" });
  open(one("#add"));
}

if (location.hash === "#quick-add") addTransaction();
on("click", "[data-add]", (_link, event) => {
  event.preventDefault();
  addTransaction();
});
one("#add")?.addEventListener("close", () => one("#add-body").replaceChildren());

// Lists and the overview read themselves again on saldo:changed. On other pages the whole content is replaced, unless
// somebody is filling in a form there.
document.addEventListener("saldo:changed", async () => {
  const main = one("#main");
  const isTyped = all("input, textarea", main).some((field) => field.value !== field.defaultValue);
  if (isTyped || one('[hx-trigger*="saldo:changed"]', main)) return;
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const fresh = one("#main", new DOMParser().parseFromString(await answer.text(), "text/html"));
  main.replaceChildren(...fresh.childNodes);
  htmx.process(main);
  main.dispatchEvent(new CustomEvent("htmx:after:swap", { bubbles: true, detail: {} }));
});

document.addEventListener("saldo:add", addTransaction);
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
