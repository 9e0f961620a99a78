// The map as a table: stages are its columns, rows what is known of them.

import { h } from "../core/dom.js";
import { remember, remembered, rerender } from "../core/seen.js";
import { badge, delta, sideMark } from "../parts/figures.js";
import { t, titleOf } from "../text.js";
import { GROUPS } from "./rows.js";

const missing = () => h("span.faint", {}, t("compare.no_stage"));

function differenceCell(row, { a, b }, context) {
  if (row.change) return row.change(a, b, context);
  return h("div.pair", {}, row.measures.map((measure) => h("div.measure", {},
    measure.label && h("span.small.soft", {}, measure.label()),
    delta(a && measure.of(a), b && measure.of(b),
      { write: measure.write, writeEach: measure.each, better: measure.better }))));
}

function bothCells(row, column, context) {
  if (row.isPlan && column.a && column.b) {
    const [a, b] = ["a", "b"].map((side) => row.cell(column[side], context, side));
    if (a.isEqualNode(b)) return a;
  }
  return h("div.pair.two", {}, ["a", "b"].map((side) => h("div", {}, sideMark(side),
    h("div", {}, column[side] ? row.cell(column[side], context, side) : missing()))));
}

function cell(row, column, context) {
  if (!context.mode) return row.cell(column.a, context, "a");
  if (context.mode === "difference" && (row.measures || row.change)) {
    return differenceCell(row, column, context);
  }
  return bothCells(row, column, context);
}

function rowOf(row, context) {
  const { columns } = context;
  const head = h("th.row-head", { scope: "row" }, h("span", {}, t(`row.${row.key}`)),
    row.legend && h("div.legend", {}, row.legend(context)));
  if (row.drawing) {
    return h("tr.drawing", { key: row.key }, head,
      h("td", { colspan: columns.length }, row.drawing(context)));
  }
  return h("tr", { key: row.key, class: `row-${row.key}` }, head,
    columns.map((column) => h("td", { key: column.name }, cell(row, column, context))));
}

function groupOf(group, context) {
  const key = `fold.${group.key}`;
  const isFolded = remembered(key) === true;
  const toggle = h("button.fold", {
    "aria-expanded": String(!isFolded),
    onclick: () => {
      remember(key, !isFolded);
      rerender();
    },
  }, h("span.chevron", { "aria-hidden": "true" }, "›"), t(`group.${group.key}`));
  return h("tbody", { key: group.key },
    h("tr.group", {}, h("th", { scope: "rowgroup", colspan: context.columns.length + 1 }, toggle)),
    isFolded ? null : group.rows.map((row) => rowOf(row, context)));
}

function headOf(column, i, mode) {
  const stage = column.a ?? column.b;
  const only = mode && !(column.a && column.b);
  return h("th.stage", { scope: "col", key: column.name, id: `stage-${i}` },
    h("span.ordinal", { "aria-hidden": "true" }, i + 1),
    h("span.title", {}, titleOf(stage)),
    only && badge(t("compare.only_in", { side: column.a ? "A" : "B" }), "warn"));
}

export function grid(context) {
  const { columns, widths, mode } = context;
  const style = { "--head": `${widths.head}px`, "--column": `${widths.column}px` };
  return h("table.map", { style: { ...style,
    width: `${widths.head + widths.column * columns.length}px` } },
  h("caption.visually-hidden", {}, t("map.caption")),
  h("colgroup", {}, h("col.head"), columns.map(() => h("col"))),
  h("thead", {}, h("tr", {}, h("td.corner"),
    columns.map((column, i) => headOf(column, i, mode)))),
  GROUPS.filter(({ always }) => always || context.hasFigures)
    .map((group) => groupOf(group, context)));
}
