// The theme flips at once; the form it belongs to tells the server, which writes data-theme from then on.
export function dark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

// In the capture phase: the form must hold its new value before htmx reads it.
document.addEventListener(
  "submit",
  ({ target: form }) => {
    if (!form.matches("[data-theme-form]")) return;
    const next = dark() ? "light" : "dark";
    form.elements.theme.value = next;
    document.documentElement.dataset.theme = next;
  },
  true,
);

document.addEventListener("saldo:theme", () => document.querySelector("[data-theme-form]")?.requestSubmit());
