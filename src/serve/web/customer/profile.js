// Who a customer is, as far as known, and the journeys.

import { h } from "../core/dom.js";
import { linkTo } from "../core/route.js";
import { remembered } from "../core/seen.js";
import * as write from "../format.js";
import { badge, rating } from "../parts/figures.js";
import { more } from "../parts/table.js";
import { t, tOr } from "../text.js";

const JOURNEYS_FIRST = 3;

const entry = (label, value) => value && h("div.figure", { key: label }, h("dt", {}, label),
  h("dd", {}, value));

export function head({ profile, stale }) {
  return h("section.card.profile", { key: "profile" },
    h("div.page-head", {}, h("h1", { dir: "auto" }, profile.id),
      profile.customer_status && badge(tOr(`status.${profile.customer_status}`,
        profile.customer_status), "good"),
      stale && badge(t("customer.stale"), "warn")),
    h("dl.figures", {},
      entry(t("customer.first_seen"), write.dateTime(profile.first_seen)),
      entry(t("customer.last_seen"), write.dateTime(profile.last_seen)),
      entry(t("customer.persona"), profile.persona),
      entry(t("customer.target_group"), profile.target_group),
      entry(t("customer.account"), profile.account),
      entry(t("customer.consent"), profile.consent && tOr(`consent.${profile.consent}`,
        profile.consent))),
    h("div.known", {}, words(t("customer.identifiers"), (profile.identifiers ?? [])
      .map(({ namespace, value }) => [namespace, value])),
    words(t("customer.attributes"), Object.entries(profile.attributes ?? {}))));
}

function words(title, pairs) {
  if (!pairs.length) return null;
  return h("div", {}, h("h2.small", {}, title), h("dl.words", {}, pairs.map(([key, value]) =>
    h("div", { key }, h("dt", {}, key), h("dd", { dir: "auto" }, value)))));
}

function stageRow([name, stage], longest, current) {
  const count = stage.satisfaction_count;
  return h("li", { key: name, class: name === current ? "current" : false },
    h("span.what", {}, name),
    h("span.track", { "aria-hidden": "true" }, h("span", {
      style: { width: `${longest > 0 ? ((stage.time_ms ?? 0) / longest) * 100 : 0}%` } })),
    h("span.small.soft.nowrap", {}, write.duration(stage.time_ms ?? 0)),
    h("span.small.faint.nowrap", {}, t("customer.visits",
      { count: stage.visits ?? 0, n: write.count(stage.visits ?? 0) })),
    h("span.small", {}, count ? rating({ count, mean: stage.satisfaction_sum / count }) : ""));
}

function journey(each, route) {
  const stages = Object.entries(each.stages ?? {});
  const longest = d3.max(stages, ([, { time_ms: ms }]) => ms ?? 0);
  const set = each.relevant_set ?? [];
  return h("article.journey", { key: each.id },
    h("h3", {}, h("a", { href: linkTo(route, "map", null, { model: each.model }) }, each.model),
      " ", badge(tOr(`status.${each.status}`, each.status), each.status === "OPEN" ? "good" : ""),
      each.key && badge(each.key)),
    h("p.small.soft", {}, `${write.dateTime(each.started)} – ${write.dateTime(each.last_activity)}`,
      each.status === "OPEN" && each.stage && h("span", {}, ` · ${each.stage} `,
        t("customer.since", { time: write.dateTime(each.stage_entered) }))),
    h("ol.journey-stages", {}, stages.map((stage) => stageRow(stage, longest,
      each.status === "OPEN" ? each.stage : null))),
    set.length > 0 && h("p.small", {}, `${t("customer.relevant_set")}: ${write.list(set)}`),
    each.value_micros !== undefined && h("p.small", {},
      `${t("customer.value")}: ${write.value(each.value_micros)}`));
}

/** The newest first. */
export function journeys({ profile, journeys: all = [] }, route) {
  const sorted = [...all].sort((p, q) => q.started - p.started);
  const key = `journeys.${profile.id}`;
  const shown = remembered(key) ?? JOURNEYS_FIRST;
  return h("section.card", { key: "journeys" }, h("h2", {}, t("customer.journeys")),
    sorted.slice(0, shown).map((each) => journey(each, route)),
    sorted.length > shown && more(key, shown, sorted.length));
}
