// Previews: the answer to a submitted form is never overwritten by a preview of what was typed before.
// Markup: <form hx-post="…"><input hx-get="preview-url" hx-trigger="input …"></form>.
const submissions = new WeakMap(); // form → how often it was submitted
const typed = new WeakMap(); // input → submissions of its form when it was last typed in
const asked = new WeakMap(); // request → form, and its submissions when the preview was requested

const count = (form) => submissions.get(form) ?? 0;
const isPreview = (element) => Boolean(element?.matches?.("input[hx-get]") && element.form);

document.addEventListener("submit", ({ target }) => submissions.set(target, count(target) + 1), true);

document.addEventListener(
  "input",
  ({ target }) => {
    if (isPreview(target)) typed.set(target, count(target.form));
  },
  true,
);

document.addEventListener("htmx:config:request", (event) => {
  const { target, detail } = event;
  if (!isPreview(target)) return;
  if ((typed.get(target) ?? 0) < count(target.form)) event.preventDefault();
  else asked.set(detail.ctx, { form: target.form, submissions: count(target.form) });
});

document.addEventListener("htmx:before:swap", (event) => {
  const preview = asked.get(event.detail.ctx);
  if (preview && preview.submissions < count(preview.form)) event.preventDefault();
});
