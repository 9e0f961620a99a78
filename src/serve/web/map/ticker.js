// The newest signals in one line. It changes by itself and is not read out.

import { h } from "../core/dom.js";
import * as write from "../format.js";
import { badge, signalWord } from "../parts/figures.js";
import { t } from "../text.js";

const KEPT = 3;
let newest = [];

/** A signal of the stream. */
export function noteSignal(signal) {
  newest = [signal, ...newest.filter(({ id }) => id !== signal.id)].slice(0, KEPT);
}

/** It does not hold any more. */
export function forgetSignal({ id }) {
  newest = newest.filter((signal) => signal.id !== id);
}

export function forgetSignals() {
  newest = [];
}

export function ticker(link) {
  return h("section.ticker", { key: "ticker", "aria-label": t("ticker.title") },
    h("h2.small", {}, t("ticker.title")),
    !newest.length && h("p.small.faint", {}, t("ticker.none")),
    h("ul", {}, newest.map((signal) => h("li", { key: signal.id },
      h("span.faint.small", {}, write.timeOf(signal.time)),
      badge(signalWord(signal)),
      signal.stage && h("span.soft.small", {}, signal.stage),
      h("a.small", { href: link("customer", null, { id: signal.profile_id }) },
        signal.profile_id)))));
}
