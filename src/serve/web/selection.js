// Chooses the journeys that figures are of: model, version, persona, target group, period; and what
// they are compared with.

import { h } from "./core/dom.js";
import { format } from "./core/route.js";
import { sideMark } from "./parts/figures.js";
import { t, titleOf } from "./text.js";

function go(route, changes) {
  location.hash = format({ ...route, query: { ...route.query, ...changes } });
}

function choice(route, key, label, options) {
  const chosen = route.query[key] ?? "";
  const known = options.some(([value]) => value === chosen);
  const all = known || !chosen ? options : [...options, [chosen, chosen]];
  return h("label", { key }, label, h("select", {
    name: key, onchange: (event) => go(route, { [key]: event.target.value }),
  }, all.map(([value, text]) =>
    h("option", { value, selected: value === chosen }, text))));
}

function day(route, key, label, model) {
  return h("label", { key }, label, h("input", {
    type: "date", name: key, value: route.query[key] ?? "", min: model?.first_day,
    max: model?.last_day,
    onchange: (event) => go(route, { [key]: event.target.value }),
  }));
}

const named = (names) => (names ?? []).map((name) => [name, name]);

/** What belongs to one model only is not carried to another. */
function modelChoice(route, models, prefix) {
  const cleared = Object.fromEntries(["version", "persona", "target_group"]
    .map((key) => [prefix + key, ""]));
  const chosen = route.query[`${prefix}model`] ?? route.query.model ?? "";
  return h("label", { key: "model" }, t("selection.model"), h("select", {
    name: `${prefix}model`,
    onchange: (event) => go(route, { ...cleared, [`${prefix}model`]: event.target.value }),
  }, models.map((model) => h("option", { value: model.name, selected: model.name === chosen },
    titleOf(model)))));
}

function fields(route, models, prefix, mark) {
  const name = route.query[`${prefix}model`] ?? route.query.model;
  const model = models.find((each) => each.name === name);
  const all = [["", t("selection.all")]];
  return h("fieldset", { key: prefix || "a." },
    h("legend", { class: mark ? "" : "visually-hidden" },
      mark ? sideMark(mark) : t("selection.title")),
    modelChoice(route, models, prefix),
    choice(route, `${prefix}version`, t("selection.version"), [...all,
      ...(model?.versions ?? []).map((each) => [String(each), `v${each}`])]),
    choice(route, `${prefix}persona`, t("selection.persona"), [...all, ...named(model?.personas)]),
    choice(route, `${prefix}target_group`, t("selection.target_group"),
      [...all, ...named(model?.target_groups)]),
    day(route, `${prefix}from`, t("selection.from"), model),
    day(route, `${prefix}to`, t("selection.to"), model),
    prefix === "" && compareButton(route), prefix === "" && mark && modeButtons(route));
}

function compareButton(route) {
  if (route.view !== "map") return null;
  const isOn = Boolean(route.query.compare);
  const second = Object.fromEntries(["version", "persona", "target_group", "from", "to"]
    .map((key) => [`b.${key}`, route.query[key] ?? ""]));
  return h("button", { "aria-pressed": String(isOn),
    onclick: () => go(route, isOn ? { compare: "" } : { ...second, compare: "side" }) },
  t("compare.button"));
}

function modeButtons(route) {
  return h("div.segments", { role: "group", "aria-label": t("compare.how"), key: "mode" },
    ["side", "difference"].map((mode) => h("button", {
      "aria-pressed": String(route.query.compare === mode),
      onclick: () => go(route, { compare: mode }),
    }, t(`compare.${mode}`))));
}

function summaryOf(route, models) {
  const model = models.find(({ name }) => name === route.query.model);
  const { version, persona, target_group: group, from, to } = route.query;
  return [titleOf(model), version && `v${version}`, persona, group, from, to].filter(Boolean)
    .join(" · ");
}

/** The bar above the figures; folded where there is little room. */
export function selectionBar(route, models) {
  if (!models.length) return null;
  const isCompared = route.view === "map" && route.query.compare;
  const content = h("div.selection", {}, fields(route, models, "", isCompared ? "a" : null),
    isCompared && fields(route, models, "b.", "b"));
  if (!matchMedia("(max-width: 640px)").matches) {
    return h("section", { key: "selection", "aria-label": t("selection.title") }, content);
  }
  return h("details.card.selection-folded", { key: "selection-folded" },
    h("summary", {}, h("strong", {}, t("selection.title")), " ",
      h("span.soft", {}, summaryOf(route, models))), content);
}
