// The company's own view: who owns, who works, who waits for whom; beside what customers feel.

import { h } from "../core/dom.js";
import { linkTo, selectionOf } from "../core/route.js";
import * as write from "../format.js";
import { workList } from "../map/cells_company.js";
import { badge, bar, live, nps, rating, staysOver } from "../parts/figures.js";
import { empty } from "../parts/states.js";
import { table } from "../parts/table.js";
import { t, tOr, titleOf } from "../text.js";
import { chord, matrix } from "./handovers.js";

export const title = () => t("nav.internal");

export async function load(route, get) {
  const [internal, map] = await Promise.all([get("internal", selectionOf(route)),
    get("map", selectionOf(route))]);
  return { internal, map };
}

function findings({ findings: rows = [] }, stages) {
  const stageOf = (name) => titleOf(stages.find((stage) => stage.name === name) ?? { name });
  return h("section.card.wide", { key: "findings" }, h("h2", {}, t("internal.findings")),
    rows.length ? h("ul.findings", {}, rows.map((row) => h("li", {
      key: JSON.stringify([row.kind, row.department, row.stage]) },
    badge(tOr(`finding.${row.kind}`, row.kind), "warn"), " ",
    row.department && h("strong", {}, row.department), " ",
    h("span.soft", {}, tOr(`finding_text.${row.kind}`, "")), " ",
    row.stage && h("span.faint", {}, stageOf(row.stage)))))
      : h("p.soft", {}, t("internal.no_findings")));
}

function participants({ name: stage, participants: names = [], departments = [] }) {
  return [names.length > 0 && h("div.small.soft", {}, t("map.with", { names: write.list(names) })),
    workList(departments, `work.${stage}`, "ul.lines.narrow-lines")];
}

function stay(stage) {
  const { duration } = stage ?? {};
  if (!duration?.count) return write.NONE;
  const isLate = duration.target_ms && duration.p50_ms > duration.target_ms;
  return h("span", { class: isLate ? "late" : "" }, live(write.duration(duration.p50_ms)),
    duration.target_ms ? ` / ${write.duration(duration.target_ms)}` : "");
}

function lost(stage) {
  const over = staysOver(stage);
  if (!over) return write.NONE;
  const gone = (stage.exits?.abandoned ?? 0) + (stage.exits?.switched ?? 0);
  return [live(write.count(gone)), " ",
    h("span.faint.small", {}, write.percent(gone / over))];
}

/** R59: the internal beside the customer's view, stage by stage. */
function beside({ stages }, map) {
  const felt = new Map(map.stages.map((stage) => [stage.name, stage]));
  const of = (row) => felt.get(row.name);
  return h("section.card.wide", { key: "beside" }, h("h2", {}, t("internal.beside")),
    h("p", {}, t("internal.beside_text")),
    table({ id: "beside", caption: t("internal.beside"), rows: stages, rowKey: ({ name }) => name,
      columns: [
        { key: "stage", head: t("column.stage"), cell: titleOf },
        { key: "owner", head: t("column.owner"), sort: ({ owner }) => owner ?? "", cell: (row) =>
          (row.has_owner ? h("strong", {}, row.owner) : badge(t("map.no_owner"), "warn")) },
        { key: "departments", head: t("column.work"), cell: participants },
        { key: "interactions", head: t("column.interactions"), number: true,
          sort: ({ interactions }) => interactions,
          cell: ({ interactions }) => live(write.count(interactions)) },
        { key: "satisfaction", head: t("column.satisfaction"), number: true,
          sort: (row) => of(row)?.satisfaction?.mean,
          cell: (row) => h("span.customer-side", {}, rating(of(row)?.satisfaction)) },
        { key: "emotion", head: t("column.emotion"), number: true,
          sort: (row) => of(row)?.emotion?.mean,
          cell: (row) => rating(of(row)?.emotion, { from: -2, withCount: false }) },
        { key: "nps", head: t("column.nps"), number: true, sort: (row) => of(row)?.nps?.score,
          cell: (row) => nps(of(row)?.nps) },
        { key: "stay", head: t("column.stay"), number: true,
          sort: (row) => of(row)?.duration?.p50_ms, cell: (row) => stay(of(row)) },
        { key: "lost", head: t("column.lost"), number: true, cell: (row) => lost(of(row)) },
      ] }));
}

function shares({ work_share: work, handover_share: handover }) {
  return h("div.shares", { "aria-hidden": "true" }, bar(work, 1), h("div.handed", {},
    bar(handover, 1)));
}

/** Mean waiting of a handover, and the sum of all. */
function waiting(key, sumKey, countKey) {
  const mean = (row) => (row[countKey] ? row[sumKey] / row[countKey] : undefined);
  return { key, head: t(`column.${key}`), number: true, sort: mean, cell: (row) => [
    live(write.duration(mean(row))), mean(row) ? h("div.small.faint", {},
      t("internal.in_all", { time: write.duration(row[sumKey]) })) : null] };
}

