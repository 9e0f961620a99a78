// Steps and signals of a customer as far as they are loaded: the newest page, and earlier ones on
// demand. What comes again with a higher revision replaces what was there.

import { get } from "../core/api.js";
import { remember, remembered, rerender } from "../core/seen.js";

const PAGE = 50;
const stepKey = ({ interaction }) => JSON.stringify([interaction.source?.system, interaction.id]);

export const KINDS = {
  steps: { path: "timeline", key: stepKey, time: ({ interaction }) => interaction.time },
  signals: { path: "signals", key: ({ id }) => id, time: ({ time }) => time },
};

const placeOf = (kind, id) => `history.${kind}.${id}`;

function merge(kind, before, answer, isEarlier) {
  const { key, time } = KINDS[kind];
  const rows = new Map(before?.rows);
  for (const row of answer[kind]) {
    const old = rows.get(key(row));
    if (!old || (row.revision ?? 0) >= (old.revision ?? 0)) rows.set(key(row), row);
  }
  const sorted = [...rows].sort(([, p], [, q]) => time(q) - time(p));
  return { rows: new Map(sorted), next: isEarlier || !before ? answer.next : before.next };
}

/** Fetches the newest page; returns all that is loaded: {rows: newest first, next: cursor}. */
export async function newest(kind, id, fetchAnswer) {
  const answer = await fetchAnswer(`profiles/${encodeURIComponent(id)}/${KINDS[kind].path}`,
    { limit: PAGE });
  const merged = merge(kind, remembered(placeOf(kind, id)), answer, false);
  remember(placeOf(kind, id), merged);
  return loaded(kind, id);
}

export function loaded(kind, id) {
  const { rows, next } = remembered(placeOf(kind, id)) ?? { rows: new Map() };
  return { rows: [...rows.values()].filter(({ retracted }) => !retracted), next };
}

/** Fetches the page before those that are loaded, and shows it. */
export async function earlier(kind, id) {
  const before = remembered(placeOf(kind, id));
  const answer = await get(`profiles/${encodeURIComponent(id)}/${KINDS[kind].path}`,
    { limit: PAGE, before: before.next });
  remember(placeOf(kind, id), merge(kind, before, answer, true));
  rerender();
}
