// All touchpoints, or one of them: use, ratings, harm, trend; checks by testers apart.

import { h } from "../core/dom.js";
import { linkTo, selectionOf } from "../core/route.js";
import * as write from "../format.js";
import { lineMark } from "../map/cells_touchpoints.js";
import { badge, bar, live, nps, rating } from "../parts/figures.js";
import { empty } from "../parts/states.js";
import { table } from "../parts/table.js";
import { byName, named } from "../parts/touchpoints.js";
import { t, tOr } from "../text.js";
import * as parts from "./touchpoint_parts.js";

const MEASURES = ["interactions", "satisfaction"];

export const title = (route) => route.name ?? t("nav.touchpoint");

/** Trends of one touchpoint; null where the server knows none. */
async function trends(route, get) {
  const answers = MEASURES.map((measure) =>
    get("trends", { ...selectionOf(route), touchpoint: route.name, measure }));
  try {
    return await Promise.all(answers);
  } catch (error) {
    if (error.kind === "wrong" || error.kind === "missing") return null;
    throw error;
  }
}

export async function load(route, get) {
  const [a, trend] = await Promise.all([get("map", selectionOf(route)),
    route.name === null ? null : trends(route, get)]);
  return { a, trend };
}

function columns(route, rows) {
  const most = d3.max(rows, ({ interactions }) => interactions) ?? 0;
  return [
    { key: "touchpoint", head: t("column.touchpoint"), sort: ({ name }) => name, cell: (row) =>
      [lineMark(row.online), " ", h("a", { dir: "auto",
        href: linkTo(route, "touchpoint", row.name) }, row.name)] },
    { key: "channel", head: t("column.channel"), sort: ({ channel }) => channel,
      cell: ({ channels }) => write.list(channels) },
    { key: "owner", head: t("column.owner"), sort: ({ owner }) => owner ?? "",
      cell: ({ owner }) => owner || write.NONE },
    { key: "interactions", head: t("column.interactions"), number: true,
      sort: ({ interactions }) => interactions, cell: ({ interactions }) =>
        (interactions ? h("div.bar-cell", {}, live(write.count(interactions)),
          bar(interactions, most)) : h("span.faint", {}, t("touchpoint.unused"))) },
    { key: "satisfaction", head: t("column.satisfaction"), number: true,
      sort: ({ satisfaction }) => satisfaction?.mean,
      cell: ({ satisfaction }) => rating(satisfaction) },
    { key: "nps", head: t("column.nps"), number: true, sort: (row) => row.nps?.score,
      cell: (row) => nps(row.nps) },
    { key: "harm", head: t("column.odds_ratio"), number: true, sort: ({ harm }) => harm?.odds_ratio,
      cell: ({ harm }) => write.ratio(harm?.odds_ratio) },
  ];
}

function all({ a }, route) {
  const rows = byName(a.touchpoints).sort((p, q) => q.interactions - p.interactions);
  if (!rows.length) {
    return [empty(t("empty.touchpoints"), t("empty.touchpoints_text"), [t("empty.todo_input")])];
  }
  return [h("header.page-head", { key: "head" }, h("h1", {}, t("touchpoint.all")),
    h("div.about", {}, h("p", {}, t("touchpoint.all_text")))),
  h("section.card.wide", { key: "all" }, table({ id: "touchpoints", rows, most: 60,
    caption: t("touchpoint.all"), rowKey: ({ name }) => name, columns: columns(route, rows) }))];
}

function heading(row, route) {
  return h("header.page-head", { key: "head" },
    h("a.small", { href: linkTo(route, "touchpoint") }, `← ${t("touchpoint.back")}`),
    h("h1", { dir: "auto" }, row.name),
    h("span.badges", {}, row.channels.map((channel) => badge(channel)),
      row.online !== undefined && badge(
        t(row.online ? "touchpoint.online" : "touchpoint.offline")),
      badge(t(row.declared ? "touchpoint.declared" : "touchpoint.undeclared")),
      row.owner && badge(`${t("touchpoint.owner")}: ${row.owner}`),
      (row.purposes ?? []).map((each) => badge(tOr(`purpose.${each}`, each)))));
}

function answers(row) {
  const score = (key, from) => h("div.answer", { key }, h("h3", {}, t(`row.${key}`)),
    h("div", {}, rating(row[key], { from })), parts.histogram(row[key], from));
  return h("section.card", { key: "answers" }, h("h2", {}, t("touchpoint.surveys")),
    h("p", {}, t("touchpoint.answers_text")),
    h("div.answers", {}, score("satisfaction", 1), score("emotion", -2),
      score("need_fulfilment", 1),
      h("div.answer", { key: "nps" }, h("h3", {}, t("row.nps")), nps(row.nps))));
}

export function render(data, route) {
  if (route.name === null) return all(data, route);
  const row = named(data.a.touchpoints, route.name);
  if (!row) {
    return [empty(t("touchpoint.unknown"), t("touchpoint.unknown_text", { name: route.name })),
      h("p.centred", {}, h("a", { href: linkTo(route, "touchpoint") }, t("touchpoint.back")))];
  }
  return [heading(row, route), parts.figures(row),
    h("div.cards.two-to-one", { key: "said" }, answers(row), parts.checks(data.a, row)),
    h("div.cards", { key: "cards" }, parts.harm(row), parts.trends(data.trend),
      parts.use(data.a, row))];
}
