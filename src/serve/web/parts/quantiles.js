// How long something takes: the middle 80 % as a bar, the median as a mark, the target as a flag.

import { s, tip } from "../core/dom.js";
import * as write from "../format.js";
import { t } from "../text.js";

const HEIGHT = 26;
const MIDDLE = 15;

/** A scale for all boxes that are compared: logarithmic, since stays differ by powers of ten. */
export function durationScale(durations) {
  const all = durations.filter((each) => each?.count || each?.target_ms).flatMap((each) =>
    [each.p10_ms, each.p90_ms, each.p99_ms, each.target_ms]).filter((ms) => ms > 0);
  const [least, most] = d3.extent(all.length ? all : [1, 10]);
  return d3.scaleLog().domain([least, Math.max(most, least * 1.01)]).clamp(true);
}

export function quantileWords(duration) {
  if (!duration?.count) return t("duration.none");
  return t("duration.words", { p10: write.duration(duration.p10_ms),
    p50: write.duration(duration.p50_ms), p90: write.duration(duration.p90_ms),
    p99: write.duration(duration.p99_ms) });
}

/** The drawing; `scale` is of durationScale, `width` in pixels. */
export function quantileBox(duration, scale, width) {
  const x = scale.copy().range([4, width - 4]);
  const at = (ms) => x(Math.max(ms, x.domain()[0])).toFixed(1);
  const has = duration?.count > 0;
  const isLate = has && duration.target_ms && duration.p50_ms > duration.target_ms;
  return s("svg.quantiles", { width, height: HEIGHT, "aria-hidden": "true" },
    tip(quantileWords(duration)),
    s("line.axis", { x1: 0, x2: width, y1: MIDDLE, y2: MIDDLE }),
    has && s("line.whisker", { x1: at(duration.p90_ms), x2: at(duration.p99_ms),
      y1: MIDDLE, y2: MIDDLE }),
    has && s(`rect.box${isLate ? ".late" : ""}`, { x: at(duration.p10_ms), y: MIDDLE - 5,
      width: Math.max(2, at(duration.p90_ms) - at(duration.p10_ms)), height: 10, rx: 3 }),
    has && s("line.median", { x1: at(duration.p50_ms), x2: at(duration.p50_ms),
      y1: MIDDLE - 6, y2: MIDDLE + 6 }),
    duration?.target_ms && s("path.target", {
      d: `M${at(duration.target_ms)} ${HEIGHT - 2}V2l5 3.5l-5 3.5` }));
}
