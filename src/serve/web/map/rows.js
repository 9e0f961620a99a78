// The rows of the map. A row is either a drawing over all stages or a cell for each.
//
// {key, cell(stage, context, side)} shows one selection. For the difference of two: `measures`,
// [{of(stage), write, each, better, label}], or `change(a, b, context)`; without either both are
// shown beside each other, but once where they are the same and `isPlan`: as the model has it, not
// measured. `better`: 1 where more is better, −1 where less is, else 0.

import { h } from "../core/dom.js";
import * as write from "../format.js";
import { distribution, nps, OUTCOMES, rating, staysOver } from "../parts/figures.js";
import { t } from "../text.js";
import { departmentsCell, dimensionCell, handoversCell, ownerCell, systemsCell }
  from "./cells_company.js";
import { conversionCell, durationCell, endsCell, enteredCell, interactionsCell, openCell,
  signalsCell, stationsCell } from "./cells_people.js";
import { touchpointsCell, touchpointsChange } from "./cells_touchpoints.js";
import { curveDrawing } from "./curve.js";
import { flowDrawing } from "./flow.js";

const counted = (of, better = 0) => [{ of, write: write.count, better }];
const shared = (of, better) => [{ of, write: write.points, each: write.percent, better }];
const rated = (of) => [{ of, write: (v) => write.decimal(v, 2), better: 1 }];
const mean = (key) => (stage) => (stage[key]?.count ? stage[key].mean : undefined);

function scoreCell(key, from = 1) {
  return (stage) => h("div", {}, rating(stage[key], { from }),
    stage[key]?.target && h("span.small.faint", {},
      ` ${t("figure.of_target", { value: write.decimal(stage[key].target) })}`),
    distribution(stage[key], from));
}

const exitsOf = (kind) => (stage) => {
  const over = staysOver(stage);
  return over ? (stage.exits?.[kind] ?? 0) / over : undefined;
};

const PEOPLE = [
  { key: "open", cell: openCell, measures: counted(({ open }) => open) },
  { key: "flow", drawing: flowDrawing, legend: flowLegend },
  { key: "entered", cell: enteredCell, measures: counted(({ entered }) => entered) },
  { key: "ends", cell: endsCell, measures: OUTCOMES.slice(0, 3).map((kind) => ({
    ...shared(exitsOf(kind), kind === "completed" ? 1 : -1)[0],
    label: () => t(`outcome.${kind}`) })) },
];
const EXPERIENCE = [
  { key: "curve", drawing: curveDrawing, legend: curveLegend },
  { key: "satisfaction", cell: scoreCell("satisfaction"), measures: rated(mean("satisfaction")) },
  { key: "emotion", cell: scoreCell("emotion", -2), measures: rated(mean("emotion")) },
  { key: "nps", cell: (stage) => nps(stage.nps),
    measures: [{ of: (stage) => (stage.nps?.count ? stage.nps.score : undefined),
      write: (v) => write.decimal(v), better: 1 }] },
  { key: "need_fulfilment", cell: scoreCell("need_fulfilment"),
    measures: rated(mean("need_fulfilment")) },
];
const TOUCHPOINTS = [
  { key: "touchpoints", cell: touchpointsCell, change: touchpointsChange },
];
const TIME = [
  { key: "duration", cell: durationCell, measures: [
    { of: (stage) => stage.duration?.p50_ms, write: write.duration, better: -1,
      label: () => t("duration.median") },
    { ...shared((stage) => stage.duration?.missed_share, -1)[0],
      label: () => t("duration.missed_short") }] },
  { key: "stations", cell: stationsCell },
];
const RESULTS = [
  { key: "conversion", cell: conversionCell,
    measures: shared((stage) => stage.conversion?.actual, 1) },
  { key: "interactions", cell: interactionsCell,
    measures: counted(({ interactions }) => interactions) },
  { key: "signals", cell: signalsCell },
];
const COMPANY = [
  { key: "owner", cell: ownerCell, isPlan: true },
  { key: "departments", cell: departmentsCell },
  { key: "handovers", cell: handoversCell },
  { key: "systems_used", cell: systemsCell },
];
const DIMENSIONS = ["customer_activities", "customer_goal", "touchpoints_online",
  "touchpoints_offline", "company_goal", "kpis", "organisational_activity", "owner", "systems"]
  .map((key) => ({ key: `dimension_${key}`, cell: dimensionCell(key), isPlan: true }));

/** Groups of rows; the reader can fold each. `always`: of use where there are no figures yet. */
export const GROUPS = [
  { key: "people", rows: PEOPLE },
  { key: "experience", rows: EXPERIENCE },
  { key: "touchpoints", rows: TOUCHPOINTS, always: true },
  { key: "time", rows: TIME },
  { key: "results", rows: RESULTS },
  { key: "company", rows: COMPANY },
  { key: "dimensions", rows: DIMENSIONS, always: true },
];

const swatch = (kind, text) => h("span", {}, h(`i.${kind}`, { "aria-hidden": "true" }), text);

function flowLegend({ mode }) {
  if (mode === "difference") {
    return [swatch("swatch-up", t("flow.more")), swatch("swatch-down", t("flow.fewer"))];
  }
  return [swatch("fill-onward", t("flow.onward")), swatch("swatch-back", t("flow.back")),
    ...OUTCOMES.slice(0, 3).map((kind) => swatch(`fill-${kind}`, t(`outcome.${kind}`)))];
}

function curveLegend() {
  return [swatch("swatch-satisfaction", t("row.satisfaction")),
    swatch("swatch-emotion", t("row.emotion")), swatch("swatch-target", t("figure.target_word"))];
}
