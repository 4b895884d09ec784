// Controls under their labels, each with what is wrong about it.

import { element } from '/console/dom.js';

/** A control under its label; `remedy` says what is wrong with it, null where nothing is. */
export function field(id, label, control, remedy = null) {
  const error = `${id}-error`;
  if (remedy !== null) {
    control.setAttribute('aria-invalid', 'true');
    control.setAttribute('aria-describedby', error);
  }
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, label),
    control,
    remedy !== null && element('p', { id: error, class: 'hint bad', role: 'alert' }, remedy),
  );
}

/** A line of text; `onInput` gets what was typed. */
export function line({ id, value, longest = 40, onInput }) {
  return element('input', { id, value, maxlength: longest, ...PRIVATE, oninput: (event) => onInput(event.target.value) });
}

/** Several lines of text. */
export function lines({ id, value, longest = 500, rows = 3, onInput }) {
  return element('textarea', { id, value, rows, maxlength: longest, ...PRIVATE, oninput: (event) => onInput(event.target.value) });
}

/** Citizens' data is neither kept for the next time nor sent to a speller. */
const PRIVATE = { autocomplete: 'off', spellcheck: 'false' };

/** Something that somebody has to confirm before it is sent. */
export function confirmation(id, label, isChecked, onChoice, remedy = null) {
  const control = element('input', { type: 'checkbox', id, checked: isChecked, onchange: (event) => onChoice(event.target.checked) });
  const made = field(id, label, control, remedy);
  made.classList.add('confirmation');
  return made;
}

/** One of `options`, pairs of value and label. */
export function select(id, options, selected, onChoice) {
  const one = ([value, label]) => element('option', { value, selected: value === selected }, label);
  return element('select', { id, onchange: (event) => onChoice(event.target.value) }, options.map(one));
}

/** One of `options`, `{value, label, isDisabled}`, all of them in sight; their ids are `${id}-${value}`. */
export function choices(id, legend, options, chosen, onChoice) {
  const one = ({ value, label, isDisabled = false }) =>
    element(
      'label',
      { class: 'choice' },
      element('input', {
        type: 'radio',
        id: `${id}-${value}`,
        name: id,
        value,
        checked: value === chosen,
        disabled: isDisabled,
        onchange: () => onChoice(value),
      }),
      label,
    );
  return element('fieldset', { class: 'choices' }, element('legend', {}, legend), options.map(one));
}