function departments({ departments: rows = [], findings: found = [] }) {
  const standsOut = (name) => found.some(({ department }) => department === name);
  const number = (key, say) => ({ key, head: t(`column.${key}`), number: true,
    sort: (row) => row[key], cell: (row) => live(say(row[key])) });
  return h("section.card.wide", { key: "departments" }, h("h2", {}, t("internal.departments")),
    h("p", {}, t("internal.departments_text")),
    table({ id: "departments", caption: t("internal.departments"), most: 25,
      rows: [...rows].sort((p, q) => q.interactions - p.interactions),
      rowKey: ({ name }) => name, columns: [
        { key: "department", head: t("column.department"), sort: ({ name }) => name,
          cell: ({ name }) => name },
        number("interactions", write.count), number("work_share", write.percent),
        number("handover_share", write.percent),
        { key: "shares", head: "", cell: shares },
        { key: "handovers", head: t("column.handovers"), number: true,
          sort: (row) => row.handovers_in + row.handovers_out, cell: (row) =>
            `${write.count(row.handovers_in)} / ${write.count(row.handovers_out)}` },
        waiting("waiting_in", "waiting_in_ms", "handovers_in"),
        waiting("waiting_out", "waiting_out_ms", "handovers_out"),
        { key: "imbalance", head: t("column.imbalance"), number: true,
          sort: (row) => row.imbalance, cell: (row) => (standsOut(row.name)
            ? badge(write.decimal(row.imbalance), "warn") : write.decimal(row.imbalance)) },
      ] }));
}

/** Each way of handing over, stage by stage: what the matrix adds up, and what it leaves out. */
function ways({ handovers: rows, stages }) {
  const stageOf = ({ stage }) => titleOf(stages.find(({ name }) => name === stage)) || write.NONE;
  const word = (key, of) => ({ key, head: t(`column.${key}`), sort: of, cell: of });
  return h("details.block", { key: "ways" }, h("summary", {}, t("internal.ways")),
    table({ id: "ways", caption: t("internal.ways"), most: 40,
      rows: [...rows].sort((p, q) => q.count - p.count),
      rowKey: (row) => JSON.stringify([row.from, row.to, row.stage]), columns: [
        word("from", ({ from }) => from), word("to", ({ to }) => to), word("stage", stageOf),
        { key: "count", head: t("column.handed"), number: true, sort: ({ count }) => count,
          cell: ({ count }) => live(write.count(count)) },
        { key: "median", head: t("column.median"), number: true,
          sort: ({ waiting }) => waiting?.p50_ms,
          cell: ({ waiting }) => write.duration(waiting?.p50_ms) },
        { key: "p90", head: t("column.p90"), number: true,
          sort: ({ waiting }) => waiting?.p90_ms,
          cell: ({ waiting }) => write.duration(waiting?.p90_ms) }] }));
}

function systems({ systems: rows = [] }) {
  return h("section.card.wide", { key: "systems" }, h("h2", {}, t("internal.systems")),
    table({ id: "systems", caption: t("internal.systems"), rows, most: 40,
      rowKey: (row) => JSON.stringify([row.system, row.process, row.stage]), columns: [
        { key: "system", head: t("column.system"), sort: ({ system }) => system,
          cell: ({ system }) => system || write.NONE },
        { key: "process", head: t("column.process"), sort: ({ process }) => process ?? "",
          cell: ({ process }) => process || write.NONE },
        { key: "stage", head: t("column.stage"), sort: ({ stage }) => stage,
          cell: ({ stage }) => stage || write.NONE },
        { key: "interactions", head: t("column.interactions"), number: true,
          sort: ({ interactions }) => interactions,
          cell: ({ interactions }) => live(write.count(interactions)) }] }));
}

export function render({ internal, map }, route) {
  if (!internal.stages?.length) {
    return [empty(t("empty.internal"), t("empty.internal_text"), [t("empty.todo_input")])];
  }
  return [h("header.page-head", { key: "head" }, h("h1", {}, t("internal.title")),
    h("a.small", { href: linkTo(route, "map") }, t("nav.map"))),
  findings(internal, internal.stages), beside(internal, map), departments(internal),
  h("section.card.wide", { key: "handovers" }, h("h2", {}, t("internal.handovers")),
    h("p", {}, t("internal.handovers_text")),
    internal.handovers?.length ? [h("div.handovers", {}, matrix(internal.handovers),
      chord(internal.handovers)), ways(internal)]
      : h("p.soft", {}, t("internal.no_handovers"))),
  systems(internal)];
}
