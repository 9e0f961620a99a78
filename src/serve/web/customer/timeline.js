// The drawing of a customer's way: a lane for each channel, sessions as bands, stages above.

import { h, s, tip } from "../core/dom.js";
import { remember, remembered, rerender } from "../core/seen.js";
import * as write from "../format.js";
import { gradeOf, signalWord } from "../parts/figures.js";
import { t } from "../text.js";
import { timeAxis } from "./time_axis.js";

const LANE = 34;
const TOP = 40;
const EDGE = 44;
const BAND_PADDING = 13;
const SILENCE_LEAST_MS = 24 * 3600 * 1000;
const BAD = ["IRRITATION", "ABANDONED", "SWITCHED", "NEGLECTED", "INACTIVE", "TARGET_MISSED"];
const QUIET = ["STAGE_LEFT", "SESSION_STARTED", "SESSION_CLOSED"];

export const stepId = ({ interaction }) => `${interaction.source?.system ?? ""}/${interaction.id}`;

export function placementOf(step, family) {
  return (step.placements ?? []).find((each) => each.family === family);
}

/** Runs of steps that share what `keyOf` says: [{key, first, last}] by index. */
function runsOf(steps, keyOf) {
  const runs = [];
  steps.forEach((step, i) => {
    const key = keyOf(step);
    const run = runs[runs.length - 1];
    if (run && run.key === key) run.last = i;
    else runs.push({ key, first: i, last: i });
  });
  return runs;
}

function drawStages(steps, family, xs, height) {
  const runs = runsOf(steps, (step) => placementOf(step, family)?.stage ?? "");
  return runs.map((run, i) => {
    const start = i === 0 ? xs[0] - EDGE / 2 : (xs[run.first - 1] + xs[run.first]) / 2;
    const end = run.last === steps.length - 1 ? xs[run.last] + EDGE / 2
      : (xs[run.last] + xs[run.last + 1]) / 2;
    return s(`g.stage-run${i % 2 ? ".odd" : ""}`, { key: `${i}${run.key}` },
      s("rect.tint", { x: start, y: 0, width: end - start, height }),
      s("line", { x1: start, x2: start, y1: 0, y2: height }),
      run.key && s("svg", { x: start, y: 0, width: Math.max(0, end - start - 4), height: 24,
        style: { overflow: "hidden" } },
      s("text.stage-name", { x: 8, y: 17 }, run.key), tip(run.key)));
  });
}

function drawSessions(steps, xs, bottom) {
  return runsOf(steps, ({ session_id: id }) => id).map((run) => {
    const x = xs[run.first] - BAND_PADDING;
    return s("g", { key: run.key },
      s("rect.session", { x, y: TOP - 12, rx: 8, height: bottom - TOP + 16,
        width: xs[run.last] - xs[run.first] + 2 * BAND_PADDING },
      tip(t("customer.session", { time: write.dateTime(steps[run.first].interaction.time) }))));
  });
}

/** The day of each session, as long as there is room for it. */
function drawDays(steps, xs, y) {
  let free = -Infinity;
  return steps.map((step, i) => {
    const { time } = step.interaction;
    const isNew = i === 0 || write.dateOf(steps[i - 1].interaction.time) !== write.dateOf(time);
    if (!isNew || xs[i] < free) return null;
    const text = write.dayShort(new Date(time).toISOString().slice(0, 10));
    free = xs[i] + text.length * 7 + 8;
    return s("text.day", { key: `day${i}`, x: xs[i] - BAND_PADDING, y }, text);
  });
}

function drawSilences(steps, xs, y) {
  return steps.slice(1).map((step, i) => {
    const gap = step.interaction.time - steps[i].interaction.time;
    if (gap < 3 * SILENCE_LEAST_MS || xs[i + 1] - xs[i] < 88) return null;
    return s("text.silence", { key: `gap${i}`, x: (xs[i] + xs[i + 1]) / 2, y },
      write.duration(gap));
  });
}

function markOf({ kind }) {
  if (kind === "STAFF" || kind === "SYSTEM") {
    return s("rect", { x: -5.5, y: -5.5, width: 11, height: 11, rx: 2 });
  }
  if (kind === "MYSTERY_CHECK" || kind === "OBSERVED_WALK") {
    return s("path", { d: "M0-7l7 12h-14z" });
  }
  return s("circle", { r: 6.5 });
}

