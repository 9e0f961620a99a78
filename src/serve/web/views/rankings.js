// Rankings: which touchpoints harm journeys, where improvement is worth most, and what came after
// something was done.

import { h, hidden } from "../core/dom.js";
import { format, linkTo, selectionOf } from "../core/route.js";
import * as write from "../format.js";
import { badge, bar, live } from "../parts/figures.js";
import { forestAxis, forestMark, forestScale, forestWords } from "../parts/forest.js";
import { empty } from "../parts/states.js";
import { table } from "../parts/table.js";
import { t, tOr } from "../text.js";
import { interventions, lastIntervention } from "./interventions.js";

const AIMS = ["acquisition", "care", "retention", "satisfaction"];
const KIND_OF = { harmful: "fault", suspected: "warn", none: "" };
const SHARES = ["conversion"];

export const title = () => t("nav.rankings");

export async function load(route, get) {
  const selection = selectionOf(route);
  const [ranked, done] = await Promise.all([get("rankings", selection),
    get("interventions", { ...selection, from: undefined, to: undefined })]);
  return { ...ranked, done };
}

function harmColumns(route, rows, available) {
  const scale = forestScale(rows, Math.min(560, Math.max(200, available * 0.32)));
  return [
    { key: "touchpoint", head: t("column.touchpoint"), sort: (row) => row.touchpoint,
      cell: (row) => [h("a", { dir: "auto", href: linkTo(route, "touchpoint", row.touchpoint) },
        row.touchpoint), " ", h("span.faint.small", {}, row.channel)] },
    { key: "forest", head: [t("column.forest"), forestAxis(scale)], cell: (row) =>
      [forestMark(row, scale), hidden(forestWords(row))] },
    { key: "odds_ratio", head: t("column.odds_ratio"), number: true,
      sort: (row) => row.odds_ratio, cell: (row) => live(write.ratio(row.odds_ratio)) },
    { key: "risk", head: t("column.risk"), number: true, sort: (row) => row.risk_with,
      cell: (row) => `${write.percent(row.risk_with)} / ${write.percent(row.risk_without)}` },
    { key: "journeys", head: t("column.journeys"), number: true, sort: (row) => row.journeys,
      cell: (row) => live(write.count(row.journeys)) },
    { key: "verdict", head: t("column.verdict"), sort: (row) => row.verdict, cell: (row) =>
      h("span.badges", {}, badge(tOr(`verdict.${row.verdict}`, row.verdict), KIND_OF[row.verdict]),
        row.rare && badge(t("rankings.rare"))) },
  ];
}

function harm(route, rows, available) {
  return h("section.card.wide", { key: "harm" }, h("h2", {}, t("rankings.harm")),
    h("p", {}, t("rankings.harm_text")), table({ id: "harm", caption: t("rankings.harm"), rows,
      rowKey: (row) => row.touchpoint, columns: harmColumns(route, rows, available), most: 50 }));
}

function writerOf(measure) {
  if (measure === "duration") return write.duration;
  return SHARES.includes(measure) ? write.percent : (v) => write.decimal(v, 2);
}

function improvementColumns(route, rows, done) {
  const most = d3.max(rows, ({ potential }) => potential) ?? 0;
  return [
    { key: "what", head: t("column.what"), sort: (row) => row.stage ?? row.touchpoint,
      cell: (row) => (row.touchpoint
        ? h("a", { href: linkTo(route, "touchpoint", row.touchpoint) }, row.touchpoint)
        : row.stage) },
    { key: "measure", head: t("column.measure"), sort: (row) => row.measure,
      cell: (row) => tOr(`measure.${row.measure}`, row.measure) },
    { key: "actual", head: t("column.actual"), number: true, sort: (row) => row.actual,
      cell: (row) => live(writerOf(row.measure)(row.actual)) },
    { key: "target", head: t("column.target"), number: true, sort: (row) => row.target,
      cell: (row) => writerOf(row.measure)(row.target) },
    { key: "distance", head: t("column.distance"), number: true, sort: (row) => row.distance,
      cell: (row) => (row.measure === "duration" ? t("rankings.too_long",
        { share: write.percent(row.distance) }) : write.percent(row.distance)) },
    { key: "journeys", head: t("column.journeys"), number: true, sort: (row) => row.journeys,
      cell: (row) => live(write.count(row.journeys)) },
    { key: "potential", head: t("column.potential"), number: true, sort: (row) => row.potential,
      cell: (row) => h("div.bar-cell", {}, live(write.count(row.potential)),
        bar(row.potential, most)) },
    { key: "aim", head: t("column.aim"), sort: (row) => row.aim,
      cell: (row) => badge(tOr(`aim.${row.aim}`, row.aim)) },
    { key: "done", head: t("column.done"), cell: (row) => lastIntervention(done, row) },
  ];
}

function aimChoice(route) {
  const chosen = route.query.aim ?? "";
  return h("div.segments", { role: "group", "aria-label": t("rankings.aims") },
    ["", ...AIMS].map((aim) => h("button", { "aria-pressed": String(aim === chosen),
      onclick: () => {
        location.hash = format({ ...route, query: { ...route.query, aim } });
      } }, aim ? t(`aim.${aim}`) : t("rankings.aim_all"))));
}

function improvements(route, all, done) {
  const rows = all.filter(({ aim }) => !route.query.aim || aim === route.query.aim);
  return h("section.card.wide", { key: "improvements" }, h("h2", {}, t("rankings.improvements")),
    h("p", {}, t("rankings.improvements_text")), aimChoice(route),
    rows.length ? table({ id: "improvements", caption: t("rankings.improvements"), rows,
      rowKey: (row) => JSON.stringify([row.stage, row.touchpoint, row.measure]),
      columns: improvementColumns(route, rows, done), most: 50 })
      : h("p.soft", {}, t("rankings.none")));
}

export function render(data, route, available) {
  const harmRows = data.harm ?? [];
  const rows = data.improvements ?? [];
  if (!harmRows.length && !rows.length) {
    return [empty(t("empty.rankings"), t("empty.rankings_text"), [t("empty.todo_input")]),
      data.done?.interventions?.length > 0 && interventions(route, data.done, available)];
  }
  return [h("header.page-head", { key: "head" }, h("h1", {}, t("rankings.title"))),
    harm(route, harmRows, available), improvements(route, rows, data.done),
    interventions(route, data.done, available)];
}
