// The cards of one touchpoint.

import { h, s, tip } from "../core/dom.js";
import * as write from "../format.js";
import { badge, bar, distribution, figure, live, nps, rating } from "../parts/figures.js";
import { forestAxis, forestMark, forestScale, forestWords } from "../parts/forest.js";
import { named } from "../parts/touchpoints.js";
import { trend } from "../parts/trend.js";
import { t, tOr, titleOf } from "../text.js";

const TREND_WIDTH = 440;
const BAR = { width: 34, gap: 10, height: 64 };

export function figures(row) {
  return h("section.card.wide", { key: "figures", "aria-label": t("summary.title") },
    h("dl.figures", {},
      figure(t("column.interactions"), live(write.count(row.interactions)),
        row.interactions ? null : t("touchpoint.unused")),
      figure(t("row.satisfaction"), rating(row.satisfaction)),
      figure(t("summary.nps"), nps(row.nps)),
      figure(t("row.emotion"), rating(row.emotion, { from: -2 })),
      figure(t("summary.need_fulfilment"), rating(row.need_fulfilment))));
}

/** Answers by value as bars. */
export function histogram(score, from) {
  const answers = score?.distribution;
  if (!answers) return null;
  const most = Math.max(1, ...answers);
  return s("svg.histogram", { width: 5 * (BAR.width + BAR.gap), height: BAR.height + 36,
    "aria-hidden": "true" },
  answers.map((n, i) => {
    const height = (n / most) * BAR.height;
    const x = i * (BAR.width + BAR.gap);
    return s("g", { key: i }, tip(write.count(n)),
      s("rect", { x, y: 16 + BAR.height - height, width: BAR.width, height, rx: 3,
        class: `svg-fill-${i + 1}` }),
      s("text", { x: x + BAR.width / 2, y: 12 + BAR.height - height, "text-anchor": "middle" },
        write.countShort(n)),
      s("text", { x: x + BAR.width / 2, y: BAR.height + 32, "text-anchor": "middle" },
        from < 0 ? write.signed(i + from, (v) => write.decimal(v, 0)) : i + from));
  }));
}

/** R35: how often it was the last contact before a journey was lost. */
function lastBefore(answer, row) {
  const rows = answer.stages.map((stage) => ({ stage, ends: (stage.exits_by_touchpoint ?? [])
    .find(({ touchpoint }) => touchpoint === row.name) })).filter(({ ends }) => ends);
  if (!rows.length) return null;
  return [h("h3.spaced", {}, t("touchpoint.last_before_end")),
    h("p.small.soft", {}, t("touchpoint.last_text")),
    h("ul.lines.wide-lines", {}, rows.map(({ stage, ends }) => h("li", { key: stage.name },
      h("span.what", {}, titleOf(stage)), h("span", {},
        `${t("outcome.abandoned")} `, live(write.count(ends.abandoned)),
        ` · ${t("outcome.switched")} `, live(write.count(ends.switched))))))];
}

export function use(answer, row) {
  const stages = answer.stages.map((stage) => ({ stage,
    touchpoint: named(stage.touchpoints, row.name) }))
    .filter(({ touchpoint }) => touchpoint);
  const most = d3.max(stages, ({ touchpoint }) => touchpoint.interactions) ?? 0;
  return h("section.card", { key: "use" }, h("h2", {}, t("touchpoint.use")),
    h("ul.lines.wide-lines", {}, stages.map(({ stage, touchpoint }) =>
      h("li.with-bar", { key: stage.name }, h("span.what", {}, titleOf(stage)),
        h("span", {}, live(write.count(touchpoint.interactions)), "  ",
          rating(touchpoint.satisfaction, { withCount: false })),
        bar(touchpoint.interactions, most)))), lastBefore(answer, row));
}

function risk(label, share, kind) {
  return h("div.risk", { key: kind }, h("span", {}, label), h("div.track", {
    "aria-hidden": "true" }, h(`span.risk-${kind}`, {
    style: { width: `${Math.min(100, (share ?? 0) * 100)}%` } })),
  h("strong", {}, live(write.percent(share, 1))));
}

export function harm(row) {
  const { harm: found, journeys } = row;
  if (!found) {
    return h("section.card", { key: "harm" }, h("h2", {}, t("touchpoint.harm")),
      h("p", {}, t("touchpoint.no_harm")));
  }
  const scale = forestScale([found], 300);
  return h("section.card", { key: "harm" }, h("h2", {}, t("touchpoint.harm")),
    h("p", {}, t("touchpoint.harm_text")),
    risk(t("touchpoint.with"), found.risk_with, "with"),
    risk(t("touchpoint.without"), found.risk_without, "without"),
    h("h3.spaced", {}, t("column.forest"), " ", found.rare && badge(t("rankings.rare"), "warn")),
    h("div.one-forest", {}, forestMark(found, scale), forestAxis(scale)),
    h("p", {}, live(forestWords(found))),
    journeys && h("p.small.soft", {}, t("touchpoint.closed", { count: journeys.closed,
      n: write.count(journeys.closed), completed: write.count(journeys.completed),
      abandoned: write.count(journeys.abandoned), switched: write.count(journeys.switched) })));
}

export function trends(answers) {
  return h("section.card", { key: "trend" }, h("h2", {}, t("touchpoint.trend")),
    answers ? answers.map((answer) => h("div", { key: answer.measure },
      h("h3", {}, t(`measure.${answer.measure}`)),
      trend(answer, `trend.${answer.measure}`, TREND_WIDTH)))
      : h("p", {}, t("touchpoint.trend_missing")));
}

/** Kept apart from what customers say: neither summed nor averaged with it. */
export function checks(answer, row) {
  const rows = (answer.probes ?? []).filter(({ touchpoint }) => touchpoint === row.name);
  return h("section.card.apart", { key: "checks" }, h("h2", {}, t("touchpoint.checks")),
    h("p", {}, t("touchpoint.checks_text")),
    rows.length ? h("ul", {}, rows.map((each) => h("li.score-line", {
      key: JSON.stringify([each.kind, each.check_type, each.persona]) },
    h("div", {}, badge(tOr(`kind.${each.kind}`, each.kind)), " ",
      [each.check_type, each.persona].filter(Boolean).join(" · "), " ",
      h("span.faint.small", {}, t("touchpoint.check_count",
        { count: each.count, n: write.count(each.count) }))),
    rating(each.satisfaction), distribution(each.satisfaction))))
      : h("p.soft", {}, t("touchpoint.no_checks")));
}
