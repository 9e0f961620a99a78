// The figures of all journeys together, above the map.

import { h } from "../core/dom.js";
import * as write from "../format.js";
import { delta, figure, live, nps, rating, sideMark } from "../parts/figures.js";
import { t } from "../text.js";

const answered = (score, key) => (score?.count ? score[key] : undefined);

// {key, of(answer) for the difference, show(answer), more(answer), write, each, better}
const FIGURES = [
  { key: "started", of: ({ journeys }) => journeys.started, write: write.count, better: 0,
    more: ({ journeys }) => t("summary.interactions",
      { count: journeys.interactions, n: write.count(journeys.interactions) }) },
  { key: "open", of: ({ journeys }) => journeys.open, write: write.count, better: 0,
    more: ({ journeys }) => (journeys.open === undefined ? null : t("summary.of_started",
      { share: write.percent(journeys.open / journeys.started) })) },
  { key: "conversion", of: ({ journeys }) => journeys.conversion, write: write.points,
    each: (v) => write.percent(v, 1), better: 1,
    more: ({ journeys }) => t("summary.completed",
      { count: journeys.completed, n: write.count(journeys.completed) }) },
  { key: "lost", of: ({ journeys }) => journeys.abandoned + journeys.switched,
    write: write.count, better: 0,
    more: ({ journeys }) => t("summary.switched",
      { count: journeys.switched, n: write.count(journeys.switched) }) },
  { key: "duration", of: ({ journeys }) => journeys.duration?.p50_ms, write: write.duration,
    better: 0, more: ({ journeys }) => (journeys.duration?.count ? t("duration.middle", {
      p10: write.duration(journeys.duration.p10_ms),
      p90: write.duration(journeys.duration.p90_ms) }) : null) },
  { key: "satisfaction", of: ({ satisfaction }) => answered(satisfaction, "mean"),
    write: (v) => write.decimal(v, 2), better: 1,
    show: ({ satisfaction }) => rating(satisfaction, { withCount: false }),
    more: ({ satisfaction }) => answersOf(satisfaction) },
  { key: "nps", of: (answer) => answered(answer.nps, "score"), write: (v) => write.decimal(v),
    better: 1, show: (answer) => nps(answer.nps) },
  { key: "need_fulfilment", of: ({ need_fulfilment: need }) => answered(need, "mean"),
    write: (v) => write.decimal(v, 2), better: 1,
    show: ({ need_fulfilment: need }) => rating(need, { withCount: false }),
    more: ({ need_fulfilment: need }) => answersOf(need) },
  { key: "channel_spread", of: ({ journeys }) => journeys.channel_spread?.mean,
    write: (v) => write.decimal(v, 2), better: -1,
    more: ({ journeys }) => (journeys.channel_spread ? t("summary.journeys", {
      count: journeys.channel_spread.journeys,
      n: write.count(journeys.channel_spread.journeys) }) : null) },
];

function answersOf(score) {
  return score?.count ? t("figure.answers", { count: score.count, n: write.count(score.count) })
    : t("figure.not_rated");
}

function shown(each, answer) {
  if (each.show) return each.show(answer);
  return live((each.each ?? each.write)(each.of(answer)));
}

function entry(each, { a, b, mode }) {
  const label = t(`summary.${each.key}`);
  if (mode === "difference") {
    return figure(label, delta(each.of(a), each.of(b),
      { write: each.write, writeEach: each.each, better: each.better }));
  }
  if (mode) {
    return figure(label, h("div.pair", {}, [["a", a], ["b", b]].map(([side, answer]) =>
      h("div", {}, sideMark(side), h("span", {}, shown(each, answer))))));
  }
  return figure(label, shown(each, a), each.more?.(a));
}

export function summary(context) {
  return h(`section.card.summary${context.mode ? ".compared" : ""}`,
    { "aria-label": t("summary.title"), key: "summary" },
    h("dl.figures", {}, FIGURES.map((each) => entry(each, context))));
}
