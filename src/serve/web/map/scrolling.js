// The map scrolls sideways within the page; the heads of the stages stay in sight above it.

import { h } from "../core/dom.js";
import { movesLittle } from "../core/preferences.js";
import { titleOf } from "../text.js";

export const scroller = () => document.getElementById("map-scroll");

export function showStage(element, index, width) {
  element.scrollTo({ left: index * width, behavior: movesLittle() ? "auto" : "smooth" });
  document.getElementById(`stage-${index}`)
    ?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Heads once more, for the eye alone: shown while those of the table are out of sight. */
export function floatingHeads({ columns, widths }) {
  return h("div.floating", { id: "map-heads", "aria-hidden": "true", hidden: true, key: "heads" },
    h("div.row", { style: { "--head": `${widths.head}px`, "--column": `${widths.column}px` } },
      h("span.corner"), columns.map((column, i) => h("span.stage", { key: column.name },
        h("span.ordinal", {}, i + 1), titleOf(column.a ?? column.b)))));
}

function placeWindow(element) {
  const shown = document.getElementById("map-window");
  if (!shown) return;
  const head = element.querySelector(".corner")?.offsetWidth ?? 0;
  const total = element.scrollWidth - head;
  shown.style.left = `${(element.scrollLeft / total) * 100}%`;
  shown.style.width = `${Math.min(100, ((element.clientWidth - head) / total) * 100)}%`;
}

function placeHeads(element) {
  const heads = document.getElementById("map-heads");
  const table = element?.querySelector("thead");
  if (!heads || !table) return;
  const top = document.getElementById("top");
  const edge = getComputedStyle(top).position === "sticky" ? top.offsetHeight : 0;
  const box = element.getBoundingClientRect();
  const isAway = table.getBoundingClientRect().bottom < edge && box.bottom > edge + 120;
  heads.hidden = !isAway;
  if (!isAway) return;
  heads.style.top = `${edge}px`;
  heads.style.left = `${box.left}px`;
  heads.style.width = `${box.width}px`;
  heads.firstChild.style.transform = `translateX(${-element.scrollLeft}px)`;
}

/** Keeps heads and overview in step with what is in view. */
export function follow() {
  const element = scroller();
  if (!element) return;
  placeWindow(element);
  placeHeads(element);
}

addEventListener("scroll", follow, { passive: true });
