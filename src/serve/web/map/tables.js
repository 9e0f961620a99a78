// Below the map: the most frequent paths, and what the drawings show once more as tables.

import { h } from "../core/dom.js";
import * as write from "../format.js";
import { badge, bar, live, rating, stack } from "../parts/figures.js";
import { table } from "../parts/table.js";
import { t, tOr } from "../text.js";
import { lineMark } from "./cells_touchpoints.js";

const wordOf = (name) => (name === "" ? t("flow.begin")
  : name.startsWith("@") ? t(`outcome.${name.slice(1)}`) : name);
const number = (key, of, cell = (row) => live(write.count(of(row)))) =>
  ({ key, head: t(`column.${key}`), number: true, sort: of, cell });
const text = (key, of, cell = of) => ({ key, head: t(`column.${key}`), sort: of, cell });

function chain(path) {
  if (path.other) return h("span.soft", {}, t("paths.other"));
  return h("ol.chain", {}, path.stages.map((name) => h("li", {}, name)));
}

function outcomes(path) {
  const ended = ["completed", "abandoned", "switched"]
    .map((name) => ({ name, value: path[name] ?? 0 }));
  const open = Math.max(0, path.journeys - d3.sum(ended, ({ value }) => value));
  return h("div.path-outcomes", { title: ended.map(({ name, value }) =>
    `${t(`outcome.${name}`)} ${write.count(value)}`).join(", ") },
  stack([...ended, { name: "restarted", value: open }]));
}

/** R43: the most frequent paths. */
export function paths(answer) {
  const rows = answer.paths ?? [];
  const most = d3.max(rows, ({ journeys }) => journeys) ?? 0;
  return h("section.card.wide", { key: "paths" }, h("h2", {}, t("paths.title")),
    h("p", {}, t("paths.text")), table({ id: "paths", caption: t("paths.title"), rows, most: 12,
      rowKey: (path) => (path.other ? "other" : JSON.stringify(path.stages)),
      columns: [
        { key: "path", head: t("column.path"), cell: chain },
        number("journeys", ({ journeys }) => journeys, ({ journeys }) =>
          h("div.bar-cell", {}, live(write.count(journeys)), bar(journeys, most))),
        number("completed", ({ completed }) => completed),
        number("abandoned", ({ abandoned }) => abandoned),
        number("switched", ({ switched }) => switched),
        { key: "outcomes", head: t("column.outcomes"), cell: outcomes },
      ] }));
}

function flows(answer) {
  return table({ id: "flows", caption: t("flow.title"), rows: answer.flows ?? [], most: 60,
    rowKey: ({ from, to }) => JSON.stringify([from, to]),
    columns: [text("from", ({ from }) => wordOf(from)), text("to", ({ to }) => wordOf(to)),
      number("journeys", ({ count }) => count)] });
}

function pairs(answer) {
  const rows = answer.pairs ?? [];
  return table({ id: "pairs", caption: t("pairs.title"), rows, most: 40,
    rowKey: ({ from, to }) => JSON.stringify([from, to]),
    columns: [text("from", ({ from }) => from), text("to", ({ to }) => to),
      number("journeys", ({ journeys }) => journeys),
      number("median", ({ duration }) => duration?.p50_ms,
        ({ duration }) => write.duration(duration?.p50_ms)),
      number("p90", ({ duration }) => duration?.p90_ms,
        ({ duration }) => write.duration(duration?.p90_ms)),
      number("deviation", ({ deviation_ms: ms }) => ms,
        ({ deviation_ms: ms }) => write.duration(ms)),
      rows.some(({ unusual }) => unusual !== undefined) &&
        number("unusual", ({ unusual }) => unusual)].filter(Boolean) });
}

function channels(answer) {
  return table({ id: "channels", caption: t("channels.title"), rows: answer.channels ?? [],
    rowKey: ({ name }) => name,
    columns: [text("channel", ({ name }) => name),
      number("interactions", ({ interactions }) => interactions),
      number("satisfaction", ({ satisfaction }) => satisfaction?.mean,
        ({ satisfaction }) => rating(satisfaction))] });
}

function probes(answer) {
  return [h("p.small.soft", {}, t("probes.text")),
    table({ id: "probes", caption: t("probes.title"), rows: answer.probes ?? [],
      rowKey: (row) => JSON.stringify([row.kind, row.check_type, row.touchpoint, row.persona]),
      columns: [text("touchpoint", ({ touchpoint }) => touchpoint),
        text("check", (row) => `${tOr(`kind.${row.kind}`, row.kind)} ${row.check_type ?? ""}`),
        text("persona", ({ persona }) => persona || write.NONE),
        number("checks", ({ count }) => count),
        number("satisfaction", ({ satisfaction }) => satisfaction?.mean,
          ({ satisfaction }) => rating(satisfaction, { withCount: false }))] })];
}

function unused(answer) {
  const rows = (answer.touchpoints ?? []).filter(({ interactions, declared }) =>
    declared && !interactions);
  if (!rows.length) return h("p.soft", {}, t("unused.none"));
  return h("ul.badges", {}, rows.map(({ name, online }) =>
    h("li", { key: name }, lineMark(online), " ", badge(name))));
}

const block = (key, content) => h("details.block", { key },
  h("summary", {}, t(`${key}.title`)), content);

/** The drawings' equivalents, folded. */
export function tables(answer) {
  return h("section.card.wide", { key: "tables" }, h("h2", {}, t("tables.title")),
    h("p", {}, t("tables.text")),
    block("flow", flows(answer)), block("pairs", pairs(answer)),
    block("channels", channels(answer)), block("unused", unused(answer)),
    (answer.probes ?? []).length > 0 && block("probes", probes(answer)));
}
