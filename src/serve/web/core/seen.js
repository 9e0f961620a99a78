// What the reader has unfolded, sorted or chosen on the way; forgotten when the page is left.

const kept = new Map();
let draw = () => {};

export const remembered = (key) => kept.get(key);
export const remember = (key, value) => kept.set(key, value);

/** Shows the same figures anew, with what is remembered now. */
export const rerender = () => draw();
export const onRerender = (how) => { draw = how; };
