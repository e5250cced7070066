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
