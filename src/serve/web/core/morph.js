// Patches what is shown into what is to be shown, so that only what differs is touched: focus,
// scroll positions, open lists and half-typed inputs stay.

const HANDLERS = ["onclick", "onchange", "oninput", "onsubmit", "onkeydown", "ontoggle", "onscroll",
  "onpointerenter", "onpointerleave", "onfocus", "onblur", "onclose"];
// What the reader has done to an element; a new rendering does not undo it.
const READERS_OWN = { DETAILS: ["open"], DIALOG: ["open"] };

const isElement = (node) => node.nodeType === Node.ELEMENT_NODE;

function keyOf(node) {
  return isElement(node) ? node.dataset.key : undefined;
}

function canBecome(old, next) {
  return old.nodeType === next.nodeType && old.nodeName === next.nodeName &&
    keyOf(old) === keyOf(next);
}

function morphAttributes(old, next) {
  const kept = READERS_OWN[old.nodeName] ?? [];
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && !kept.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (kept.includes(name) || old.getAttribute(name) === value) continue;
    if (name === "style") old.style.cssText = next.style.cssText;
    else old.setAttribute(name, value);
  }
  for (const handler of HANDLERS) {
    if (old[handler] !== next[handler]) old[handler] = next[handler];
  }
}

function morphInput(old, next) {
  if (old === document.activeElement && old.nodeName !== "SELECT") return;
  if (old.nodeName === "SELECT" || old.nodeName === "INPUT") {
    if (old.value !== next.value) old.value = next.value;
    if (old.checked !== next.checked) old.checked = next.checked;
  }
}

function findOld(candidates, start, next) {
  const key = keyOf(next);
  if (key === undefined) {
    return candidates[start] && canBecome(candidates[start], next) ? start : -1;
  }
  return candidates.findIndex((old, index) => index >= start && canBecome(old, next));
}

function morphChildren(old, next, changed) {
  const olds = [...old.childNodes];
  let at = 0;
  let place = old.firstChild;
  for (const child of [...next.childNodes]) {
    const found = findOld(olds, at, child);
    if (found < 0) {
      old.insertBefore(child, place);
      continue;
    }
    const kept = olds[found];
    olds.splice(found, 1);
    olds.splice(at, 0, kept);
    at += 1;
    if (kept !== place) old.insertBefore(kept, place);
    else place = place.nextSibling;
    morph(kept, child, changed);
  }
  for (const left of olds.slice(at)) left.remove();
}

/**
 * Makes `old` look like `next`; `next` is used up.
 * @param {(element: Element) => void} changed is told each element whose own text changed
 */
export function morph(old, next, changed = () => {}) {
  if (!isElement(old)) {
    if (old.data !== next.data) {
      old.data = next.data;
      if (old.parentElement) changed(old.parentElement);
    }
    return;
  }
  morphAttributes(old, next);
  if (old.dataset.opaque === undefined) morphChildren(old, next, changed);
  morphInput(old, next);
}

/** Makes the children of `parent` the nodes given. */
export function morphInto(parent, nodes, changed) {
  const next = parent.cloneNode(false);
  next.append(...nodes);
  morphChildren(parent, next, changed ?? (() => {}));
}
