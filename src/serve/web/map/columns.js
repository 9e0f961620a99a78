// Which stages stand beside each other, and how wide.

const NARROW = 640;
const COLUMN_LEAST = 138;
const COLUMN_COMFORTABLE = 186; // where they do not fit beside each other anyway

/**
 * The stages of one or two answers: [{name, a, b}] in the order of the first; what only the second
 * has stands behind the stage that it follows there, at the end where they share none.
 */
export function columnsOf(a, b) {
  const columns = a.stages.map((stage) => ({ name: stage.name, a: stage, b: null }));
  const isKnown = ({ name }) => a.stages.some((stage) => stage.name === name);
  let behind = b?.stages.some(isKnown) ? -1 : columns.length - 1;
  for (const stage of b?.stages ?? []) {
    const found = columns.findIndex(({ name }) => name === stage.name);
    if (found >= 0) {
      columns[found].b = stage;
      behind = found;
    } else {
      behind += 1;
      columns.splice(behind, 0, { name: stage.name, a: null, b: stage });
    }
  }
  return columns;
}

/** Pixels of the row heads and of each column within `available` pixels. */
export function widthsOf(columns, available) {
  const isNarrow = available < NARROW;
  const head = isNarrow ? 112 : available < 1100 ? 128 : 168;
  const rest = available - head - 2;
  const each = rest / Math.max(1, columns.length);
  if (each >= COLUMN_LEAST) return { head, column: each };
  return { head, column: isNarrow ? Math.max(190, Math.floor(rest * 0.84)) : COLUMN_COMFORTABLE };
}
