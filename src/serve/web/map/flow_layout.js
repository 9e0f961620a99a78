// Where the bands of the flow between stages lie. Nothing is drawn here.

export const NODE_WIDTH = 12;
const NODE_TALLEST = 112;
const BAND_LEAST = 0.8;
const LANE = 15;
const LANES_MOST = 6;
const EXIT_ROOM = 26;
const EXITS = ["@completed", "@abandoned", "@switched", "@expired", "@restarted"];

function kindOf(flow, places) {
  if (flow.from === "") return "begin";
  if (flow.to.startsWith("@")) return "exit";
  const step = places.get(flow.to) - places.get(flow.from);
  if (step === 1) return "next";
  return step > 1 ? "skip" : "back";
}

function known(flow, places) {
  return (flow.from === "" || places.has(flow.from)) &&
    (places.has(flow.to) || EXITS.includes(flow.to)) && flow.weight > 0;
}

/** Bands of one side of a node, from the top: far jumps, what goes straight, ends, loops back. */
function rankOf(band) {
  const far = -Math.abs(band.end - band.start);
  if (band.kind === "exit") return [2, EXITS.indexOf(band.to)];
  return { skip: [0, far], begin: [1, 0], next: [1, 1], back: [3, far] }[band.kind];
}

function stackSide(bands, node, side) {
  const sorted = [...bands].sort((x, y) => {
    const [p, q] = [rankOf(x), rankOf(y)];
    return p[0] - q[0] || p[1] - q[1];
  });
  let y = node.y + (node.height - d3.sum(bands, ({ width }) => width)) / 2;
  for (const band of sorted) {
    band[side] = { x: node.x, y: y + band.width / 2 };
    y += band.width;
  }
  let offset = 8;
  for (const band of sorted.filter(({ kind }) => kind === "exit").reverse()) {
    band.bend = offset;
    offset += band.width + 1;
  }
}

function arch(band, edge, direction) {
  const distance = Math.max(1, Math.abs(band.end - band.start));
  const apex = edge + direction * (10 + LANE * (Math.min(distance, LANES_MOST) - 1));
  const ends = (band.outAt.y + band.inAt.y) / 2;
  return { apex, control: (apex - 0.25 * ends) / 0.75 };
}

/**
 * @param {string[]} names stages in order
 * @param {{from: string, to: string, weight: number}[]} flows weight: what decides the width
 * @param {number} whole weight that is at least as tall as a stage may be
 * @returns {{nodes: object[], bands: object[], height: number, middle: number}}
 */
export function layOut(names, flows, columnWidth, whole = 1e-9) {
  const places = new Map(names.map((name, i) => [name, i]));
  const bands = flows.filter((flow) => known(flow, places)).map((flow) => ({
    ...flow, kind: kindOf(flow, places), start: places.get(flow.from) ?? -1,
    end: places.get(flow.to) ?? -1 }));
  const totals = names.map((_, i) => Math.max(
    d3.sum(bands.filter(({ end }) => end === i), ({ weight }) => weight),
    d3.sum(bands.filter(({ start }) => start === i), ({ weight }) => weight)));
  const scale = NODE_TALLEST / Math.max(d3.max(totals) ?? 0, whole);
  const deep = (kind) => LANE * Math.min(LANES_MOST, d3.max(bands.filter((b) => b.kind === kind),
    ({ start, end }) => Math.abs(end - start)) ?? 0);
  const above = 22 + deep("skip");
  const middle = above + NODE_TALLEST / 2;
  const nodes = names.map((name, i) => {
    const height = Math.max(3, totals[i] * scale);
    return { name, height, x: (i + 0.5) * columnWidth, y: middle - height / 2, total: totals[i] };
  });
  for (const band of bands) band.width = Math.max(BAND_LEAST, band.weight * scale);
  nodes.forEach((node, i) => {
    stackSide(bands.filter(({ end }) => end === i), node, "inAt");
    stackSide(bands.filter(({ start }) => start === i), node, "outAt");
  });
  for (const band of bands) {
    if (band.kind === "skip") band.arch = arch(band, middle - NODE_TALLEST / 2, -1);
    if (band.kind === "back") band.arch = arch(band, middle + NODE_TALLEST / 2 + EXIT_ROOM, 1);
  }
  return { nodes, bands, middle, edge: middle + NODE_TALLEST / 2 + EXIT_ROOM - 4,
    height: middle + NODE_TALLEST / 2 + EXIT_ROOM + 14 + deep("back") };
}
