// What the graph refuses for the officer's sake: which inputs it blames, and the whole in words.

import { element } from '/console/dom.js';
import { describe } from '/console/failures.js';
import { text } from '/console/language.js';

/** The inputs that the errors blame; empty where one blames none. */
export function blamedInputs(errors) {
  return errors.some(({ inputs }) => inputs.length === 0) ? [] : errors.flatMap(({ inputs }) => inputs);
}

/** `errors` of a payload, with what to do about each. */
export function refusal(errors) {
  return element(
    'div',
    { class: 'outcome bad' },
    element('h3', { id: 'outcome', tabindex: -1 }, text('request.notTaken')),
    errors.map(({ code, message }) => {
      const { what, remedy } = describe({ extensions: { code } });
      return [element('p', {}, `${what} ${remedy} `, element('span', { class: 'code' }, code)), element('p', { class: 'detail', lang: 'en' }, message)];
    }),
  );
}
