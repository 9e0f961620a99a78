// Draws how journeys flow: bands between stages, arches over skipped ones, loops back, ends.

import { h, s, tip } from "../core/dom.js";
import * as write from "../format.js";
import { t } from "../text.js";
import { layOut, NODE_WIDTH } from "./flow_layout.js";

const HALF = NODE_WIDTH / 2;
const ARCH_LABELS = 10;
const CHANGE_WHOLE = 0.2; // a change of that share of all journeys is as tall as a stage
const CHANGE_LEAST = 0.0005; // is not drawn: it would be written as 0.0

const horizontal = (x1, y1, x2, y2) => {
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
};

function archPath({ outAt, inAt, arch, kind }) {
  const forward = kind === "skip";
  const [x1, x2] = forward ? [outAt.x + HALF, inAt.x - HALF] : [outAt.x + 3, inAt.x - 3];
  const lean = Math.max(26, Math.min(110, Math.abs(x2 - x1) * 0.3)) * (forward ? 1 : -1);
  return `M${x1} ${outAt.y}C${x1 + lean} ${arch.control} ${x2 - lean} ${arch.control} ` +
    `${x2} ${inAt.y}`;
}

/** A band that bends down beside its stage and fades: the journey ended here. */
function exitPath({ outAt, width, bend }, bottom) {
  const x = outAt.x + HALF;
  const [top, low] = [outAt.y - width / 2, outAt.y + width / 2];
  const [inner, outer] = [x + bend, x + bend + width];
  return `M${x} ${top}C${outer} ${top} ${outer} ${top} ${outer} ${bottom}H${inner}` +
    `C${inner} ${low} ${inner} ${low} ${x} ${low}Z`;
}

function beginPath({ inAt, width }) {
  const x = inAt.x - HALF;
  return `M${x - 34} ${inAt.y - width / 2}H${x}V${inAt.y + width / 2}H${x - 34}Z`;
}

const nameOf = (name) => (name === "" ? t("flow.begin")
  : name.startsWith("@") ? t(`outcome.${name.slice(1)}`) : name);

function flowWords(flow, label) {
  return `${nameOf(flow.from)} → ${nameOf(flow.to)}: ${label}`;
}

function drawBand(band, bottom) {
  const key = `${band.from}>${band.to}`;
  const title = tip(flowWords(band, band.label));
  const tone = band.tone ? `.tone-${band.tone}` : "";
  if (band.kind === "exit") {
    const kind = band.to.slice(1);
    return s(`path.exit${tone}`, { key, d: exitPath(band, bottom),
      fill: band.tone ? null : `url(#fade-${kind})` }, title);
  }
  if (band.kind === "begin") {
    return s(`path.begin${tone}`, { key, d: beginPath(band),
      fill: band.tone ? null : "url(#fade-begin)" }, title);
  }
  const d = band.kind === "next" ? horizontal(band.outAt.x + HALF, band.outAt.y,
    band.inAt.x - HALF, band.inAt.y) : archPath(band);
  return s(`path.band.${band.kind}${tone}`, { key, d, "stroke-width": band.width.toFixed(2) },
    title);
}

function labelAt(band) {
  const x = (band.outAt.x + band.inAt.x) / 2;
  if (band.kind === "next") return [x, (band.outAt.y + band.inAt.y) / 2 + 4];
  return [x, band.arch.apex + (band.kind === "skip" ? -2 - band.width / 2 : 11 + band.width / 2)];
}

/** Beside the node that a label would lie on. */
function besideNodes(x, y, half, nodes) {
  const node = nodes.find((each) => each.total > 0 && Math.abs(each.x - x) < half + HALF
    && y + 4 > each.y && y - 12 < each.y + each.height);
  return node ? node.x + HALF + half + 1 : x;
}

