// What stands where figures would: nothing yet, loading, a fault.

import { h, s } from "../core/dom.js";
import { t } from "../text.js";

function signpost() {
  return s("svg", { viewBox: "0 0 72 72", fill: "var(--surface)", stroke: "currentColor",
    "stroke-width": 2.5, "stroke-linecap": "round", "stroke-linejoin": "round",
    "aria-hidden": "true" },
  s("path", { d: "M14 50c12 0 10-24 22-24s10 24 22 24", "stroke-dasharray": "1 6" }),
  s("circle", { cx: 14, cy: 50, r: 5 }), s("circle", { cx: 36, cy: 26, r: 5 }),
  s("circle", { cx: 58, cy: 50, r: 5 }));
}

/** Nothing to show, and what to do about it: `todo` is a list of sentences. */
export function empty(title, text, todo = []) {
  return h("section.card.empty", {}, signpost(), h("h2", {}, title), h("p", {}, text),
    todo.length > 0 && h("ul.todo", {}, todo.map((line) => h("li", {}, line))));
}

/** A fault with its hint; `again` tries once more. */
export function fault(error, again) {
  const kind = error.kind ?? "page";
  return h("section.card.empty", { role: "alert" }, signpost(),
    h("h2", {}, t(`error.${kind}`)),
    h("p", {}, error.message),
    error.hint ? h("p.hint", {}, `${t("error.hint")}: ${error.hint}`)
      : h("p.hint", {}, t(`error.${kind}_hint`)),
    h("p", {}, h("button.primary", { onclick: again }, t("error.again"))));
}

export function skeleton() {
  return h("div.skeleton", { "aria-busy": "true", "aria-label": t("state.loading"), role: "group" },
    [72, 260, 200].map((height) => h("div", { style: { height: `${height}px` } })));
}
