// Cells of the map about the company: who answers, who works, what is handed over, the nine
// dimensions.

import { h } from "../core/dom.js";
import * as write from "../format.js";
import { badge, bar, live } from "../parts/figures.js";
import { t } from "../text.js";

const none = () => h("span.faint", {}, write.NONE);

export function ownerCell(stage) {
  const { owner, participants = [] } = stage.dimensions ?? {};
  return h("div", {}, owner ? h("span.strong", {}, owner) : badge(t("map.no_owner"), "warn"),
    participants.length > 0 && h("div.small.soft", {},
      t("map.with", { names: write.list(participants) })));
}

export function departmentsCell(stage) {
  if (!stage.departments?.length) return none();
  return h("ul.lines", {}, stage.departments.map(({ name, share, interactions }) =>
    h("li.with-bar", { key: name, title: write.count(interactions) },
      h("span.what", {}, name), live(write.percent(share)), bar(share, 1))));
}

export function handoversCell(stage, context, side) {
  const rows = context.answers[side].handovers?.filter((each) => each.stage === stage.name) ?? [];
  if (!rows.length) return none();
  return h("ul.lines", {}, rows.sort((p, q) => q.count - p.count).slice(0, 5).map((each) =>
    h("li", { key: `${each.from}>${each.to}` },
      h("span.what", {}, `${each.from} → ${each.to}`),
      h("span.number", {}, live(write.countShort(each.count)),
        each.waiting?.count ? h("span.small.faint.block", {
          title: t("handover.waiting_median") }, write.duration(each.waiting.p50_ms)) : null))));
}

export function systemsCell(stage) {
  if (!stage.systems?.length) return none();
  return h("ul.lines", {}, stage.systems.map(({ system, process, interactions }) =>
    h("li", { key: `${system}/${process}`, title: process }, h("span.what", {}, system),
      h("span.faint", {}, write.countShort(interactions)))));
}

/** Text or a list of texts as the model has it. */
export const dimensionCell = (key) => (stage) => {
  const words = [stage.dimensions?.[key] ?? []].flat().filter(Boolean);
  if (!words.length) return none();
  return words.length === 1 ? h("span.dimension", {}, words[0])
    : h("ul.words", {}, words.map((word) => h("li", { key: word }, word)));
};
