// Applies the theme at once; the form saves it on the server.
function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

// In the capture phase, because the form needs its new value before htmx reads it.
document.addEventListener(
  "submit",
  ({ target: form }) => {
    if (!form.matches("[data-theme-form]")) return;
    const next = isDark() ? "light" : "dark";
    form.elements.theme.value = next;
    document.documentElement.dataset.theme = next;
  },
  true,
);

document.addEventListener("saldo:theme", () => document.querySelector("[data-theme-form]")?.requestSubmit());
