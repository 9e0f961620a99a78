// Cells of the map about the company: who answers, who works, what is handed over, the nine
// dimensions.

import { h } from "../core/dom.js";
import { remembered } from "../core/seen.js";
import * as write from "../format.js";
import { badge, bar, live } from "../parts/figures.js";
import { more } from "../parts/table.js";
import { t } from "../text.js";

const SHOWN_FIRST = 6;
const SHOWN_MORE = 40;

const none = () => h("span.faint", {}, write.NONE);

export function ownerCell(stage) {
  const { owner, participants = [] } = stage.dimensions ?? {};
  return h("div", {}, owner ? h("span.strong", {}, owner) : badge(t("map.no_owner"), "warn"),
    participants.length > 0 && h("div.small.soft", {},
      t("map.with", { names: write.list(participants) })));
}

/** Who works most comes first; `key` says whose list it is, for the button that shows more. */
export function workList(departments, key, kind = "ul.lines") {
  const sorted = [...departments].sort((p, q) => q.interactions - p.interactions);
  const shown = remembered(key) ?? SHOWN_FIRST;
  return [h(kind, {}, sorted.slice(0, shown).map(({ name, share, interactions }) =>
    h("li.with-bar", { key: name, title: write.count(interactions) },
      h("span.what", {}, name), live(write.percent(share)), bar(share, 1)))),
  sorted.length > shown && more(key, shown, sorted.length, SHOWN_MORE)];
}

export function departmentsCell(stage, context, side) {
  if (!stage.departments?.length) return none();
  return h("div", {}, workList(stage.departments, `departments.${side}.${stage.name}`));
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

export function systemsCell(stage, context, side) {
  if (!stage.systems?.length) return none();
  const sorted = [...stage.systems].sort((p, q) => q.interactions - p.interactions);
  const key = `systems.${side}.${stage.name}`;
  const shown = remembered(key) ?? SHOWN_FIRST;
  return h("div", {}, h("ul.lines", {}, sorted.slice(0, shown)
    .map(({ system, process, interactions }) =>
      h("li", { key: `${system}/${process}`, title: process }, h("span.what", {}, system),
        h("span.faint", {}, write.countShort(interactions))))),
  sorted.length > shown && more(key, shown, sorted.length, SHOWN_MORE));
}

/** Text or a list of texts as the model has it. */
export const dimensionCell = (key) => (stage) => {
  const words = [stage.dimensions?.[key] ?? []].flat().filter(Boolean);
  if (!words.length) return none();
  return words.length === 1 ? h("span.dimension", {}, words[0])
    : h("ul.words", {}, words.map((word) => h("li", { key: word }, word)));
};
