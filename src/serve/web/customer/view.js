// One customer: found by any identifier, with the way through channels, sessions and stages.

import { h } from "../core/dom.js";
import { format, linkTo } from "../core/route.js";
import { remembered } from "../core/seen.js";
import * as write from "../format.js";
import { badge, signalWord } from "../parts/figures.js";
import { t } from "../text.js";
import { earlier, loaded, newest } from "./history.js";
import { head, journeys } from "./profile.js";
import { stepCard, stepList } from "./steps.js";
import { stepId, timeline } from "./timeline.js";

export const followsFigures = false;
export const title = (route) => route.query.id || t("customer.title");

/** A signal of the stream about the customer who is shown. */
export const concerns = (signal, route) => signal.profile_id === route.query.id;

async function find(text, get) {
  try {
    const { profiles } = await get("profiles",
      text.includes(":") ? { identifier: text } : { q: text });
    return profiles;
  } catch (error) {
    if (error.kind === "missing" || error.kind === "wrong") return { error };
    throw error;
  }
}

async function loadProfile(id, get) {
  const [answer] = await Promise.all([get(`profiles/${encodeURIComponent(id)}`),
    newest("steps", id, get), newest("signals", id, get)]);
  return { id, answer };
}

/** What the address asks for: `find` as the form writes it, or `q` as the API has it. */
const askedFor = ({ query }) => query.find || query.q;

export async function load(route, get) {
  const { id } = route.query;
  const text = askedFor(route);
  if (id) return loadProfile(id, get);
  if (!text) return {};
  const found = await find(text, get);
  if (found.error) return { refused: found.error };
  if (found.length !== 1) return { found };
  route.query.id = found[0].id;
  history.replaceState(null, "", format(route));
  return loadProfile(found[0].id, get);
}

function search(route, data) {
  const input = h("input", { type: "search", name: "find", value: askedFor(route)
    ?? route.query.id ?? "", autocomplete: "off", spellcheck: "false",
  placeholder: t("customer.example"), "aria-describedby": "find-text" });
  return h("section.card.find", { key: "find" }, !data.answer && h("h1", {}, t("customer.find")),
    h("form", { role: "search", onsubmit: (event) => {
      event.preventDefault();
      const text = event.target.elements.find.value.trim();
      const { id, q, ...query } = route.query;
      if (text) location.hash = format({ ...route, query: { ...query, find: text } });
    } }, h("label", {}, t("customer.label"), input),
    h("button.primary", { type: "submit" }, t("customer.search"))),
    h("p.small.soft", { id: "find-text" }, t("customer.text")),
    data.refused && h("div.refused", { role: "alert" }, h("strong", {}, t("customer.none")), " ",
      data.refused.hint || data.refused.message),
    data.found && h("div", {}, h("h2", {}, data.found.length ? t("customer.several")
      : t("customer.none")), h("ul", {}, data.found.map(({ id }) => h("li", { key: id },
      h("a", { href: linkTo(route, "customer", null, { id }) }, id))))));
}

function unusual({ stage, temporal_deviation: found }) {
  return t("customer.unusual", { from: found.from, to: stage,
    time: write.duration(found.time_ms ?? 0), mean: write.duration(found.mean_ms),
    deviation: write.duration(found.deviation_ms) });
}

function signalCard(signal) {
  const { stage, last_touchpoint: last, department, temporal_deviation: found } = signal;
  const more = [found ? unusual(signal) : stage,
    last && t("customer.last_touchpoint", { name: last }),
    department && t("customer.handed",
      { from: signal.previous_department || write.NONE, to: department })].filter(Boolean);
  return h("li", { key: signal.id },
    h("div", {}, h("span.faint.small.nowrap", {}, write.dateTime(signal.time)), " ",
      badge(signalWord(signal), found ? "warn" : ""), " ",
      h("strong.small", {}, signal.name),
      " ", h("span.small.soft", {}, more.join(" · "))),
    signal.explanation?.sentence && h("p", { dir: "auto" }, signal.explanation.sentence),
    (signal.evidence ?? []).length > 0 && h("p.small.faint", {},
      `${t("customer.evidence")}: ${signal.evidence.join(", ")}`));
}

function signalList(id) {
  const { rows, next } = loaded("signals", id);
  return h("section.card", { key: "signals" }, h("h2", {}, t("customer.signals")),
    h("p", {}, t("customer.signals_text")),
    rows.length ? h("ol.signal-list", {}, rows.map(signalCard)) : h("p", {}, t("empty.signals")),
    next && h("button", { onclick: () => earlier("signals", id) },
      t("customer.earlier_signals")));
}

function familyChoice(families, family, route) {
  if (families.length < 2) return null;
  return h("div.segments", { role: "group", "aria-label": t("customer.family") },
    families.map((name) => h("button", { "aria-pressed": String(name === family),
      onclick: () => {
        location.hash = format({ ...route, query: { ...route.query, family: name } });
      } }, name)));
}

function way(id, route) {
  const { rows, next } = loaded("steps", id);
  if (!rows.length) return h("section.card.wide", { key: "way" }, t("empty.timeline"));
  const families = [...new Set(rows.flatMap(({ placements }) =>
    (placements ?? []).map(({ family }) => family)))];
  const family = families.includes(route.query.family) ? route.query.family : families[0];
  const chosen = remembered(`step.${id}`) ?? stepId(rows[0]);
  const step = rows.find((each) => stepId(each) === chosen);
  return [
    h("section.card.wide", { key: "way" }, h("h2", {}, t("customer.timeline")),
      h("p", {}, t("customer.timeline_text")), familyChoice(families, family, route),
      timeline(rows, loaded("signals", id).rows, family, id),
      step && h("div.chosen-step", { "aria-live": "polite" },
        h("span.small.faint", {}, write.dateOf(step.interaction.time)),
        stepCard(step, family, route)),
      next && h("button", { onclick: () => earlier("steps", id) }, t("customer.earlier"))),
    h("div.cards", { key: "lists" },
      h("section.card", { key: "steps" }, h("h2", {}, t("customer.steps")),
        h("p", {}, t("customer.steps_text")), stepList(rows, family, route, chosen),
        next && h("button", { onclick: () => earlier("steps", id) }, t("customer.earlier"))),
      signalList(id)),
  ];
}

/** The newest steps are at the right; that is where to look first. */
function showNewest(id) {
  requestAnimationFrame(() => {
    const element = document.getElementById("timeline-scroll");
    if (!element || element.dataset.of === id) return;
    element.dataset.of = id;
    element.scrollLeft = element.scrollWidth;
  });
}

export function render(data, route) {
  if (!data.answer) return [search(route, data)];
  showNewest(data.id);
  return [search(route, data), head(data.answer), journeys(data.answer, route),
    way(data.id, route)].flat();
}