function stepWords(step, family) {
  const { time, action, touchpoint, channel } = step.interaction;
  return t("customer.step_label", { time: write.dateTime(time), action, channel,
    touchpoint: touchpoint || "", stage: placementOf(step, family)?.stage
      || t("customer.no_stage") });
}

function choose(id, step) {
  remember(`step.${id}`, stepId(step));
  rerender();
}

function drawStep(step, i, { steps, xs, lanes, family, id, chosen }) {
  const { interaction } = step;
  const grade = interaction.rating?.satisfaction;
  const isChosen = stepId(step) === chosen;
  const go = (place) => {
    const other = steps[Math.max(0, Math.min(steps.length - 1, place))];
    choose(id, other);
    document.getElementById(`mark-${steps.indexOf(other)}`)?.focus();
  };
  const keys = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: steps.length - 1 };
  return s(`g.step${grade ? `.grade-${gradeOf(grade)}` : ""}`, {
    key: stepId(step), id: `mark-${i}`, role: "option", "aria-selected": String(isChosen),
    tabindex: isChosen ? 0 : -1, "aria-label": stepWords(step, family),
    transform: `translate(${xs[i]} ${TOP + lanes.indexOf(interaction.channel) * LANE + LANE / 2})`,
    onclick: () => choose(id, step),
    onkeydown: (event) => {
      if (!(event.key in keys)) return;
      event.preventDefault();
      go(keys[event.key]);
    },
  }, isChosen && s("circle.chosen", { r: 12 }), s("g.mark", {}, markOf(interaction)),
  tip(stepWords(step, family)));
}

function drawSignals(signals, axis, y) {
  let free = -Infinity;
  return [...signals].reverse().filter(({ kind }) => !QUIET.includes(kind)).map((signal) => {
    const x = Math.max(axis.at(signal.time), free);
    free = x + 11;
    const isBad = BAD.includes(signal.kind) || signal.temporal_deviation;
    const kind = isBad ? "bad" : signal.kind === "ADVOCACY" ? "good" : "plain";
    return s(`path.signal.signal-${kind}`, { key: signal.id,
      d: kind === "bad" ? `M${x} ${y - 6}l6 11h-12z` : `M${x} ${y - 6}l6 6l-6 6l-6 -6z` },
    tip(`${signalWord(signal)} ${signal.name ?? ""}: ` +
      `${signal.explanation?.sentence ?? ""}`));
  });
}

function laneHeads(lanes) {
  return h("div.lane-heads", { "aria-hidden": "true" },
    h("div", { style: { height: `${TOP}px` } }),
    lanes.map((lane) => h("div.lane", { key: lane, title: lane }, lane)),
    h("div.lane", {}, t("customer.signal_lane")));
}

/**
 * @param {object[]} rows steps, newest first
 * @param {string} family whose stages are shown
 */
export function timeline(rows, signals, family, id) {
  const steps = [...rows].reverse();
  const axis = timeAxis(steps.map(({ interaction }) => interaction.time), EDGE);
  const lanes = [...new Set(steps.map(({ interaction }) => interaction.channel))];
  const chosen = remembered(`step.${id}`) ?? stepId(rows[0]);
  const bottom = TOP + lanes.length * LANE;
  const height = bottom + LANE + 26;
  const context = { steps, xs: axis.xs, lanes, family, id, chosen };
  const points = steps.map(({ interaction }, i) =>
    [axis.xs[i], TOP + lanes.indexOf(interaction.channel) * LANE + LANE / 2]);
  return h("div.timeline", { key: "timeline" }, laneHeads(lanes),
    h("div.scroll", { id: "timeline-scroll" }, s("svg", { width: axis.width, height },
      drawStages(steps, family, axis.xs, bottom + LANE),
      drawSessions(steps, axis.xs, bottom),
      lanes.map((lane, i) => s("line.lane-line", { key: lane, x1: 0, x2: axis.width,
        y1: TOP + i * LANE + LANE / 2, y2: TOP + i * LANE + LANE / 2 })),
      s("path.way", { d: d3.line()(points) }),
      s("g", { role: "listbox", "aria-orientation": "horizontal",
        "aria-label": t("customer.chart", { n: steps.length, channels: lanes.length }) },
      steps.map((step, i) => drawStep(step, i, context))),
      drawSignals(signals, axis, bottom + LANE / 2),
      drawDays(steps, axis.xs, height - 8), drawSilences(steps, axis.xs, TOP - 2))));
}
