// Server-sent events over fetch, since EventSource can't send the token.

import { headers, refuse } from "./api.js";

const WAIT_FIRST_MS = 1000;
const WAIT_MOST_MS = 30000;
// The server writes at least a comment each 15 s.
const SILENCE_MOST_MS = 40000;

/** One event of the lines between two empty ones; without data it says at most where we are. */
function parseEvent(block) {
  const event = { type: "message", data: [], id: null };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event.type = value;
    else if (field === "data") event.data.push(value);
    else if (field === "id") event.id = value;
  }
  if (!event.data.length) return { ...event, data: null };
  return { ...event, data: JSON.parse(event.data.join("\n")) };
}

/** Follows /api/v1/stream, comes back by itself after a loss, and goes on where it was. */
export class Stream {
  /**
   * @param {{event: Function, state: (now: "open"|"lost"|"refused", retryMs?: number) => void}} to
   */
  constructor(parameters, to) {
    this.parameters = parameters;
    this.to = to;
    this.lastId = null;
    this.waitMs = WAIT_FIRST_MS;
    this.follow();
  }

  async follow() {
    if (this.ended) return;
    this.abort = new AbortController();
    try {
      const answer = await fetch(`/api/v1/stream?${new URLSearchParams(this.parameters)}`, {
        headers: headers(this.lastId ? { "Last-Event-ID": this.lastId } : {}),
        signal: this.abort.signal,
      });
      if (!answer.ok) await refuse(answer);
      this.waitMs = WAIT_FIRST_MS;
      this.to.state("open");
      await this.read(answer.body.getReader());
    } catch (error) {
      if (error.kind === "token" || error.kind === "wrong" || error.kind === "missing") {
        this.to.state("refused");
        return;
      }
    }
    this.comeBackLater();
  }

  async read(reader) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const watch = setTimeout(() => this.abort.abort(), SILENCE_MOST_MS);
      const { value, done } = await reader.read().finally(() => clearTimeout(watch));
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).replace(/\r/g, "")
        .split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) this.take(parseEvent(block));
    }
  }

  take(event) {
    if (this.ended) return;
    if (event.id) this.lastId = event.id;
    if (event.data) this.to.event(event.type, event.data);
  }

  comeBackLater() {
    if (this.ended) return;
    this.to.state("lost", this.waitMs);
    this.timer = setTimeout(() => this.follow(), this.waitMs);
    this.waitMs = Math.min(this.waitMs * 2, WAIT_MOST_MS);
  }

  /** At once instead of when its time has come. */
  comeBackNow() {
    clearTimeout(this.timer);
    this.follow();
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
    this.abort?.abort();
  }
}
