// What the server answers (/api/v1), and what it says when it can't.

import { token } from "./preferences.js";

/** `kind`: network, token, missing, wrong, busy or server; `hint` says what to do about it. */
class ApiError extends Error {
  constructor(kind, message, hint = "") {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }
}

const KINDS = { 400: "wrong", 401: "token", 403: "token", 404: "missing", 503: "busy" };

export function headers(more = {}) {
  const said = token();
  return said ? { ...more, Authorization: `Bearer ${said}` } : more;
}

/** Throws for an answer that is none, with what the server says of it. */
export async function refuse(answer) {
  let said = {};
  try {
    said = await answer.json();
  } catch {
    // Not every refusal has a body, a proxy's hardly ever.
  }
  throw new ApiError(KINDS[answer.status] ?? "server", said.error ?? `HTTP ${answer.status}`,
    said.hint ?? "");
}

/**
 * GET /api/v1/PATH; parameters without a value are left out.
 * @param {AbortSignal} [signal]
 */
export async function get(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams(
    Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null));
  let answer;
  try {
    answer = await fetch(`/api/v1/${path}${query.size ? `?${query}` : ""}`,
      { headers: headers({ Accept: "application/json" }), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("network", "");
  }
  if (!answer.ok) await refuse(answer);
  return answer.json();
}
