// Odds ratios with their confidence intervals on one scale, as in a forest plot.

import { s, tip } from "../core/dom.js";
import * as write from "../format.js";
import { t } from "../text.js";

const HEIGHT = 24;
const FARTHEST = 30; // as a ratio; what lies beyond it is cut at the edge

/** A logarithmic scale around 1 for all rows; wide intervals of rare ones are cut at the edge. */
export function forestScale(rows, width) {
  const far = d3.max(rows, ({ odds_ratio: ratio }) => Math.abs(Math.log(ratio || 1))) ?? 0;
  const most = Math.min(FARTHEST, Math.exp(Math.max(Math.log(2), far * 1.7)));
  return d3.scaleLog([1 / most, most], [6, width - 6]).clamp(true);
}

export function forestWords({ odds_ratio: ratio, low, high }) {
  return t("rankings.forest_label", { ratio: write.ratio(ratio), low: write.ratio(low),
    high: write.ratio(high) });
}

function arrow(x, direction, y) {
  return s("path.whisker", { d: `M${x} ${y - 4}l${direction * 5} 4l${-direction * 5} 4` });
}

export function forestMark(row, scale) {
  const y = HEIGHT / 2;
  const [least, most] = scale.domain();
  const [, width] = scale.range();
  const kind = row.low > 1 ? "harmful" : row.high < 1 ? "helpful" : "open";
  const size = row.rare ? 4 : 5;
  return s(`svg.forest.forest-${kind}${row.rare ? ".rare" : ""}`, { width: width + 6,
    height: HEIGHT, "aria-hidden": "true" }, tip(forestWords(row)),
  s("line.one", { x1: scale(1), x2: scale(1), y1: 0, y2: HEIGHT }),
  s("line.whisker", { x1: scale(Math.max(row.low, least)), x2: scale(Math.min(row.high, most)),
    y1: y, y2: y }),
  row.low < least && row.odds_ratio >= least && arrow(scale(least), -1, y),
  row.high > most && arrow(scale(most), 1, y),
  s("rect.point", { x: scale(row.odds_ratio) - size, y: y - size, width: 2 * size,
    height: 2 * size, rx: row.rare ? size : 1 }));
}

/** The scale's figures, for the head of the column. */
export function forestAxis(scale) {
  const ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10].filter((value) =>
    value >= scale.domain()[0] && value <= scale.domain()[1]);
  const [, width] = scale.range();
  return s("svg.forest-axis", { width: width + 6, height: 16, "aria-hidden": "true" },
    ticks.map((value) => s("text", { x: scale(value), y: 12, "text-anchor": "middle" },
      write.decimal(value, value < 1 ? 1 : 0))));
}
