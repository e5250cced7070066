// Forms: select fields that submit at once, focus on the first error, fields that clear after a successful submit.
import { on, one } from "./dom.js";

on("change", "[data-autosubmit]:is(select, input)", (input) => input.form.requestSubmit());

// Move the focus to the first invalid field after the server has returned the form.
document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (detail.ctx?.response?.status === 422) one('form [aria-invalid="true"]')?.focus();
});

// A morph keeps the focused field's value, so the server's saldo:clear event empties it.
document.addEventListener("saldo:clear", () => {
  for (const field of document.querySelectorAll("[data-clear]")) field.value = "";
});
