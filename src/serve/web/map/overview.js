// All stages in one line where they do not fit beside each other: where people are, what part of
// the map is in view, and the way to any stage.

import { h } from "../core/dom.js";
import * as write from "../format.js";
import { t, titleOf } from "../text.js";
import { scroller, showStage } from "./scrolling.js";

export function overview({ columns, widths, available }) {
  if (widths.head + columns.length * widths.column <= available) return null;
  const size = (stage) => stage?.open ?? stage?.entered ?? 0;
  const most = d3.max(columns, ({ a, b }) => size(a ?? b)) || 1;
  return h("nav.overview", { "aria-label": t("map.overview"), key: "overview" },
    h("div.window", { "aria-hidden": "true", id: "map-window", "data-opaque": true }),
    h("ol", {}, columns.map((column, i) => {
      const stage = column.a ?? column.b;
      return h("li", { key: column.name }, h("button", {
        title: `${i + 1}. ${titleOf(stage)}: ${write.count(size(stage))}`,
        "aria-label": `${i + 1}. ${titleOf(stage)}`,
        onclick: () => showStage(scroller(), i, widths.column),
      }, h("span", { style: { height: `${Math.max(4, (size(stage) / most) * 100)}%` } })));
    })));
}
