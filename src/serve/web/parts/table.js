// Tables that can be sorted by their columns.

import { h } from "../core/dom.js";
import { rerender, remember, remembered } from "../core/seen.js";
import { t } from "../text.js";

const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
const isNone = (value) => value === undefined || value === null || Number.isNaN(value);

function sorted(rows, column, direction) {
  return [...rows].sort((a, b) => {
    const [x, y] = [column.sort(a), column.sort(b)];
    if (isNone(x) || isNone(y)) return Number(isNone(x)) - Number(isNone(y));
    return direction * compare(x, y);
  });
}

function headCell(id, column, chosen) {
  const kind = column.number ? "th.number" : "th";
  if (!column.sort) return h(kind, { scope: "col" }, column.head);
  const isChosen = chosen?.column === column.key;
  const direction = isChosen ? -chosen.direction : column.number ? -1 : 1;
  const order = chosen?.direction > 0 ? "ascending" : "descending";
  return h(kind, { scope: "col", "aria-sort": isChosen ? order : false },
    h("button", {
      title: t("table.sort"),
      onclick: () => {
        remember(`sort.${id}`, { column: column.key, direction });
        rerender();
      },
    }, column.head, isChosen ? (chosen.direction > 0 ? " ↑" : " ↓") : ""));
}

/**
 * A table. `columns`: [{key, head, cell(row), sort(row), number}]; the first is each row's head.
 * @param {{id: string, caption: string, columns: object[], rows: object[],
 *   rowKey: (row: object) => string, most?: number}} of  `most` rows, the rest on demand
 */
export function table({ id, caption, columns, rows, rowKey, most = 100 }) {
  const chosen = remembered(`sort.${id}`);
  const column = columns.find(({ key, sort }) => sort && key === chosen?.column);
  const ordered = column ? sorted(rows, column, chosen.direction) : rows;
  const shown = remembered(`rows.${id}`) ?? most;
  const body = ordered.slice(0, shown).map((row) => h("tr", { key: rowKey(row) },
    columns.map((each, i) => (i === 0 ? h("th", { scope: "row" }, each.cell(row))
      : h(each.number ? "td.number" : "td", {}, each.cell(row))))));
  return h("div.scroll", { tabindex: "0", role: "region", "aria-label": caption, key: id },
    h("table.plain", {}, h("caption.visually-hidden", {}, caption),
      h("thead", {}, h("tr", {}, columns.map((each) => headCell(id, each, chosen)))),
      h("tbody", {}, body)),
    ordered.length > shown && more(`rows.${id}`, shown, ordered.length));
}

/** A button that shows further rows or entries. */
export function more(key, shown, total, each = 100) {
  return h("button.plain.small", {
    onclick: () => {
      remember(key, shown + each);
      rerender();
    },
  }, t("table.more", { n: total - shown }));
}
