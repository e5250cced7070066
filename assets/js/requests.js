// Requests carry the CSRF token; a server out of reach is said once, and the form keeps what was typed.
import { one, sentence } from "./dom.js";
import { say } from "./toasts.js";

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
  if (detail.ctx) say(sentence("unreachable"));
});

// An answer that htmx does not swap (5xx) and that brings no toast of its own must not end in silence.
document.addEventListener("htmx:response:error", ({ detail }) => {
  const { status, text } = { status: detail.ctx.response.status, text: detail.ctx.text ?? "" };
  if (status >= 500 && !text.includes("<hx-partial")) say(sentence("failed"));
});

// A form may stand on a page that has no place for its answer: the form of a sheet as a page of its own, or opened
// beside something else than its list. It is then sent as without a script, and the server leads on.
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
