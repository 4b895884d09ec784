// Who asks: city, office, duty and number, the same wherever they are entered.

import { cityName, knownCities } from '/console/cities.js';
import { field, line, select } from '/console/dialogs/fields.js';
import { element } from '/console/dom.js';
import { term, text } from '/console/language.js';
import { DUTIES, officer, OFFICES } from '/console/officer.js';

/** The fields by the inputs of which they are. */
export const OFFICER_INPUTS = Object.fromEntries(['city', 'office', 'duty', 'id'].map((name) => [`officer.${name}`, `officer-${name}`]));

/**
 * `onChoice` is called after a choice has changed who asks, `onType` after the number was typed in; `wrong` gives the remedy
 * of a field by its id, or null.
 */
export function officerFields({ onChoice, onType, wrong = () => null }) {
  officer.city ??= knownCities()[0] ?? null;
  const choose = (name) => (value) => {
    officer[name] = value;
    onChoice();
  };
  const type = (typed) => {
    officer.id = typed.trim();
    onType();
  };
  return element(
    'fieldset',
    { class: 'pair officer' },
    element('legend', {}, text('officer.title')),
    field('officer-city', text('officer.city'), select('officer-city', named(knownCities(), cityName), officer.city, choose('city')), wrong('officer-city')),
    field('officer-office', text('officer.office'), select('officer-office', named(OFFICES, office), officer.office, choose('office')), wrong('officer-office')),
    field('officer-duty', text('officer.duty'), select('officer-duty', named(DUTIES, duty), officer.duty, choose('duty')), wrong('officer-duty')),
    field('officer-id', text('officer.id'), line({ id: 'officer-id', value: officer.id, onInput: type }), wrong('officer-id')),
  );
}

/** The remedy where nobody has said who asks; null where somebody has. */
export function missingOfficer() {
  return officer.id === '' ? ['officer-id', text('officer.missing')] : null;
}

function named(values, nameOf) {
  return values.map((value) => [value, nameOf(value)]);
}

const office = (value) => term('office', value);
const duty = (value) => term('duty', value);
