// A figure by days: a line, its greatest and least day, its table.

import { h, s, tip } from "../core/dom.js";
import * as write from "../format.js";
import { t } from "../text.js";
import { table } from "./table.js";

const HEIGHT = 150;
const DAY_LABEL = 74; // pixels
const YEAR_MS = 366 * 86400 * 1000;
const EDGE = { left: 54, right: 12, top: 14, bottom: 24 };

const WRITERS = {
  interactions: write.count, started: write.count, completed: write.count, abandoned: write.count,
  conversion: (v) => write.percent(v, 1), satisfaction: (v) => write.decimal(v, 2),
  nps: (v) => write.decimal(v), duration_p50: write.duration,
};

const timeOf = ({ day }) => Date.parse(`${day}T00:00:00Z`);

function scales(points, width) {
  const values = points.map(({ value }) => value);
  const [least, most] = d3.extent(values);
  const room = (most - least || Math.abs(most) || 1) * 0.12;
  const days = d3.extent(points, timeOf);
  const x = d3.scaleLinear([days[0], Math.max(days[1], days[0] + 1)],
    [EDGE.left, width - EDGE.right]);
  const y = d3.scaleLinear([least - room, most + room], [HEIGHT - EDGE.bottom, EDGE.top]);
  return { x, y };
}

function dayLabels(points, x, width) {
  const isLong = x.domain()[1] - x.domain()[0] > YEAR_MS;
  let free = EDGE.left;
  return points.map((point) => {
    const at = x(timeOf(point));
    if (at < free || at > width - DAY_LABEL / 2) return null;
    free = at + (isLong ? 1.4 : 1) * DAY_LABEL;
    return s("text.tick", { key: point.day, x: at, y: HEIGHT - 6, "text-anchor": "middle" },
      isLong ? write.day(point.day) : write.dayShort(point.day));
  });
}

function drawing(points, say, label, width) {
  const { x, y } = scales(points, width);
  const at = (point) => x(timeOf(point));
  const line = d3.line().x(at).y(({ value }) => y(value)).curve(d3.curveMonotoneX);
  const area = d3.area().x(at).y0(HEIGHT - EDGE.bottom).y1(({ value }) => y(value))
    .curve(d3.curveMonotoneX);
  return s("svg.trend", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img",
    style: { "max-width": `${width}px` },
    "aria-label": t("trend.summary", { label, n: points.length, first: say(points[0].value),
      last: say(points.at(-1).value) }) },
  y.ticks(3).map((value) => [
    s("line.grid", { x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }),
    s("text.tick", { x: EDGE.left - 8, y: y(value) + 4, "text-anchor": "end" }, say(value))]),
  s("path.area", { d: area(points) }), s("path.line", { d: line(points) }),
  points.map((point) => s("circle.dot", { key: point.day, cx: at(point),
    cy: y(point.value), r: 6 },
    tip(`${write.day(point.day)}: ${say(point.value)}`))),
  dayLabels(points, x, width));
}

/** `answer` of /trends: {measure, points}; `width` in pixels, less where there is less room. */
export function trend(answer, id, width) {
  const points = (answer?.points ?? []).filter(({ value }) => Number.isFinite(value));
  if (!points.length) return h("p.soft", {}, t("empty.trend"));
  const say = WRITERS[answer.measure] ?? ((v) => write.decimal(v));
  const label = t(`measure.${answer.measure}`);
  return h("div", {}, drawing(points, say, label, width),
    h("details.block", {}, h("summary.small", {}, t("trend.as_table")),
      table({ id, caption: label, rows: points, rowKey: ({ day }) => day, columns: [
        { key: "day", head: t("column.day"), cell: ({ day }) => write.day(day),
          sort: ({ day }) => day },
        { key: "value", head: label, number: true, cell: ({ value }) => say(value),
          sort: ({ value }) => value },
        { key: "count", head: t("column.of"), number: true, cell: ({ count }) =>
          write.count(count), sort: ({ count }) => count }] })));
}
