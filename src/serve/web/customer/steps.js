// The steps of a customer as a list by session: what the drawing shows, to be read.

import { h } from "../core/dom.js";
import { groupBy } from "../core/lists.js";
import { linkTo } from "../core/route.js";
import * as write from "../format.js";
import { badge, rating } from "../parts/figures.js";
import { t, tOr } from "../text.js";
import { placementOf, stepId } from "./timeline.js";

const single = (value) => ({ count: 1, mean: value });

function said({ satisfaction, emotion, nps, need_fulfilment: need, comment } = {}) {
  const parts = [
    satisfaction !== undefined && [t("row.satisfaction"), rating(single(satisfaction),
      { withCount: false })],
    emotion !== undefined && [t("row.emotion"), rating(single(emotion),
      { from: -2, withCount: false })],
    nps !== undefined && [t("row.nps"), write.count(nps)],
    need !== undefined && [t("row.need_fulfilment"), rating(single(need), { withCount: false })],
  ].filter(Boolean);
  return [parts.map(([label, value]) => h("span.small", {}, `${label} `, value)),
    comment && h("q.comment", { dir: "auto" }, comment)];
}

/** What one step says, in a line or two. */
export function stepCard(step, family, route) {
  const { interaction } = step;
  const placement = placementOf(step, family);
  const model = placement?.model ?? route.query.model;
  return h("div.step-card", {},
    h("div", {}, h("span.faint.nowrap", {}, write.timeOf(interaction.time)), " ",
      h("strong", {}, interaction.action), " ",
      interaction.touchpoint && h("a", { dir: "auto", href: linkTo(route, "touchpoint",
        interaction.touchpoint, model ? { model } : {}) }, interaction.touchpoint), " ",
      h("span.soft", {}, interaction.channel)),
    h("div.badges", {},
      placement?.stage && badge(placement.stage, placement.previous_stage !== undefined &&
        placement.previous_stage !== "" ? "good" : ""),
      placement?.previous_stage && h("span.small.faint", {},
        t("customer.entered_from", { stage: placement.previous_stage })),
      placement?.station && badge(placement.station),
      interaction.kind && interaction.kind !== "CUSTOMER" && badge(tOr(`kind.${interaction.kind}`,
        interaction.kind)),
      interaction.product && badge(interaction.product),
      interaction.value_micros !== undefined &&
        badge(write.value(interaction.value_micros, interaction.currency)),
      interaction.source?.department && h("span.small.faint", {}, interaction.source.department),
      step.pending && badge(t("customer.pending"), "warn"),
      said(interaction.rating)));
}

/** All loaded steps, newest session first. */
export function stepList(rows, family, route, chosen) {
  const sessions = [...groupBy(rows, ({ session_id: id }) => id)];
  return sessions.map(([id, steps]) => h("section.session-list", { key: id },
    h("h3", {}, t("customer.session", { time: write.dateTime(steps.at(-1).interaction.time) }), " ",
      h("span.small.faint", {}, t("customer.step_count",
        { count: steps.length, n: write.count(steps.length) }))),
    h("ol", {}, steps.map((step) => h("li", { key: stepId(step),
      class: stepId(step) === chosen ? "chosen" : false }, stepCard(step, family, route))))));
}
