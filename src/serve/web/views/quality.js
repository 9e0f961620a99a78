// Data quality: what became of every record that was read, what was refused and why.

import { h } from "../core/dom.js";
import * as write from "../format.js";
import { bar, figure, live } from "../parts/figures.js";
import { empty } from "../parts/states.js";
import { table } from "../parts/table.js";
import { t, tOr } from "../text.js";

export const title = () => t("nav.quality");

export async function load(route, get) {
  const [quality, status] = await Promise.all([get("quality"), get("status")]);
  return { quality, status };
}

function sum({ records }) {
  const missing = records.consumed - records.steps - records.duplicates - records.dead_letters;
  const term = (key) => h("div.term", { key }, h("div.big", {}, live(write.count(records[key]))),
    h("div.small.soft", {}, t(`quality.${key}`)));
  const sign = (text) => h("div.sign", {}, text);
  return h("section.card.wide", { key: "sum" }, h("h2", {}, t("quality.sum")),
    h("p", {}, t("quality.sum_text")),
    h("div.equation", {}, term("consumed"), sign("="), term("steps"), sign("+"),
      term("duplicates"), sign("+"), term("dead_letters")),
    h("p", { role: "status" }, missing === 0 ? `✓ ${t("quality.adds_up")}`
      : t("quality.differs", { n: write.count(missing) })),
    h("dl.figures", {}, ["late", "ids_derived"].map((key) =>
      figure(t(`quality.${key}`), live(write.count(records[key]))))));
}

function reasons({ dead_letters: rows = [] }) {
  const sorted = [...rows].sort((p, q) => q.count - p.count);
  const most = sorted[0]?.count ?? 0;
  return h("section.card.wide", { key: "reasons" }, h("h2", {}, t("quality.reasons")),
    h("p", {}, t("quality.reasons_text")),
    sorted.length ? table({ id: "reasons", caption: t("quality.reasons"), rows: sorted,
      rowKey: ({ reason }) => reason, columns: [
        { key: "reason", head: t("column.reason"), sort: ({ reason }) => reason,
          cell: ({ reason }) => [h("code", {}, reason), h("div.small.soft", {},
            tOr(`reason.${reason}`, ""))] },
        { key: "count", head: t("column.count"), number: true, sort: ({ count }) => count,
          cell: ({ count }) => h("div.bar-cell", {}, live(write.count(count)), bar(count, most)) },
        { key: "todo", head: t("column.todo"), cell: ({ reason }) =>
          tOr(`remedy.${reason}`, write.NONE) }] })
      : h("p.soft", {}, t("quality.no_reasons")));
}

function inputs({ inputs: rows = [] }) {
  const number = (key, say) => ({ key, head: t(`column.${key}`), number: true,
    sort: (row) => row[key], cell: (row) => live(say(row[key])) });
  return h("section.card", { key: "inputs" }, h("h2", {}, t("quality.inputs")),
    table({ id: "inputs", caption: t("quality.inputs"), rows, rowKey: ({ topic }) => topic,
      columns: [
        { key: "topic", head: t("column.topic"), sort: ({ topic }) => topic,
          cell: ({ topic }) => topic },
        number("consumed", write.count), number("rejected", write.count),
        number("lag_records", write.count),
        number("lag_seconds", (seconds) => write.duration(seconds * 1000))] }));
}

/** What is refused right now: where it lies, and why. */
function newest({ newest: rows }) {
  if (!rows?.length) return null;
  return h("section.card.wide", { key: "newest" }, h("h2", {}, t("quality.newest")),
    table({ id: "newest", caption: t("quality.newest"), rows,
      rowKey: (row) => `${row.topic}/${row.partition}/${row.offset}`, columns: [
        { key: "where", head: t("column.topic"),
          cell: (row) => h("code", {}, `${row.topic}/${row.partition}/${row.offset}`) },
        { key: "when", head: t("column.when"), sort: ({ when }) => when,
          cell: ({ when }) => write.dateTime(when) },
        { key: "reason", head: t("column.reason"), sort: ({ reason }) => reason,
          cell: ({ reason }) => h("code", {}, reason) },
        { key: "detail", head: t("column.detail"), cell: ({ detail }) => h("span", { dir: "auto" },
          detail) }] }));
}

/** Names with how many interactions they are said of. */
function names(id, rows, of = ({ name }) => name) {
  if (!rows?.length) return null;
  const most = rows[0].interactions;
  return h("section.card", { key: id }, h("h2", {}, t(`quality.${id}`)),
    table({ id, caption: t(`quality.${id}`), rows, rowKey: of, most: 20, columns: [
      { key: "name", head: t("column.what"), sort: of, cell: (row) => h("span", { dir: "auto" },
        of(row), row.declared === false && h("span.small.faint", {},
          ` ${t("quality.undeclared")}`)) },
      { key: "interactions", head: t("column.interactions"), number: true,
        sort: ({ interactions }) => interactions, cell: ({ interactions }) => h("div.bar-cell", {},
          live(write.count(interactions)), bar(interactions, most)) }] }));
}

function origins({ systems, channels, unknown_touchpoints: unknown }) {
  return h("div.cards", { key: "origins" },
    names("systems", systems, ({ system, process }) => [system, process].filter(Boolean)
      .join(" / ")),
    names("channels", channels), names("unknown_touchpoints", unknown));
}

function service(status) {
  const { partitions, measures } = status;
  const entry = (label, value) => h("div", { key: label }, h("dt", {}, label), h("dd", {}, value));
  return h("section.card", { key: "service" }, h("h2", {}, t("quality.service")),
    h("dl.words.rows", {}, entry(t("quality.version"), status.version),
      entry(t("quality.instance"), status.instance),
      partitions && entry(t("quality.partitions"), t("quality.of",
        { owned: write.count(partitions.owned?.length), total: write.count(partitions.total) })),
      measures && entry(t("quality.figures"), t("quality.revision",
        { n: write.count(measures.revision), cells: write.count(measures.cells) }))),
    h("p.small.soft", {}, t(`quality.stitching.${status.identity?.stitching ? "on" : "off"}`)));
}

export function render({ quality, status }) {
  const head = h("header.page-head", { key: "head" }, h("h1", {}, t("quality.title")));
  if (!quality.records?.consumed) {
    return [head, empty(t("empty.quality"), t("empty.quality_text"), [t("empty.todo_input"),
      t("empty.todo_demo")]), service(status)];
  }
  return [head, sum(quality), reasons(quality), newest(quality),
    h("div.cards", { key: "cards" }, inputs(quality), service(status)), origins(quality)];
}
