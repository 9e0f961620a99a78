// Where moments lie on a line that shortens long silences. Nothing is drawn here.

const STEP_LEAST = 20;
const STEP_MOST = 120;
const PER_FOLD = 9; // pixels each time that a silence is e times as long
const MINUTE_MS = 60000;

function widthOf(gapMs) {
  return Math.min(STEP_MOST, STEP_LEAST + PER_FOLD * Math.log1p(Math.max(0, gapMs) / MINUTE_MS));
}

/**
 * @param {number[]} times milliseconds, ascending
 * @returns {{at: (ms: number) => number, xs: number[], width: number}} pixels
 */
export function timeAxis(times, edge) {
  const xs = [];
  times.forEach((time, i) => {
    xs.push(i === 0 ? edge : xs[i - 1] + widthOf(time - times[i - 1]));
  });
  const scale = times.length > 1 ? d3.scaleLinear(times, xs).clamp(true) : () => edge;
  return { at: scale, xs, width: (xs[xs.length - 1] ?? edge) + edge };
}
