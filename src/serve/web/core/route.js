// The address after the `#`: which view, of what, with which selection. Whoever gets the link sees
// the same.

export const VIEWS = ["map", "customer", "touchpoint", "rankings", "internal", "quality"];
/** What selects the journeys that figures are of; `b.` in front: of the second selection. */
const SELECTION = ["model", "version", "persona", "target_group", "from", "to"];
/** Views whose figures are of a selection of journeys. */
export const OF_JOURNEYS = ["map", "touchpoint", "rankings", "internal"];

/** @returns {{view: string, name: string|null, query: Object<string, string>}} */
export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [view, ...rest] = path.split("/");
  return {
    view: VIEWS.includes(view) ? view : "map",
    name: rest.length ? decodeSafely(rest.join("/")) : null,
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decodeSafely(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function format({ view, name, query }) {
  const kept = Object.entries(query ?? {}).filter(([, value]) => value);
  const text = new URLSearchParams(kept).toString();
  const path = name ? `${view}/${encodeURIComponent(name)}` : view;
  return `#/${path}${text ? `?${text}` : ""}`;
}

/** The first (prefix "") or second (prefix "b.") selection of a route, as the API takes it. */
export function selectionOf(route, prefix = "") {
  const out = {};
  for (const key of SELECTION) {
    const value = route.query[prefix + key];
    if (value) out[key] = value;
  }
  return out;
}

/** The second selection where two are compared: what it does not say is as in the first. */
export function comparedSelection(route) {
  if (!route.query.compare) return null;
  const second = selectionOf(route, "b.");
  return { ...second, model: second.model ?? route.query.model };
}

/** A link to another view that keeps the selection. */
export function linkTo(route, view, name = null, more = {}) {
  const kept = Object.entries(route.query).filter(([key]) =>
    SELECTION.includes(key.replace(/^b\./, "")) || (key === "compare" && view === "map"));
  const query = Object.fromEntries(kept);
  if (view !== "map") for (const key of SELECTION) delete query[`b.${key}`];
  return format({ view, name, query: { ...query, ...more } });
}
