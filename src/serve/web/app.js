// Starts the page: shows what the address says, fetches it, keeps it up to date.

import { get as fetchAnswer } from "./core/api.js";
import { morphInto } from "./core/morph.js";
import { movesLittle, setLanguage, setTheme, theme } from "./core/preferences.js";
import { format, OF_JOURNEYS, parse } from "./core/route.js";
import { onRerender } from "./core/seen.js";
import { Stream } from "./core/stream.js";
import * as customer from "./customer/view.js";
import * as map from "./map/view.js";
import { forgetSignal, forgetSignals, noteSignal } from "./map/ticker.js";
import { empty, fault, skeleton } from "./parts/states.js";
import { selectionBar } from "./selection.js";
import { askForToken, drawBanner, drawTop, say } from "./shell.js";
import { current, t } from "./text.js";
import * as internal from "./views/internal.js";
import * as quality from "./views/quality.js";
import * as rankings from "./views/rankings.js";
import * as touchpoint from "./views/touchpoint.js";

const VIEWS = { customer, internal, map, quality, rankings, touchpoint };
const REFRESH_LEAST_MS = 1500;
const SIGNALS_PER_SECOND = 5;
const SKELETON_AFTER_MS = 150;
const PULSE_MS = 1400;
const RESIZE_QUIET_MS = 100;

const main = document.getElementById("main");
const state = {
  route: parse(location.hash), models: null, status: null, data: null, error: null,
  pace: "wait", asOf: null, revision: null, retryMs: 0, isStale: false,
};
let request = new AbortController();
let stream = null;
let refreshTimer = null;
let resizeTimer = null;
let lastCostMs = 0;

const isLost = (error) => error.kind === "network" || error.kind === "busy";

function availableWidth() {
  const style = getComputedStyle(main);
  return main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
}

function pulse(element) {
  const shown = element.closest("[data-live]");
  if (!shown || movesLittle() || shown instanceof SVGElement) return;
  const color = getComputedStyle(document.documentElement).getPropertyValue("--pulse");
  shown.animate([{ backgroundColor: color, boxShadow: `0 0 0 3px ${color}` },
    { backgroundColor: "transparent", boxShadow: "0 0 0 3px transparent" }], PULSE_MS);
}

function notices() {
  const out = [];
  if (state.pace === "lost") {
    out.push({ key: "lost", text: t("banner.lost", { seconds: Math.ceil(state.retryMs / 1000) }),
      action: t("banner.now"), onAction: () => { stream?.comeBackNow(); refresh(); } });
  }
  const { measures } = state.status ?? {};
  if (measures && measures.enabled && !measures.complete) {
    out.push({ key: "incomplete", text: t("banner.incomplete") });
  }
  return out;
}

function viewNodes() {
  const view = VIEWS[state.route.view];
  if (state.error) return [fault(state.error, show)];
  if (state.status?.measures?.enabled === false && OF_JOURNEYS.includes(state.route.view)) {
    return [empty(t("empty.off"), t("empty.off_text"), [t("empty.off_todo")])];
  }
  if (OF_JOURNEYS.includes(state.route.view) && state.models?.length === 0) {
    return [empty(t("empty.models"), t("empty.models_text"), [t("empty.models_todo")])];
  }
  return [OF_JOURNEYS.includes(state.route.view) && selectionBar(state.route, state.models ?? []),
    ...view.render(state.data, state.route, availableWidth())].filter(Boolean);
}

function drawFrame() {
  document.documentElement.lang = current();
  drawTop(state, actions);
  drawBanner(notices());
}

/** Draws what is known now; `isUpdate`: by itself, so that changes are worth a pulse. */
function draw(isUpdate = false) {
  if (!state.data && !state.error) return;
  const start = performance.now();
  drawFrame();
  morphInto(main, viewNodes(), isUpdate ? pulse : undefined);
  const view = VIEWS[state.route.view];
  document.title = `${view.title(state.route, state.data)} – Waymark`;
  performance.measure("waymark-draw", { start, end: performance.now() });
}

async function loadCommon(get) {
  [state.status, state.models] = await Promise.all([get("status"),
    get("models").then(({ models }) => models)]);
  state.asOf = state.status.measures?.as_of ?? state.asOf;
}

/** Where the address names no model: the one with the most journeys. */
function completeRoute() {
  const { route, models } = state;
  if (!OF_JOURNEYS.includes(route.view) || route.query.model || !models?.length) return;
  const [most] = [...models].sort((x, y) => y.journeys_started - x.journeys_started);
  route.query = { model: most.name, ...route.query };
  history.replaceState(null, "", format(route));
}

const hasFigures = () => !OF_JOURNEYS.includes(state.route.view) ||
  (state.models.length > 0 && state.status.measures?.enabled !== false);

