// Small comforts of forms: drop zones, shown passwords, copied secrets, guesses from the browser.
import { each, on, one } from "./dom.js";

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

on("change", "[data-autosubmit]:is(select, input)", (input) => input.form.requestSubmit());

on("click", "[data-reveal]", (button) => {
  const input = one(button.dataset.reveal);
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
});

on("click", "[data-copy]", async (button) => {
  const source = one(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  const label = one("[data-copied]", button);
  if (!label) return;
  const before = label.textContent;
  label.textContent = label.dataset.copied;
  setTimeout(() => (label.textContent = before), 2000);
});

const guesses = {
  time_zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
  locale: () => navigator.language,
};
each("[data-guess]", (input) => {
  if (!input.value) input.value = guesses[input.dataset.guess]?.() ?? "";
});

// The first field that was refused takes the focus after its form was redrawn.
document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (detail.ctx?.response?.status === 422) one('form [aria-invalid="true"]')?.focus();
});

// A morph keeps what stands in the field one types in: what was taken over goes when the answer says so.
document.addEventListener("saldo:clear", () => {
  for (const field of document.querySelectorAll("[data-clear]")) field.value = "";
});
