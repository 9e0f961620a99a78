// Numbers, durations and days as the reader's language writes them. All times are UTC, as the
// days that figures are counted by. What is not known is a dash, never 0.

import { current, t } from "./text.js";

export const NONE = "–";

const SECOND = 1000;
const UNITS = [
  ["year", 365.25 * 86400 * SECOND, 2],
  ["day", 86400 * SECOND, 1],
  ["hour", 3600 * SECOND, 1],
  ["minute", 60 * SECOND, 1],
  ["second", SECOND, 1],
];
const made = new Map();

function formatter(type, options) {
  const key = `${current()}|${type.name}|${JSON.stringify(options)}`;
  if (!made.has(key)) made.set(key, new type(current(), options));
  return made.get(key);
}

const numbers = (options) => formatter(Intl.NumberFormat, options);
const dates = (options) => formatter(Intl.DateTimeFormat, { timeZone: "UTC", ...options });
const known = (value) => value !== undefined && value !== null && Number.isFinite(value);

export function count(value) {
  return known(value) ? numbers({ maximumFractionDigits: 0 }).format(value) : NONE;
}

/** Short for narrow places: 12,345 as 12K. */
export function countShort(value) {
  if (!known(value)) return NONE;
  return value < 10000 ? count(value)
    : numbers({ notation: "compact", maximumFractionDigits: 1 }).format(value);
}

export function decimal(value, digits = 1) {
  if (!known(value)) return NONE;
  return numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** An odds ratio: what is too small to be written is not written as 0. */
export function ratio(value) {
  return value > 0 && value < 0.005 ? `<${decimal(0.01, 2)}` : decimal(value, 2);
}

/** A share of 0 to 1; what is too small to be written is not written as 0. */
export function percent(value, digits = 0) {
  if (!known(value)) return NONE;
  const least = 0.01 / 10 ** digits;
  if (value > 0 && value < least / 2) return `<${percent(least, digits)}`;
  return numbers({ style: "percent", maximumFractionDigits: digits }).format(value);
}

/** Of milliseconds, in the largest unit that fits: "12.3 days". */
export function duration(ms) {
  if (!known(ms)) return NONE;
  const size = Math.abs(ms);
  const [unit, length] = UNITS.find(([, each, least]) => size >= each * least) ?? UNITS.at(-1);
  const value = ms / length;
  return numbers({
    style: "unit", unit, unitDisplay: "short", maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0,
  }).format(value);
}

/** "2024-01-02" as the reader writes a day. */
export function day(text) {
  if (!text) return NONE;
  const time = Date.parse(`${text}T00:00:00Z`);
  return known(time) ? dates({ dateStyle: "medium" }).format(time) : text;
}

export function dayShort(text) {
  const time = Date.parse(`${text}T00:00:00Z`);
  return known(time) ? dates({ day: "numeric", month: "short" }).format(time) : text;
}

export function dateOf(ms) {
  return known(ms) ? dates({ dateStyle: "medium" }).format(ms) : NONE;
}

export function timeOf(ms) {
  return known(ms) ? dates({ timeStyle: "short" }).format(ms) : NONE;
}

export function dateTime(ms) {
  return known(ms) ? dates({ dateStyle: "medium", timeStyle: "short" }).format(ms) : NONE;
}

/** Millionths of a currency's unit. */
export function value(micros, currency) {
  if (!known(micros)) return NONE;
  const options = /^[A-Z]{3}$/.test(currency ?? "") ? { style: "currency", currency } : {};
  return numbers({ ...options, maximumFractionDigits: 2 }).format(micros / 1e6);
}

/** A difference with its sign; `write` is one of the functions above. */
export function signed(difference, write) {
  if (!known(difference)) return NONE;
  if (difference === 0) return write(0);
  return `${difference > 0 ? "+" : "−"}${write(Math.abs(difference))}`;
}

/** A difference of two shares, in percentage points. */
export function points(difference) {
  return known(difference) ? `${decimal(difference * 100)} ${t("unit.points")}` : NONE;
}

export function list(words) {
  return formatter(Intl.ListFormat, { type: "conjunction", style: "narrow" }).format(words);
}
