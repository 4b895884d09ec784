// A person's name as each city's register writes it, and where that is another name than the one the page goes by.

import { cityName } from '/console/cities.js';
import { text } from '/console/language.js';
import { notice } from '/console/parts.js';

/** The name as the city writes it, which its systems compare with theirs; where it writes none, the person's. */
export function nameIn(city, { name, records }) {
  return recordedName(city, records) ?? name ?? '';
}

/** Whether the city's register says a name of its own. */
export function isNamedBy(city, { records }) {
  return recordedName(city, records) !== null;
}

/** Whether the city's register knows the person's number under another name. */
export function isOtherName(city, person) {
  return spelling(nameIn(city, person)) !== spelling(person.name ?? '');
}

/**
 * The registers that know the number under another name than the person's, said as a conflict; null where none does. It is an
 * alert where nobody reads on from it by themselves.
 */
export function conflictOf(person, remedy, isAlert = false) {
  const others = (person.records ?? []).filter(({ city }) => isOtherName(city.code, person));
  if (others.length === 0) return null;
  const names = [...new Set(others.map(({ city, name }) => text('conflict.one', { city: cityName(city.code), name })))];
  return notice('bad', text('conflict.title', { name: person.name ?? text('person.nameless') }), `${names.join(' ')} ${remedy}`, null, isAlert);
}

function recordedName(city, records) {
  const found = (records ?? []).filter((each) => each.city.code === city && each.name);
  return found[0]?.name ?? null;
}

/** Registers write the dot within a name with different characters, and spaces as they like. */
function spelling(name) {
  return name.normalize('NFKC').replace(/[•・‧∙]/g, '·').replace(/\s/g, '');
}
