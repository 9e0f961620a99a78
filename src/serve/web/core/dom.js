// Elements without markup strings: whatever a customer has written can only become text.

const SVG = "http://www.w3.org/2000/svg";

function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) {
    element[name] = value;
  } else if (name === "style") {
    // Property by property: the policy of the page forbids style attributes.
    for (const [property, text] of Object.entries(value)) {
      element.style.setProperty(property, text);
    }
  } else if (name === "key") {
    element.dataset.key = value;
  } else {
    element.setAttribute(name, value === true ? "" : value);
  }
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/**
 * An HTML element. `on…` attributes are handlers, `style` is an object of CSS properties, `key`
 * tells siblings apart when the tree is patched (core/morph.js).
 */
export function h(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes ?? {})) {
    setAttribute(element, key, value);
  }
  return append(element, children);
}

/** An SVG element; attributes as of `h`. */
export function s(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElementNS(SVG, name);
  if (classes.length) element.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(attributes ?? {})) {
    setAttribute(element, key, value);
  }
  return append(element, children);
}

/** What a drawing says when it is pointed at, and to assistive technology. */
export function tip(text) {
  return s("title", {}, text);
}

/** Text for assistive technology alone. */
export function hidden(text) {
  return h("span.visually-hidden", {}, text);
}