/** Labels that would lie on one another are left out, the greater flow first. */
function drawLabels(bands, nodes) {
  const ordered = [...bands].sort((x, y) => y.weight - x.weight);
  const arches = ordered.filter(({ kind }) => kind === "skip" || kind === "back")
    .slice(0, ARCH_LABELS);
  const taken = [];
  return [...ordered.filter(({ kind }) => kind === "next"), ...arches].map((band) => {
    const half = band.short.length * 3.6 + 3;
    const [middle, y] = labelAt(band);
    const x = besideNodes(middle, y, half, nodes);
    const clashes = taken.some((other) => Math.abs(other.x - x) < half + other.half &&
      Math.abs(other.y - y) < 13);
    if (clashes) return null;
    taken.push({ x, y, half });
    return s("text.flow-label", { key: `${band.from}>${band.to}`, x, y, "data-live": true },
      band.short);
  });
}

function fades() {
  const fade = (id, name, from, to, direction) => s("linearGradient", { id, ...direction },
    s("stop", { offset: 0, "stop-color": `var(--${name})`, "stop-opacity": from }),
    s("stop", { offset: 1, "stop-color": `var(--${name})`, "stop-opacity": to }));
  const down = { x1: 0, y1: 0, x2: 0, y2: 1 };
  return s("defs", {}, ["completed", "abandoned", "switched", "expired", "restarted"].map((name) =>
    fade(`fade-${name}`, name, 0.85, 0.06, down)),
  fade("fade-begin", "begin", 0, 0.8, { x1: 0, x2: 1 }));
}

/** Flows as they are; the width is the number of journeys. */
function flowsOf(answer) {
  return answer.flows.map((flow) => ({ ...flow, weight: flow.count,
    label: t("flow.journeys", { count: flow.count, n: write.count(flow.count) }),
    short: write.countShort(flow.count) }));
}

/** What changed in the share of the journeys that went each way; the width is the change. */
function changesOf(a, b) {
  const share = (answer, flow) => (flow && answer.journeys.started
    ? flow.count / answer.journeys.started : 0);
  const keyOf = ({ from, to }) => JSON.stringify([from, to]);
  const [first, second] = [a, b].map((answer) =>
    new Map(answer.flows.map((flow) => [keyOf(flow), flow])));
  return [...new Set([...first.keys(), ...second.keys()])].map((key) => {
    const change = share(b, second.get(key)) - share(a, first.get(key));
    const [from, to] = JSON.parse(key);
    const label = write.signed(change, write.points);
    return { from, to, weight: Math.abs(change), tone: change > 0 ? "up" : "down", label,
      short: label };
  }).filter(({ weight }) => weight >= CHANGE_LEAST);
}

function draw(names, flows, columnWidth, label, whole) {
  const plan = layOut(names, flows, columnWidth, whole);
  const width = names.length * columnWidth;
  const byWidth = [...plan.bands].sort((x, y) => y.width - x.width);
  return s("svg.flow", { width, height: plan.height, viewBox: `0 0 ${width} ${plan.height}`,
    role: "img", "aria-label": label },
  fades(), byWidth.map((band) => drawBand(band, plan.edge)),
  plan.nodes.filter(({ total }) => total > 0).map((node) => s("rect.node", { key: node.name,
    x: node.x - HALF, y: node.y, width: NODE_WIDTH, height: node.height, rx: 4 })),
  drawLabels(plan.bands, plan.nodes));
}

function summaryOf(flows) {
  const greatest = [...flows].filter(({ from, to }) => from && !to.startsWith("@"))
    .sort((x, y) => y.weight - x.weight)[0];
  return t("flow.summary", { n: flows.length,
    greatest: greatest ? flowWords(greatest, greatest.label) : write.NONE });
}

/** The drawing, or two of them below each other where two selections are compared side by side. */
export function flowDrawing({ a, b, mode, columns, width }) {
  const names = columns.map(({ name }) => name);
  const one = (flows, whole) => draw(names, flows, width, summaryOf(flows), whole);
  if (!mode) return one(flowsOf(a));
  if (mode === "difference") return one(changesOf(a, b), CHANGE_WHOLE);
  return h("div.two-flows", {}, one(flowsOf(a)), one(flowsOf(b)));
}
