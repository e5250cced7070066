// File drop zones. Markup: <div data-drop [data-autosubmit]> with input[type=file] and [data-file-name].
import { each, one } from "./dom.js";

each("[data-drop]", (zone) => {
  const input = one("input[type=file]", zone);
  const name = one("[data-file-name]", zone);
  const over = (state) => () => zone.toggleAttribute("data-over", state);
  for (const type of ["dragenter", "dragover"]) zone.addEventListener(type, over(true));
  for (const type of ["dragleave", "drop"]) zone.addEventListener(type, over(false));
  input.addEventListener("change", () => {
    if (!input.files.length) return;
    name.textContent = [...input.files].map((file) => file.name).join(", ");
    if ("autosubmit" in zone.dataset) input.form.requestSubmit();
  });
});
