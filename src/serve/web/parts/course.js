// A figure by day before and after something was done, with the mean of each side.

import { s, tip } from "../core/dom.js";
import * as write from "../format.js";
import { t } from "../text.js";

const HEIGHT = 170;
const DAY_MS = 86400 * 1000;
const ROOM = 0.12; // above and below, as a share of what is drawn
const EDGE = { left: 54, right: 20, top: 22, bottom: 24 };

const timeOf = (day) => Date.parse(`${day}T00:00:00Z`);

/** How a measure of a course is written, and how a difference of two of its values. */
export function writersOf(measure) {
  if (measure === "duration") return { each: write.duration, difference: write.duration };
  if (measure === "satisfaction") {
    const each = (value) => write.decimal(value, 2);
    return { each, difference: each };
  }
  return { each: (value) => write.percent(value, 1), difference: write.points };
}

/** Where the mean of after would lie by the ends of the interval. */
function reach({ before, difference }) {
  return difference && before.count
    ? [before.value + difference.low, before.value + difference.high] : [];
}

function scales(measure, { before, after }, width) {
  const values = [...measure.course.map(({ value }) => value), ...reach(measure),
    measure.before.value, measure.after.value].filter(Number.isFinite);
  const [least, most] = d3.extent(values);
  const room = (most - least || Math.abs(most) || 1) * ROOM;
  return {
    x: d3.scaleLinear([timeOf(before.from), timeOf(after.to)], [EDGE.left, width - EDGE.right]),
    y: d3.scaleLinear([least - room, most + room], [HEIGHT - EDGE.bottom, EDGE.top]),
  };
}

function mean(side, { count, value }, from, to, { x, y }, say) {
  return count > 0 && s(`line.mean.mean-${side}`, { x1: x(timeOf(from)), x2: x(timeOf(to)),
    y1: y(value), y2: y(value) }, tip(`${t(`intervention.${side}`)}: ${say(value)}`));
}

function interval(measure, { y }, at) {
  const [low, high] = reach(measure);
  if (low === undefined) return null;
  return s("g.interval", {}, tip(t("intervention.interval")),
    s("line", { x1: at, x2: at, y1: y(low), y2: y(high) }),
    [low, high].map((end) => s("line", { x1: at - 4, x2: at + 4, y1: y(end), y2: y(end) })));
}

function dayMark(day, { x }) {
  const at = x(timeOf(day));
  return s("g.done-on", {},
    s("line", { x1: at, x2: at, y1: EDGE.top, y2: HEIGHT - EDGE.bottom }),
    s("text.tick", { x: at, y: EDGE.top - 8, "text-anchor": "middle" }, write.dayShort(day)));
}

function ends(one, { x }) {
  return [[one.before.from, "start"], [one.after.to, "end"]].map(([day, anchor]) =>
    s("text.tick", { x: x(timeOf(day)), y: HEIGHT - 6, "text-anchor": anchor },
      write.dayShort(day)));
}

/** `one`: an intervention as the server tells of it; `measure`: one of its measures. */
export function courseDrawing(one, measure, label, width) {
  const { each } = writersOf(measure.measure);
  const scale = scales(measure, one, width);
  const { x, y } = scale;
  const half = (x(DAY_MS) - x(0)) / 2;
  return s("svg.course", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img",
    style: { "max-width": `${width}px` }, "aria-label": label },
  y.ticks(3).map((value) => [
    s("line.grid", { x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }),
    s("text.tick", { x: EDGE.left - 8, y: y(value) + 4, "text-anchor": "end" }, each(value))]),
  dayMark(one.day, scale), ends(one, scale),
  measure.course.map(({ day, value, count, part }) => s(`circle.dot.dot-${part}`, { key: day,
    cx: x(timeOf(day)), cy: y(value), r: Math.max(1.5, Math.min(3.5, half)) },
  tip(`${write.day(day)}: ${each(value)} (${write.count(count)})`))),
  mean("before", measure.before, one.before.from, one.before.to, scale, each),
  mean("after", measure.after, one.after.from, one.after.to, scale, each),
  interval(measure, scale, width - EDGE.right + 8));
}
