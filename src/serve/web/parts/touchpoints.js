// A touchpoint that is used over several channels stands in the answers once for each: here they
// are added up.

import { groupBy } from "../core/lists.js";

const SCORES = ["satisfaction", "emotion", "need_fulfilment"];
const sum = (rows, of) => d3.sum(rows, (row) => of(row) ?? 0);

function addScores(scores) {
  const answered = scores.filter((score) => score?.count);
  const count = sum(answered, (score) => score.count);
  if (!count) return { count: 0 };
  return { count, mean: sum(answered, (score) => score.mean * score.count) / count,
    distribution: [0, 1, 2, 3, 4].map((i) => sum(answered, (score) => score.distribution?.[i])) };
}

function addPromoters(all) {
  const answered = all.filter((nps) => nps?.count);
  const [count, promoters, passives, detractors] = ["count", "promoters", "passives", "detractors"]
    .map((key) => sum(answered, (nps) => nps[key]));
  if (!count) return { count: 0 };
  return { count, promoters, passives, detractors,
    score: (100 * (promoters - detractors)) / count };
}

function add(rows) {
  if (rows.length === 1) return { ...rows[0], channels: [rows[0].channel] };
  const out = { ...rows[0], channels: rows.map(({ channel }) => channel),
    declared: rows.some(({ declared }) => declared),
    interactions: sum(rows, ({ interactions }) => interactions),
    nps: addPromoters(rows.map(({ nps }) => nps)) };
  for (const key of SCORES) out[key] = addScores(rows.map((row) => row[key]));
  return out;
}

/** Each touchpoint once, with all its `channels`, in the order in which they are met. */
export function byName(touchpoints) {
  return [...groupBy(touchpoints ?? [], ({ name }) => name).values()].map(add);
}

export function named(touchpoints, name) {
  return byName((touchpoints ?? []).filter((each) => each.name === name))[0];
}
