// What the graph refuses for the officer's sake: which inputs it blames, and the whole in words.

import { element } from '/console/dom.js';
import { describe } from '/console/failures.js';
import { hasText, language, term, text } from '/console/language.js';

/** The inputs that the errors blame, `[{code, input}]`; empty where one blames none. */
export function blamedInputs(errors) {
  if (errors.some(({ inputs }) => inputs.length === 0)) return [];
  return errors.flatMap(({ code, inputs }) => inputs.map((input) => ({ code, input })));
}

/** What is wrong about an input, null where there are no words for it: why it is refused matters as well as which it is. */
export function remedyOf({ code, input }) {
  const path = [`refused.${code}.${input}`, `inputs.${input}`].find((each) => hasText(each));
  return path === undefined ? null : text(path);
}

/** `errors` of a payload, with what to do about each. */
export function refusal(errors) {
  return element(
    'div',
    { class: 'outcome bad' },
    element('h3', { id: 'outcome', tabindex: -1 }, text('request.notTaken')),
    errors.map(refused),
  );
}

function refused({ code, message, inputs, allowedActions = [] }) {
  const { what, remedy } = describe({ extensions: { code } });
  const blamed = inputs.map((input) => remedyOf({ code, input })).filter(Boolean);
  const allowed = allowedActions.map((action) => term('take', action)).join(text('common.and'));
  return [
    element('p', {}, `${blamed.length > 0 ? blamed.join(' ') : what} ${remedy} `, element('span', { class: 'code' }, code)),
    allowed !== '' && element('p', {}, text('request.allowed', { actions: allowed })),
    language() === 'en' && element('p', { class: 'detail' }, message), // the graph knows English only
  ];
}
