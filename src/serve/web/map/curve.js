// Satisfaction (1 to 5) and emotion (−2 to 2) over the stages: one height, two lines.

import { s, tip } from "../core/dom.js";
import * as write from "../format.js";
import { t } from "../text.js";

const HEIGHT = 152;
const TOP = 26;
const BOTTOM = HEIGHT - 18;

const satisfactionY = (mean) => d3.scaleLinear([1, 5], [BOTTOM, TOP])(mean);
const LINES = [
  { key: "satisfaction", y: satisfactionY, text: (mean) => write.decimal(mean) },
  { key: "emotion", y: (mean) => satisfactionY(mean + 3),
    text: (mean) => write.signed(mean, (v) => write.decimal(v)) },
];

const marks = {
  satisfaction: (x, y) => s("circle", { cx: x, cy: y, r: 4.5 }),
  emotion: (x, y) => s("path", { d: `M${x} ${y - 5}l5 5l-5 5l-5 -5z` }),
};

function pointsOf(columns, side, line, width) {
  return columns.map((column, i) => {
    const score = column[side]?.[line.key];
    return { key: column.name, x: (i + 0.5) * width,
      mean: score?.count ? score.mean : undefined };
  });
}

function drawLine(line, points, side) {
  const path = d3.line().defined(({ mean }) => mean !== undefined).x(({ x }) => x)
    .y(({ mean }) => line.y(mean)).curve(d3.curveMonotoneX)(points);
  const shown = points.filter(({ mean }) => mean !== undefined);
  return s(`g.curve.curve-${line.key}.of-${side}`, { key: `${line.key}-${side}` },
    s("path.line", { d: path ?? "" }),
    shown.map(({ key, x, mean }) => s("g", { key },
      marks[line.key](x, line.y(mean)),
      tip(`${key}: ${t(`row.${line.key}`)} ${line.text(mean)}`))));
}

/** Satisfaction's scale at the left edge, emotion's at the right. */
function drawAxis(total) {
  return [1, 3, 5].map((value) => [
    s("text.axis-label", { x: 8, y: satisfactionY(value) - 4 }, value),
    s("text.axis-label", { x: total - 8, y: satisfactionY(value) - 4, "text-anchor": "end" },
      write.signed(value - 3, (v) => write.decimal(v, 0)))]);
}

/** Values beside the points, above the upper and below the lower of the two lines. */
function drawLabels(columns, width) {
  return columns.map((column, i) => {
    const known = LINES.filter(({ key }) => column.a?.[key]?.count).map((line) => {
      const mean = column.a[line.key].mean;
      return { line, y: line.y(mean), text: line.text(mean) };
    }).sort((p, q) => p.y - q.y);
    return known.map(({ line, y, text }, place) => s(`text.curve-label.of-${line.key}`, {
      key: `${line.key}-${column.name}`, x: (i + 0.5) * width,
      y: place === 0 ? y - 10 : Math.max(y, known[0].y + 6) + 19, "data-live": true }, text));
  });
}

function drawTargets(columns, width) {
  return columns.map((column, i) => {
    const target = column.a?.satisfaction?.target;
    if (!target) return null;
    const y = satisfactionY(target);
    return s("line.curve-target", { key: `target-${column.name}`, y1: y, y2: y,
      x1: (i + 0.5) * width - 26, x2: (i + 0.5) * width + 26 },
    tip(t("figure.target", { value: write.decimal(target) })));
  });
}

export function curveDrawing({ columns, mode, width }) {
  const total = columns.length * width;
  const sides = mode ? ["a", "b"] : ["a"];
  const words = columns.map((column) =>
    `${column.name} ${write.decimal(column.a?.satisfaction?.mean)}`).join(", ");
  return s("svg.curves", { width: total, height: HEIGHT, role: "img",
    "aria-label": t("curve.summary", { words }) },
  [1, 2, 3, 4, 5].map((value) => s(`line.grid${value === 3 ? ".neutral" : ""}`, {
    x1: 0, x2: total, y1: satisfactionY(value), y2: satisfactionY(value) })),
  drawAxis(total), drawTargets(columns, width),
  LINES.flatMap((line) => sides.map((side) =>
    drawLine(line, pointsOf(columns, side, line, width), side))),
  !mode && drawLabels(columns, width));
}
