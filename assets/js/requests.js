// Requests: CSRF token, busy state of the submit button, and a message when the server fails or cannot be reached.
import { message, one } from "./dom.js";
import { showToast } from "./toasts.js";

document.addEventListener("htmx:config:request", ({ detail }) => {
  const { request } = detail.ctx;
  if (!/^(GET|HEAD)$/i.test(request.method)) {
    request.headers["x-csrf-token"] = one('meta[name="csrf-token"]')?.content ?? "";
  }
});

document.addEventListener("htmx:before:request", ({ target }) => submitter(target)?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:finally:request", ({ target }) => submitter(target)?.removeAttribute("aria-busy"));

function submitter(element) {
  return element?.matches?.("form") ? one("button[type=submit], button:not([type])", element) : null;
}

document.addEventListener("htmx:error", ({ detail }) => {
  if (detail.ctx) showToast(message("unreachable"));
});

// htmx does not swap 5xx responses. Show a message unless the response brings its own toast.
document.addEventListener("htmx:response:error", ({ detail }) => {
  const { status, text } = { status: detail.ctx.response.status, text: detail.ctx.text ?? "" };
  if (status >= 500 && !text.includes("<hx-partial")) showToast(message("failed"));
});

// A form may be shown on a page without its htmx target, for example when a sheet's form is opened as a page.
// Stop htmx then, so that the browser submits the form and follows the redirect.
for (const type of ["click", "submit"])
  document.addEventListener(
    type,
    (event) => {
      const asks = (event.submitter ?? event.target).closest?.("[hx-post]");
      const target = asks?.getAttribute("hx-target") ?? "";
      if (target.startsWith("#") && !one(target) && (type === "submit" || asks.matches("button")))
        event.stopImmediatePropagation();
    },
    true,
  );
