// What surrounds every view: navigation, pace of the live figures, language, theme, banners.

import { h, s } from "./core/dom.js";
import { morphInto } from "./core/morph.js";
import { language, setToken, themeSeen } from "./core/preferences.js";
import { linkTo, VIEWS } from "./core/route.js";
import * as write from "./format.js";
import { t } from "./text.js";

const ICONS = {
  light: "M12 4V2m0 20v-2m8-8h2M2 12h2m13.7-5.7l1.4-1.4M4.9 19.1l1.4-1.4m0-11.4L4.9 " +
    "4.9m14.2 14.2l-1.4-1.4M12 8a4 4 0 1 1 0 8a4 4 0 0 1 0-8z",
  dark: "M20 14.5A8.5 8.5 0 0 1 9.5 4A8.5 8.5 0 1 0 20 14.5z",
  pause: "M9 5v14M15 5v14",
  play: "M8 5l11 7l-11 7z",
};

function icon(name) {
  return s("svg", { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor",
    "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round",
    "aria-hidden": "true" }, s("path", { d: ICONS[name] }));
}

/** As web/icon.svg. */
function sign() {
  return s("svg", { viewBox: "0 0 32 32", width: 26, height: 26, "aria-hidden": "true" },
    s("rect", { width: 32, height: 32, rx: 8, fill: "#1c4f9c" }),
    s("path", { d: "M6 21c5 0 4.5-10 10-10s5 10 10 10", fill: "none", stroke: "#fff",
      "stroke-width": 2.5, "stroke-linecap": "round" }),
    s("circle", { cx: 6, cy: 21, r: 3, fill: "#fff" }),
    s("circle", { cx: 16, cy: 11, r: 3, fill: "#fff" }),
    s("circle", { cx: 26, cy: 21, r: 3, fill: "#f5b942" }));
}

function pace({ pace: now, asOf }, actions) {
  const isPaused = now === "paused";
  return h("div.pace", { "data-pace": now },
    h("span.dot", { "aria-hidden": "true" }), h("span", {}, t(`pace.${now}`)),
    asOf && h("span.as-of.faint", { title: t("pace.as_of_title") },
      t("pace.as_of", { time: write.dateTime(asOf) })),
    h("button", { onclick: actions.togglePause, "aria-pressed": String(isPaused),
      "aria-label": t("pace.pause"), title: t(isPaused ? "pace.resume" : "pace.pause") },
    icon(isPaused ? "play" : "pause")));
}

let namedView = null;

/** Where the views do not fit beside each other, the one that is shown comes into sight. */
function showCurrent() {
  const nav = document.querySelector("nav.nav");
  const link = nav?.querySelector("[aria-current]");
  if (link) nav.scrollLeft = link.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2;
}

/** The head of the page; `actions`: togglePause, changeLanguage, changeTheme. */
export function drawTop(state, actions) {
  const { route } = state;
  const seen = themeSeen();
  const other = language() === "en" ? "de" : "en";
  document.getElementById("skip").textContent = t("nav.skip");
  morphInto(document.getElementById("top"), [h("div.bar", {},
    h("a.brand", { href: linkTo(route, "map") },
      sign(), "Waymark"),
    h("nav.nav", { "aria-label": t("nav.label") }, VIEWS.map((view) => h("a", {
      href: linkTo(route, view), "aria-current": route.view === view ? "page" : false,
    }, t(`nav.${view}`)))),
    h("div.tools", {}, pace(state, actions),
      h("button", { onclick: () => actions.changeLanguage(other), lang: other,
        title: t("tools.language") }, t("tools.other_language")),
      h("button", { onclick: () => actions.changeTheme(seen === "dark" ? "light" : "dark"),
        "aria-label": t(seen === "dark" ? "tools.light" : "tools.dark"),
        title: t(seen === "dark" ? "tools.light" : "tools.dark") },
      icon(seen === "dark" ? "light" : "dark"))))]);
  if (route.view !== namedView) showCurrent();
  namedView = route.view;
}

/** Banners: [{key, text, action, onAction}]. */
export function drawBanner(notices) {
  morphInto(document.getElementById("banner"), notices.map(({ key, text, action, onAction }) =>
    h("div.notice", { key }, h("span", {}, text),
      action && h("button", { onclick: onAction }, action))));
}

/** Says something to those who do not see it. */
export function say(text) {
  document.getElementById("live").textContent = text;
}

/** Asks for the token that the server wants; it is kept until the tab is closed. */
export function askForToken(hint, whenGiven) {
  if (document.querySelector("dialog[open]")) return;
  const input = h("input", { type: "password", name: "token", autocomplete: "off",
    required: true });
  const dialog = h("dialog", { "aria-labelledby": "token-title" },
    h("h2", { id: "token-title" }, t("token.title")), h("p.soft", {}, t("token.text")),
    hint && h("p.small.faint", {}, hint),
    h("form", { onsubmit: (event) => {
      event.preventDefault();
      setToken(input.value.trim());
      dialog.close();
      whenGiven();
    } }, h("label", {}, t("token.label"), input),
    h("button.primary", { type: "submit" }, t("token.use"))));
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}
