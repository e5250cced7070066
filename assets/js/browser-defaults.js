// Fills empty fields from the browser's settings. Markup: <input data-guess="time_zone"> or "locale".
import { each } from "./dom.js";

const guesses = {
  time_zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
  locale: () => navigator.language,
};
each("[data-guess]", (input) => {
  if (!input.value) input.value = guesses[input.dataset.guess]?.() ?? "";
});
