// Whose card it is by the issuing city's register; where that is another name than the page's, somebody has to confirm it.

import { cityName } from '/console/cities.js';
import { confirmation } from '/console/dialogs/fields.js';
import { element } from '/console/dom.js';
import { text } from '/console/language.js';
import { isNamedBy, isOtherName, nameIn } from '/console/names.js';

const FIELD = 'holder-confirmed';

/** `{fields(form), check()}` of a dialog about a card of the city that `city()` gives. What is confirmed is one city's name. */
export function holderOf(person, city) {
  let confirmed = null;
  const isConfirmed = () => confirmed === city();

  return {
    fields: (form) => [
      element('p', { id: 'holder' }, shown(person, city())),
      isOtherName(city(), person) && confirm(form),
    ],
    check: () => (isOtherName(city(), person) && !isConfirmed() ? [FIELD, text('holder.unconfirmed')] : null),
  };

  function confirm(form) {
    const label = text('holder.confirm', { name: nameIn(city(), person), other: person.name ?? text('person.nameless') });
    const choose = (isChecked) => form.change(() => (confirmed = isChecked ? city() : null));
    return confirmation(FIELD, label, isConfirmed(), choose, form.wrong(FIELD));
  }
}

function shown(person, city) {
  const name = element('strong', {}, nameIn(city, person) || text('person.nameless'));
  const said = isNamedBy(city, person) ? 'holder.named' : 'holder.unnamed';
  return [text('holder.title'), ' ', name, ' ', element('span', { class: 'detail' }, text(said, { city: cityName(city) }))];
}
