// What the reader prefers, kept by the browser; the token only until the tab is closed.

const LANGUAGES = ["en", "de"];
const THEMES = ["system", "light", "dark"];

function read(storage, key) {
  try {
    return storage.getItem(`waymark.${key}`);
  } catch {
    return null; // Storage can be forbidden; then nothing is remembered.
  }
}

function write(storage, key, value) {
  try {
    if (value === null) storage.removeItem(`waymark.${key}`);
    else storage.setItem(`waymark.${key}`, value);
  } catch {
    // As above.
  }
}

const oneOf = (values, value) => (values.includes(value) ? value : null);

export function language() {
  const browsers = (navigator.languages ?? []).map((tag) => tag.slice(0, 2));
  return oneOf(LANGUAGES, read(localStorage, "language")) ??
    browsers.find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

export function setLanguage(value) {
  write(localStorage, "language", value);
}

export function theme() {
  return oneOf(THEMES, read(localStorage, "theme")) ?? "system";
}

export function setTheme(value) {
  write(localStorage, "theme", value);
}

/** The theme that is seen now: light or dark. */
export function themeSeen() {
  const chosen = theme();
  if (chosen !== "system") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export const token = () => read(sessionStorage, "token");

export function setToken(value) {
  write(sessionStorage, "token", value || null);
}

export function movesLittle() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
