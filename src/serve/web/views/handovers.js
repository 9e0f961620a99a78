// Handovers between departments: a matrix to read and the same as ribbons to see.

import { h, s, tip } from "../core/dom.js";
import * as write from "../format.js";
import { live } from "../parts/figures.js";
import { t } from "../text.js";

const SHOWN_MOST = 12;
const SIZE = 360;
const RING = 10;
const LABEL_ROOM = 74;
const LABEL_LEAST = 0.12; // radians
const PALETTE = ["--flow", "--back", "--completed", "--switched", "--expired", "--abandoned"];

const colorOf = (i) => `var(${PALETTE[i % PALETTE.length]})`;

/** Those with the most handovers, as many as can be read beside each other. */
function departmentsOf(handovers) {
  const counts = new Map();
  for (const { from, to, count } of handovers) {
    for (const name of [from, to]) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return [...counts].sort((p, q) => q[1] - p[1]).slice(0, SHOWN_MOST).map(([name]) => name).sort();
}

function leftOut(handovers) {
  const shown = departmentsOf(handovers);
  const all = new Set(handovers.flatMap(({ from, to }) => [from, to])).size;
  return all > shown.length && h("p.small.soft", {}, t("internal.most_alone",
    { n: shown.length, all }));
}

/** All handovers from one to another over the stages: the count, and the mean of the waiting. */
function between(handovers, from, to) {
  const rows = handovers.filter((each) => each.from === from && each.to === to);
  const count = d3.sum(rows, (each) => each.count);
  if (!count) return null;
  const waited = rows.filter(({ waiting }) => waiting?.count);
  const total = d3.sum(waited, ({ waiting }) => waiting.count);
  return { count, meanMs: total
    ? d3.sum(waited, ({ waiting }) => waiting.mean_ms * waiting.count) / total : undefined };
}

export function matrix(handovers) {
  const names = departmentsOf(handovers);
  const most = d3.max(names, (from) => d3.max(names, (to) =>
    between(handovers, from, to)?.count ?? 0));
  const cell = (from, to) => {
    const found = between(handovers, from, to);
    if (!found) return h("td.faint", { key: to }, from === to ? "" : "·");
    return h("td.handed-over", { key: to,
      style: { "--share": `${Math.round((found.count / most) * 60) + 8}%` } },
    h("div", {}, live(write.count(found.count))),
    h("div.small.soft", {}, write.duration(found.meanMs)));
  };
  return h("div.scroll", { tabindex: "0", role: "region", "aria-label": t("internal.handovers") },
    leftOut(handovers), h("table.plain.matrix", {},
      h("caption.visually-hidden", {}, t("internal.handovers_text")),
      h("thead", {}, h("tr", {}, h("td.faint.small", {}, t("internal.from_to")),
        names.map((name) => h("th", { scope: "col", key: name }, name)))),
      h("tbody", {}, names.map((from) => h("tr", { key: from },
        h("th", { scope: "row" }, from), names.map((to) => cell(from, to)))))));
}

function arcLabel(group, name) {
  const angle = (group.startAngle + group.endAngle) / 2;
  const radius = SIZE / 2 - LABEL_ROOM + 8;
  const x = Math.sin(angle) * radius;
  const short = name.length > 14 ? `${name.slice(0, 13)}…` : name;
  return s("text", { x, y: -Math.cos(angle) * radius + 4,
    "text-anchor": Math.abs(x) < 12 ? "middle" : x > 0 ? "start" : "end" }, short, tip(name));
}

/** Both directions together: a department is as wide as the handovers that it takes part in. */
export function chord(handovers) {
  const names = departmentsOf(handovers);
  const counts = names.map((from) => names.map((to) => between(handovers, from, to)?.count ?? 0));
  const both = counts.map((row, i) => row.map((count, j) => count + counts[j][i]));
  const chords = d3.chord().padAngle(0.06).sortSubgroups(d3.descending)(both);
  const outer = SIZE / 2 - LABEL_ROOM;
  const arc = d3.arc().innerRadius(outer - RING).outerRadius(outer);
  const ribbon = d3.ribbon().radius(outer - RING - 2);
  const words = (i, j) => `${names[i]} → ${names[j]}: ${write.count(counts[i][j])}`;
  return s("svg.chord", { viewBox: `${-SIZE / 2} ${-SIZE / 2} ${SIZE} ${SIZE}`, role: "img",
    "aria-label": t("internal.chord") },
  chords.map((each) => {
    const [i, j] = [each.source.index, each.target.index];
    return s("path.ribbon", { key: `${i}-${j}`, d: ribbon(each),
      fill: colorOf(counts[i][j] >= counts[j][i] ? i : j) },
    tip(`${words(i, j)}, ${words(j, i)}`));
  }),
  chords.groups.map((group) => s("g", { key: names[group.index] },
    s("path", { d: arc(group), fill: colorOf(group.index) }, tip(names[group.index])),
    group.endAngle - group.startAngle > LABEL_LEAST && arcLabel(group, names[group.index]))));
}
