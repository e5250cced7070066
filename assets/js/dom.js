export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Call `listener(element, event)` for events inside whatever matches, now and after any swap. */
export function on(type, selector, listener) {
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) listener(element, event);
  });
}

/** Call `setup(element)` once for everything that matches, now and after any swap. */
export function each(selector, setup) {
  const seen = new WeakSet();
  const run = () =>
    all(selector).forEach((element) => {
      if (seen.has(element)) return;
      seen.add(element);
      setup(element);
    });
  run();
  document.addEventListener("htmx:after:swap", run);
}

/** A translated message that only the browser shows; layouts/base.html holds them. */
export const message = (name) => one("#messages")?.dataset[name] ?? "";
