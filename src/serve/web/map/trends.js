// R55: how a figure went from day to day, of all journeys or of one stage.

import { h } from "../core/dom.js";
import { format, selectionOf } from "../core/route.js";
import { trend } from "../parts/trend.js";
import { t, titleOf } from "../text.js";

const MEASURES = ["started", "completed", "abandoned", "conversion", "duration_p50",
  "satisfaction", "nps", "interactions"];

const CARD_PADDING = 44;

const measureOf = (route) => (MEASURES.includes(route.query.trend) ? route.query.trend : "started");

/** The trend that the address asks for; null where the server has none of it. */
export async function loadTrend(route, get) {
  const { stage } = route.query;
  try {
    return await get("trends", { ...selectionOf(route), measure: measureOf(route),
      ...(stage ? { stage } : {}) });
  } catch (error) {
    if (error.kind === "wrong" || error.kind === "missing") return null;
    throw error;
  }
}

function choose(route, changes) {
  location.hash = format({ ...route, query: { ...route.query, ...changes } });
}

function choice(label, chosen, options, key, route) {
  return h("label", { key }, label, h("select", { name: key,
    onchange: (event) => choose(route, { [key]: event.target.value }) },
  options.map(([value, text]) => h("option", { value, selected: value === chosen }, text))));
}

export function trendSection({ a, trend: answer }, route, available) {
  const width = Math.max(300, Math.min(1200, available - CARD_PADDING));
  return h("section.card.wide", { key: "trends" }, h("h2", {}, t("trend.title")),
    h("div.selection", {}, h("div.choices", {},
      choice(t("trend.measure"), measureOf(route),
        MEASURES.map((each) => [each, t(`measure.${each}`)]), "trend", route),
      choice(t("column.stage"), route.query.stage ?? "", [["", t("selection.all")],
        ...a.stages.map((stage) => [stage.name, titleOf(stage)])], "stage", route))),
    answer ? trend(answer, "trend.map", width) : h("p.soft", {}, t("empty.trend")));
}
