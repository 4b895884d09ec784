// The language of the page: which one, and its texts. The choice is all that is kept in the browser.

import { english } from '/console/texts/en.js';
import { chinese } from '/console/texts/zh.js';

const LANGUAGES = { en: english, zh: chinese };
const KEPT_AS = 'bureaugraph.language';

let current = initialLanguage();

export const languages = Object.keys(LANGUAGES);

export function language() {
  return current;
}

export function chooseLanguage(name) {
  current = name;
  try {
    localStorage.setItem(KEPT_AS, name);
  } catch {
    // A browser that keeps nothing asks its own preference the next time.
  }
}

/** The text at `path`, e.g. `person.find`, with `{name}` replaced from `values`. */
export function text(path, values = {}) {
  const found = lookUp(path);
  if (typeof found !== 'string') throw new Error(`There is no text ${path}.`);
  return fill(found, values);
}

/** What an enum's value is called, e.g. `term('cardStatus', 'NORMAL')`; an unknown one is shown as it came. */
export function term(group, value) {
  if (value === null || value === undefined) return '–';
  return lookUp(`terms.${group}`)?.[value] ?? value;
}

/** Whether there is a text at `path`. */
export function hasText(path) {
  return lookUp(path) !== undefined;
}

function lookUp(path) {
  return path.split('.').reduce((texts, key) => texts?.[key], LANGUAGES[current]);
}

function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

function initialLanguage() {
  let kept = null;
  try {
    kept = localStorage.getItem(KEPT_AS);
  } catch {
    // See above.
  }
  if (kept in LANGUAGES) return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
