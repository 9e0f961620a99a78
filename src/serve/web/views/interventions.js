// What was done to improve the journey, and the figures of its place before and after.

import { h } from "../core/dom.js";
import { remembered } from "../core/seen.js";
import { linkTo } from "../core/route.js";
import * as write from "../format.js";
import { badge, live } from "../parts/figures.js";
import { courseDrawing, writersOf } from "../parts/course.js";
import { more, table } from "../parts/table.js";
import { t, titleOf, tOr } from "../text.js";

const KIND_OF = { better: "good", worse: "fault", not_distinguishable: "", too_few: "" };
const DRAWING_MOST = 680; // pixels
const CARD_EDGES = 44;
const CARDS = 10;

const nameOf = (one) => titleOf({ titles: one.what, name: one.id });
const measureName = ({ measure }) => tOr(`measure.${measure}`, measure);
const verdictBadge = (verdict) => badge(tOr(`intervention.${verdict}`, verdict), KIND_OF[verdict]);

function valueWords({ count, value }, each) {
  return count ? t("intervention.value", { value: each(value), n: write.count(count) })
    : write.NONE;
}

function differenceWords({ difference, measure }) {
  if (!difference) return write.NONE;
  const say = (value) => write.signed(value, writersOf(measure).difference);
  return t("intervention.difference", { value: say(difference.value), low: say(difference.low),
    high: say(difference.high) });
}

/** One sentence that says what the drawing shows. */
function summary(measure) {
  const { each } = writersOf(measure.measure);
  return t("intervention.summary", { measure: measureName(measure),
    before: valueWords(measure.before, each), after: valueWords(measure.after, each),
    difference: differenceWords(measure),
    verdict: tOr(`intervention.${measure.verdict}`, measure.verdict) });
}

function whereNode(route, { stage, touchpoint, channel }) {
  return [stage ?? h("a", { dir: "auto", href: linkTo(route, "touchpoint", touchpoint) },
    touchpoint), channel && h("span.faint.small", {}, ` ${channel}`)];
}

function words(label, ...content) {
  return h("div", {}, h("dt", {}, label), h("dd", { dir: "auto" }, content));
}

function facts(route, one) {
  return h("dl.words", {}, words(t("column.when"), write.day(one.day)),
    words(t("column.what"), whereNode(route, one.where)),
    one.owner && words(t("column.owner"), one.owner),
    one.days > 0 && words(t("intervention.compared"), t("intervention.days",
      { count: one.days, n: write.count(one.days) })));
}

function measuresTable(one) {
  return table({ id: `measures.${one.id}`, caption: t("intervention.measures"),
    rows: one.measures, rowKey: ({ measure }) => measure, columns: [
      { key: "measure", head: t("column.measure"), cell: measureName },
      { key: "before", head: t("intervention.before"), number: true, cell: (row) =>
        live(valueWords(row.before, writersOf(row.measure).each)) },
      { key: "after", head: t("intervention.after"), number: true, cell: (row) =>
        live(valueWords(row.after, writersOf(row.measure).each)) },
      { key: "difference", head: t("intervention.difference_head"), number: true,
        cell: (row) => live(differenceWords(row)) },
      { key: "verdict", head: t("column.verdict"), cell: (row) => verdictBadge(row.verdict) }] });
}

function daysTable(one, measure) {
  const { each } = writersOf(measure.measure);
  const name = measureName(measure);
  return h("details.block", {}, h("summary.small", {}, t("intervention.by_day",
    { measure: name })),
  table({ id: `days.${one.id}`, caption: t("intervention.by_day", { measure: name }),
    rows: measure.course, rowKey: ({ day }) => day, columns: [
      { key: "day", head: t("column.day"), cell: ({ day }) => write.day(day),
        sort: ({ day }) => day },
      { key: "part", head: t("intervention.part"), cell: ({ part }) => t(`intervention.${part}`) },
      { key: "value", head: name, number: true, cell: ({ value }) => each(value),
        sort: ({ value }) => value },
      { key: "count", head: t("column.of"), number: true, cell: ({ count }) =>
        write.count(count), sort: ({ count }) => count }] }));
}

function course(one, judged, width) {
  if (!one.days) return h("p.soft", {}, t("intervention.no_days"));
  return [judged.course.length > 0 && courseDrawing(one, judged, summary(judged), width),
    h("p", {}, summary(judged)), measuresTable(one), judged.course.length > 0 &&
      daysTable(one, judged)];
}

function card(route, one, all, width) {
  const judged = one.measures.find(({ measure }) => measure === one.judged_by);
  const others = all.filter(({ id }) => one.overlaps.includes(id)).map(nameOf);
  return h("article.intervention", { key: one.id },
    h("h3", { dir: "auto" }, nameOf(one)),
    h("span.badges", {}, badge(tOr(`aim.${one.aim}`, one.aim)), verdictBadge(one.verdict)),
    facts(route, one), course(one, judged, width),
    others.length > 0 && h("p.soft.small", { dir: "auto" }, t("intervention.overlaps",
      { others: write.list(others) })));
}

/** What was done last in a stage, and what the course of one of its measures says. */
export function lastIntervention(answer, { stage, measure }) {
  const one = answer?.interventions?.find(({ where }) => where.stage === stage);
  const course = one?.measures.find((each) => each.measure === measure);
  if (!course) return h("span.faint", {}, write.NONE);
  return h("span.badges", { dir: "auto" }, `${nameOf(one)}, ${write.dayShort(one.day)} `,
    verdictBadge(course.verdict));
}

/** The answer of /interventions as a card; `aim`: those that serve it, or all. */
export function interventions(route, answer, available) {
  const all = answer?.interventions ?? [];
  const rows = all.filter(({ aim }) => !route.query.aim || aim === route.query.aim);
  const width = Math.min(DRAWING_MOST, Math.max(240, available - CARD_EDGES));
  const shown = remembered("rows.interventions") ?? CARDS;
  return h("section.card.wide", { key: "interventions" }, h("h2", {}, t("intervention.title")),
    h("p", {}, t("intervention.text")),
    !all.length && h("p.soft", {}, t("intervention.none")),
    all.length > 0 && !rows.length && h("p.soft", {}, t("intervention.none_of_aim")),
    rows.slice(0, shown).map((one) => card(route, one, all, width)),
    rows.length > shown && more("rows.interventions", shown, rows.length, CARDS),
    answer?.left_out > 0 && h("p.soft.small", {}, t("intervention.left_out",
      { count: answer.left_out, n: write.count(answer.left_out) })));
}
