// Copies text to the clipboard. Markup: <button data-copy="#selector"> with an optional [data-copied] label.
import { message, on, one } from "./dom.js";
import { showToast } from "./toasts.js";

const LABEL_MS = 2000;

on("click", "[data-copy]", async (button) => {
  const source = one(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  } catch {
    return showToast(message("copyFailed")); // the Clipboard API needs https or localhost
  }
  const label = one("[data-copied]", button);
  if (!label) return;
  const before = label.textContent;
  label.textContent = label.dataset.copied;
  setTimeout(() => (label.textContent = before), LABEL_MS);
});
