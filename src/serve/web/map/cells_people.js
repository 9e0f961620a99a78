// Cells of the map about customers: how many, where they go on, how long they stay.

import { h } from "../core/dom.js";
import * as write from "../format.js";
import { bar, live, OUTCOMES, stack } from "../parts/figures.js";
import { quantileBox, quantileWords } from "../parts/quantiles.js";
import { t, tOr } from "../text.js";

export function openCell(stage, context) {
  if (stage.open === undefined) {
    return h("span.faint", { title: t("map.open_in_period") }, write.NONE);
  }
  return h("div", {}, h("span.big", {}, live(write.count(stage.open))),
    bar(stage.open, context.most.open));
}

export function enteredCell(stage) {
  return h("div", {}, live(write.count(stage.entered)),
    stage.reentered > 0 && h("div.small.faint", {}, t("map.reentered",
      { count: stage.reentered, n: write.count(stage.reentered) })));
}

/** Stays that went on to another stage. */
function wentOn(stage, flows) {
  return d3.sum(flows.filter(({ from, to }) => from === stage.name && !to.startsWith("@")),
    ({ count }) => count);
}

export function endsCell(stage, context, side) {
  const onward = wentOn(stage, context.answers[side].flows);
  const parts = [{ name: "onward", value: onward },
    ...OUTCOMES.map((name) => ({ name, value: stage.exits?.[name] ?? 0 }))];
  const total = d3.sum(parts, ({ value }) => value);
  if (!total) return h("span.faint", {}, t("map.nobody_left"));
  return h("div", {}, stack(parts), h("ul.ends", {},
    parts.filter(({ value }) => value > 0).map(({ name, value }) => h("li", { key: name },
      h(`i.fill-${name}`, { "aria-hidden": "true" }),
      h("span.what", {}, t(`outcome.${name}`)),
      h("span.much", {}, live(write.count(value)), " ",
        h("span.faint", {}, write.percent(value / total)))))));
}

export function durationCell(stage, context) {
  const { duration } = stage;
  if (!duration?.count) return h("span.faint", {}, t("duration.none"));
  const target = duration.target_ms;
  return h("div", { title: quantileWords(duration) },
    h("div", {}, live(write.duration(duration.p50_ms), { class: "strong" }),
      target && h("span.faint.small", {}, ` / ${write.duration(target)}`)),
    quantileBox(duration, context.durations, context.cellWidth),
    h("div.small.soft", {}, t("duration.middle", { p10: write.duration(duration.p10_ms),
      p90: write.duration(duration.p90_ms) })),
    duration.missed > 0 && h("div.small.late", {}, t("duration.missed", {
      count: duration.missed, n: write.count(duration.missed),
      share: write.percent(duration.missed_share) })));
}

export function stationsCell(stage) {
  if (!stage.stations?.length) return h("span.faint", {}, write.NONE);
  return h("ul.lines", {}, stage.stations.map(({ name, interactions, duration }) =>
    h("li", { key: name }, h("span.what", {}, name.replace(`${stage.name}/`, "")),
      h("span.faint.nowrap", {}, duration?.count ? write.duration(duration.p50_ms)
        : write.countShort(interactions)))));
}

/** Target and actual of a share beside each other. */
export function conversionCell(stage) {
  const { actual, target } = stage.conversion ?? {};
  if (actual === undefined && target === undefined) return h("span.faint", {}, write.NONE);
  const isBelow = actual !== undefined && target !== undefined && actual < target;
  return h("div", {},
    h("div", {}, live(write.percent(actual), { class: "strong" }),
      target !== undefined && h(`span.small.${isBelow ? "late" : "faint"}`, {},
        ` ${t(isBelow ? "figure.below" : "figure.of_target", { value: write.percent(target) })}`)),
    h("div.bullet", { "aria-hidden": "true" },
      h("span", { style: { width: `${Math.min(100, (actual ?? 0) * 100)}%` } }),
      target !== undefined && h("i", { style: { left: `${Math.min(100, target * 100)}%` } })));
}

export function interactionsCell(stage) {
  return h("div", {}, live(write.count(stage.interactions)),
    stage.staff_interactions > 0 && h("div.small.faint", {}, t("map.staff",
      { count: stage.staff_interactions, n: write.count(stage.staff_interactions) })));
}

export function signalsCell(stage) {
  const rows = (stage.signals ?? []).filter(({ count }) => count > 0);
  if (!rows.length) return h("span.faint", {}, write.NONE);
  return h("ul.lines", {}, rows.map(({ kind, name, count }) =>
    h("li", { key: `${kind}/${name}` }, h("span.what", {}, tOr(`signal.${kind}`, kind),
      name && ![stage.name, kind.toLowerCase()].includes(name)
        && h("span.faint.small.block", {}, name)), live(write.count(count)))));
}
