// Which operations are listed: kind, state, cities, open or ended, and whose.

import { cityName, knownCities } from '/console/cities.js';
import { field, select } from '/console/dialogs/fields.js';
import { element } from '/console/dom.js';
import { term, text } from '/console/language.js';
import { kindsKnown, statesOf } from '/console/rules.js';

const ANY = '';
const ENDS = { open: { isClosed: false }, overdue: { isClosed: false, isOverdue: true }, ended: { isClosed: true } };

/** A filter that lets everything through. `end` is one of ENDS, `person` `{id, name}`. */
export const EVERYTHING = { kind: ANY, state: ANY, end: ANY, waitsForCity: ANY, requesterCity: ANY, addresseeCity: ANY, person: null };

/** The graph's OperationFilter. */
export function filterInput({ kind, state, end, waitsForCity, requesterCity, addresseeCity, person }) {
  return {
    kinds: kind === ANY ? null : [kind],
    states: state === ANY ? null : [state],
    waitsForCity: waitsForCity || null,
    requesterCity: requesterCity || null,
    addresseeCity: addresseeCity || null,
    personId: person?.id ?? null,
    ...ENDS[end],
  };
}

export function isEverything(filter) {
  return Object.keys(EVERYTHING).every((name) => filter[name] === EVERYTHING[name]);
}

/** The fields of a filter; `onChange` gets the changed one. */
export function filterFields(filter, onChange) {
  const one = (name, label, values, nameOf) => {
    const id = `filter-${name}`;
    const options = [[ANY, text('filter.any')], ...values.map((value) => [value, nameOf(value)])];
    return field(id, label, select(id, options, filter[name], (value) => onChange(changed(filter, name, value))));
  };
  const city = (name, label) => one(name, label, knownCities(), cityName);
  return element(
    'div',
    { class: 'filter', role: 'group', 'aria-label': text('filter.title') },
    one('kind', text('requests.kind'), kindsKnown(), (kind) => term('operationKind', kind)),
    one('state', text('common.state'), statesOf(filter.kind), (state) => term('operationState', state)),
    one('end', text('filter.end'), Object.keys(ENDS), (end) => text(`filter.ends.${end}`)),
    city('waitsForCity', text('board.waitsFor')),
    city('requesterCity', text('requests.requester')),
    city('addresseeCity', text('requests.addressee')),
  );
}

/** Operations of another kind have other states. */
function changed(filter, name, value) {
  const made = { ...filter, [name]: value };
  return statesOf(made.kind).includes(made.state) ? made : { ...made, state: ANY };
}
