// Small figures: ratings, shares, bars. Each says its number in words; the mark only helps the eye.

import { h, hidden } from "../core/dom.js";
import * as write from "../format.js";
import { t, tOr } from "../text.js";

export const OUTCOMES = ["completed", "abandoned", "switched", "expired", "restarted"];

/** Stays that are over: `left` counts those that went on to another stage, `exits` the others. */
export function staysOver(stage) {
  return (stage?.left ?? 0) + d3.sum(OUTCOMES, (kind) => stage?.exits?.[kind] ?? 0);
}

/** What a signal is about, in a word or two. */
export function signalWord({ kind, temporal_deviation: found }) {
  if (found) return t(found.deviations_milli > 0 ? "signal.TOO_SLOW" : "signal.TOO_FAST");
  return tOr(`signal.${kind}`, kind);
}

/** A value that may change while it is looked at; a change is shown by a short pulse. */
export function live(text, attributes = {}) {
  return h("span", { "data-live": true, ...attributes }, text);
}

export function bar(value, most) {
  const share = most > 0 && value > 0 ? Math.max(value / most, 0.01) : 0;
  return h("div.track", { "aria-hidden": "true" },
    h("span", { style: { width: `${(share * 100).toFixed(2)}%` } }));
}

/** Parts of a whole beside each other: [{name, value}], coloured by `fill-NAME`. */
export function stack(parts) {
  const total = parts.reduce((sum, part) => sum + (part.value ?? 0), 0);
  return h("div.stack", { "aria-hidden": "true" }, parts.map(({ name, value }) =>
    value > 0 && h(`span.fill-${name}`, { key: name,
      style: { width: `${((value / total) * 100).toFixed(2)}%` } })));
}

/** 1 (bad) to 5 (good), rounded: which colour a mean of ratings has. */
export function gradeOf(mean, from = 1) {
  return Math.min(5, Math.max(1, Math.round(mean - from + 1)));
}

/** A mean of answers with its colour; `from` is the least answer (1, for emotion −2). */
export function rating(score, { from = 1, withCount = true } = {}) {
  if (!score?.count) return h("span.faint", {}, write.NONE, hidden(t("figure.not_rated")));
  const mean = from < 0 ? write.signed(score.mean, (v) => write.decimal(v)) :
    write.decimal(score.mean);
  return h("span.rating", { title: t("figure.answers", { count: score.count,
    n: write.count(score.count) }) },
  h(`i.fill-${gradeOf(score.mean, from)}`, { "aria-hidden": "true" }), live(mean),
  withCount && h("span.faint.small", {}, `(${write.countShort(score.count)})`));
}

/** How many gave which answer, from the least to the greatest. */
export function distribution(score, from = 1) {
  const answers = score?.distribution ?? [];
  if (!answers.some((n) => n > 0)) return null;
  const words = answers.map((n, i) => `${i + from}: ${write.count(n)}`).join(", ");
  return h("div", { role: "img", "aria-label": t("figure.distribution", { words }), title: words },
    stack(answers.map((value, i) => ({ name: i + 1, value }))));
}

export function nps(score) {
  if (!score?.count) return h("span.faint", {}, write.NONE);
  return h("span", { title: t("figure.nps_parts", { promoters: write.count(score.promoters),
    passives: write.count(score.passives), detractors: write.count(score.detractors) }) },
  live(write.signed(score.score, (v) => write.decimal(v, 0))),
  " ", h("span.faint.small", {}, `(${write.countShort(score.count)})`));
}

/** A labelled figure of a summary. */
export function figure(label, main, more = null) {
  return h("div.figure", { key: label }, h("dt", {}, label),
    h("dd", {}, h("div.main", {}, main), more && h("div.more", {}, more)));
}

export function badge(text, kind = "") {
  return h(`span.badge${kind ? `.${kind}` : ""}`, { title: text }, text);
}

/** Which of two compared selections something is of. */
export function sideMark(side) {
  return h(`span.side.side-${side}`, { title: t(`compare.side_${side}`) }, side.toUpperCase());
}

/**
 * What changed from a to b. `write` writes a difference, `writeEach` the values;
 * `better`: 1 where more is better, −1 where less is, 0 where neither.
 */
export function delta(a, b, { write: writeDifference, writeEach = writeDifference, better = 0 }) {
  if (!Number.isFinite(a) && !Number.isFinite(b)) return h("span.faint", {}, write.NONE);
  const was = h("span.was", {}, `${writeEach(a)} → ${writeEach(b)}`);
  if (!Number.isFinite(a) || !Number.isFinite(b)) return h("span.delta", {}, was);
  // What is written as 0 is no change.
  const change = writeDifference(Math.abs(b - a)) === writeDifference(0) ? 0 : b - a;
  const good = Math.sign(change) * better;
  const kind = good > 0 ? ".better" : good < 0 ? ".worse" : "";
  const arrow = change > 0 ? "▲ " : change < 0 ? "▼ " : "= ";
  return h(`span.delta${kind}`, {},
    h("span", { "aria-hidden": "true", class: "small" }, arrow),
    live(write.signed(change, writeDifference)),
    good !== 0 && hidden(` ${t(good > 0 ? "compare.better" : "compare.worse")}`), was);
}