async function load() {
  request.abort();
  request = new AbortController();
  const { signal } = request;
  const get = (path, parameters) => fetchAnswer(path, parameters, signal);
  const start = performance.now();
  if (!state.models) await loadCommon(get);
  completeRoute();
  const data = hasFigures() ? await VIEWS[state.route.view].load(state.route, get) : {};
  if (signal.aborted) return;
  state.data = data;
  state.error = null;
  state.revision = data.a?.revision ?? state.revision;
  state.asOf = data.a?.as_of ?? state.asOf;
  lastCostMs = performance.now() - start;
}

function failed(error) {
  if (error.name === "AbortError") return;
  if (error.kind === "token") {
    askForToken(error.hint, () => { state.models = null; show(); follow(); });
  }
  if (!error.kind) console.error(error);
  state.error = error;
}

/** Shows the view of the address anew. */
async function show() {
  // What is there stays until it is replaced, unless it is another view's.
  const waiting = setTimeout(() => {
    if (!state.data) main.replaceChildren(skeleton());
  }, SKELETON_AFTER_MS);
  drawFrame();
  main.setAttribute("aria-busy", "true");
  state.error = null;
  try {
    await load();
  } catch (error) {
    failed(error);
    if (error.name === "AbortError") return;
  } finally {
    clearTimeout(waiting);
  }
  draw();
  main.setAttribute("aria-busy", "false");
  performance.mark("waymark-shown");
  say(t("state.shown", { view: VIEWS[state.route.view].title(state.route, state.data) }));
}

/** Fetches what is shown once more, as soon as somebody looks; if it fails, it stays. */
async function refresh() {
  clearTimeout(refreshTimer);
  refreshTimer = null;
  if (document.hidden) {
    state.isStale = true;
    return;
  }
  if (state.error) {
    await show();
    return;
  }
  state.isStale = false;
  try {
    await load();
    draw(true);
  } catch (error) {
    if (isLost(error)) state.isStale = true;
    else failed(error);
  }
}

/** Soon, but never so often that drawing takes more than a part of the time. */
function refreshSoon() {
  if (state.pace === "paused" || refreshTimer) return;
  refreshTimer = setTimeout(refresh, Math.max(REFRESH_LEAST_MS, 5 * lastCostMs));
}

function onEvent(type, data) {
  if (state.pace === "paused") {
    state.isStale = true;
    return;
  }
  if (type === "signal") noteSignal(data);
  if (type === "retraction") forgetSignal(data);
  if (type === "signal" || type === "retraction") {
    if (VIEWS[state.route.view].concerns?.(data, state.route)) refreshSoon();
  } else if (type === "reset") {
    refreshSoon();
  } else if (type === "measures") {
    const isNew = data.revision !== state.revision;
    state.asOf = data.as_of ?? state.asOf;
    if (isNew && VIEWS[state.route.view].followsFigures !== false) refreshSoon();
  }
}

function onStream(now, retryMs) {
  const before = state.pace;
  if (now === "open" && before === "lost") {
    say(t("banner.back"));
    refreshSoon();
  }
  if (now === "lost" && before !== "lost") say(t("banner.lost_said"));
  state.retryMs = retryMs ?? 0;
  if (before !== "paused") state.pace = now === "open" ? "live" : "lost";
  if (now === "refused") state.pace = "off";
  drawFrame();
}

/** Of one customer everything, of all others as much as can be looked at. */
function wanted() {
  const { view, query } = state.route;
  if (view === "customer" && query.id) return { profile: query.id };
  return { ...(query.model ? { model: query.model } : {}), per_second: SIGNALS_PER_SECOND };
}

function follow() {
  stream?.end();
  stream = new Stream(wanted(), { event: onEvent, state: onStream });
}

const actions = {
  togglePause() {
    const isPaused = state.pace === "paused";
    state.pace = isPaused ? "live" : "paused";
    say(t(isPaused ? "pace.resumed" : "pace.paused"));
    if (!isPaused && refreshTimer) {
      clearTimeout(refreshTimer);
      refreshTimer = null;
      state.isStale = true;
    }
    drawFrame();
    if (isPaused && state.isStale) refresh();
  },
  changeLanguage(value) {
    setLanguage(value);
    draw();
  },
  changeTheme(value) {
    setTheme(value);
    applyTheme();
    draw();
  },
};

function applyTheme() {
  document.documentElement.dataset.theme = theme() === "system" ? "" : theme();
}

addEventListener("hashchange", async () => {
  const before = state.route;
  state.route = parse(location.hash);
  const isOther = before.view !== state.route.view || before.name !== state.route.name;
  if (isOther) state.data = null;
  await show();
  if (stream && JSON.stringify(wanted()) !== JSON.stringify(stream.parameters)) {
    forgetSignals();
    follow();
  }
  if (isOther) {
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
});
addEventListener("resize", () => {
  clearTimeout(resizeTimer);
  resizeTimer = setTimeout(draw, RESIZE_QUIET_MS);
});
document.addEventListener("visibilitychange", () => { if (state.isStale) refresh(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());

onRerender(() => draw());
applyTheme();
document.getElementById("skip").onclick = (event) => {
  event.preventDefault(); // Its target is no view.
  main.focus();
};
show().then(follow);
