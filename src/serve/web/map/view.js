// The map: the whole picture of one model, or of two selections compared.

import { h } from "../core/dom.js";
import { comparedSelection, linkTo, selectionOf } from "../core/route.js";
import * as write from "../format.js";
import { durationScale } from "../parts/quantiles.js";
import { empty } from "../parts/states.js";
import { t, titleOf } from "../text.js";
import { columnsOf, widthsOf } from "./columns.js";
import { grid } from "./grid.js";
import { overview } from "./overview.js";
import { floatingHeads, follow } from "./scrolling.js";
import { summary } from "./summary.js";
import { paths, tables } from "./tables.js";
import { ticker } from "./ticker.js";
import { loadTrend, trendSection } from "./trends.js";

const CELL_PADDING = 24;

export const title = () => t("nav.map");

export async function load(route, get) {
  const second = comparedSelection(route);
  const [a, b, trend] = await Promise.all([get("map", selectionOf(route)),
    second && get("map", second), second ? null : loadTrend(route, get)]);
  return { a, b, trend };
}

/** What a map's parts need to know: the answers, the columns, the scales that they share. */
function contextOf({ a, b }, route, available) {
  const columns = columnsOf(a, b);
  const widths = widthsOf(columns, available);
  const stages = [...a.stages, ...(b?.stages ?? [])];
  return {
    a, b, answers: { a, b }, columns, widths, available, width: widths.column,
    mode: b ? route.query.compare : null,
    hasFigures: a.journeys.started > 0 || b?.journeys.started > 0,
    cellWidth: widths.column - CELL_PADDING - (b ? 26 : 0),
    durations: durationScale(stages.map(({ duration }) => duration)),
    most: { open: d3.max(stages, ({ open }) => open) ?? 0,
      touchpoint: d3.max(stages, ({ touchpoints }) =>
        d3.max(touchpoints ?? [], ({ interactions }) => interactions)) ?? 0 },
    link: (view, name, more) => linkTo(route, view, name, more),
  };
}

function heading({ a, mode }) {
  const { from, to } = a.selection ?? {};
  return h("header.page-head", { key: "head" }, h("h1", {}, titleOf(a.model)),
    from && to && !mode && h("span.faint", {}, `${write.day(from)} – ${write.day(to)}`),
    a.model.description && h("div.about", {}, h("p", {}, a.model.description)));
}

function nothingYet() {
  return empty(t("empty.map"), t("empty.map_text"),
    [t("empty.todo_input"), t("empty.todo_demo"), t("empty.todo_selection")]);
}

export function render(data, route, available) {
  const context = contextOf(data, route, available);
  const { hasFigures } = context;
  requestAnimationFrame(follow);
  return [
    heading(context),
    hasFigures ? summary(context) : nothingYet(),
    hasFigures && ticker(context.link),
    overview(context),
    h("div.map-frame", { key: "frame" }, floatingHeads(context),
      h("div.map-scroll", { id: "map-scroll", tabindex: "0", role: "region",
        "aria-label": t("map.caption"), onscroll: follow }, grid(context))),
    ...(hasFigures && !context.mode
      ? [trendSection(data, route, available), paths(data.a), tables(data.a)] : []),
  ];
}
