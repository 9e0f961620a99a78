// Words of the page in the reader's language; all of them stand in text/en.js and text/de.js.

import { language } from "./core/preferences.js";
import { de } from "./text/de.js";
import { en } from "./text/en.js";

const ALL = { en, de };

/** The language in which the page is shown now. */
export const current = () => language();

function lookUp(key) {
  return key.split(".").reduce((node, part) => node?.[part], ALL[current()]);
}

function formOf(entry, count) {
  if (typeof entry === "string") return entry;
  return entry[new Intl.PluralRules(current()).select(count)] ?? entry.other;
}

/**
 * The words of a key such as "map.open". `{name}` stands for a value; where the entry has several
 * forms, `count` chooses one.
 */
export function t(key, values = {}) {
  const entry = lookUp(key);
  if (entry === undefined) return key;
  return formOf(entry, values.count ?? 0)
    .replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/** The words of a key that may not exist, such as for a kind newer than the page. */
export function tOr(key, otherwise) {
  const entry = lookUp(key);
  return typeof entry === "string" ? entry : otherwise;
}

/** What a model calls something in the reader's language: titles {en, de}, else its name. */
export function titleOf(thing) {
  const titles = thing?.titles ?? {};
  return titles[current()] || titles.en || Object.values(titles)[0] || thing?.name || "";
}
