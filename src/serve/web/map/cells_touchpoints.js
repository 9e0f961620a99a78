// The touchpoints of a stage by channel: how much used, how rated, offered but never used.

import { h, hidden, s } from "../core/dom.js";
import { groupBy } from "../core/lists.js";
import { remembered } from "../core/seen.js";
import * as write from "../format.js";
import { bar, delta, live, rating } from "../parts/figures.js";
import { more } from "../parts/table.js";
import { named } from "../parts/touchpoints.js";
import { t } from "../text.js";

const SHOWN_FIRST = 6;
const SHOWN_MORE = 40;

/** A filled mark for online, a square one for offline; nothing where the model does not say. */
export function lineMark(online) {
  if (online === undefined || online === null) return null;
  const shape = online ? s("circle", { cx: 5, cy: 5, r: 3.5 })
    : s("rect", { x: 1.5, y: 1.5, width: 7, height: 7, rx: 1 });
  return h("span.line-mark", { title: t(online ? "touchpoint.online" : "touchpoint.offline") },
    s("svg", { width: 10, height: 10, class: online ? "online" : "offline",
      "aria-hidden": "true" }, shape),
    hidden(t(online ? "touchpoint.online" : "touchpoint.offline")));
}

function entry(touchpoint, context) {
  const used = touchpoint.interactions > 0;
  return h(`li.touchpoint${used ? "" : ".unused"}`, { key: touchpoint.name },
    h("div.head", {},
      h("a", { href: context.link("touchpoint", touchpoint.name), title: touchpoint.name },
        touchpoint.name),
      used && touchpoint.satisfaction?.count
        ? rating(touchpoint.satisfaction, { withCount: false }) : null),
    used ? h("div.use", {}, bar(touchpoint.interactions, context.most.touchpoint),
      live(write.countShort(touchpoint.interactions), { class: "small soft" }))
      : h("div.small.faint", {}, t("touchpoint.unused")));
}

/** [[channel, touchpoints]…]: the most used channel first. */
function byChannel(touchpoints) {
  const use = (list) => d3.sum(list, ({ interactions }) => interactions);
  return [...groupBy(touchpoints, ({ channel }) => channel)].sort((p, q) => use(q[1]) - use(p[1]));
}

export function touchpointsCell(stage, context, side) {
  const all = [...(stage.touchpoints ?? [])].sort((p, q) => q.interactions - p.interactions);
  if (!all.length) return h("span.faint", {}, write.NONE);
  const key = `touchpoints.${side}.${stage.name}`;
  const shown = remembered(key) ?? SHOWN_FIRST;
  const unused = all.filter(({ interactions }) => !interactions).length;
  return h("div.touchpoints", {},
    byChannel(all.slice(0, shown)).map(([channel, list]) => h("div", { key: channel },
      h("div.channel", {}, lineMark(list[0].online), channel || t("touchpoint.no_channel")),
      h("ul", {}, list.map((each) => entry(each, context))))),
    all.length > shown && more(key, shown, all.length, SHOWN_MORE),
    unused > 0 && all.length > shown && h("div.small.faint", {},
      t("touchpoint.unused_count", { count: unused, n: unused })));
}

/** What changed in use: the greatest changes first. */
export function touchpointsChange(a, b, context) {
  const names = [...new Set([...(a?.touchpoints ?? []), ...(b?.touchpoints ?? [])]
    .map(({ name }) => name))];
  const of = (stage, name) => named(stage?.touchpoints, name);
  const rows = names.map((name) => ({ name, x: of(a, name)?.interactions ?? 0,
    y: of(b, name)?.interactions ?? 0 })).sort((p, q) => Math.abs(q.y - q.x) - Math.abs(p.y - p.x));
  const key = `touchpoints.change.${a?.name ?? b?.name}`;
  const shown = remembered(key) ?? SHOWN_FIRST;
  return h("ul.lines", {}, rows.slice(0, shown).map(({ name, x, y }) => h("li", { key: name },
    h("a.what", { href: context.link("touchpoint", name) }, name),
    delta(x, y, { write: write.countShort }))),
  rows.length > shown && h("li", {}, more(key, shown, rows.length, SHOWN_MORE)));
}
