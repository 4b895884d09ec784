// Applies for a new card in place of one: why, and where its holder fetches it.

import { cityName, knownCities } from '/console/cities.js';
import { openCardService } from '/console/dialogs/card_service.js';
import { choices, field, select } from '/console/dialogs/fields.js';
import { REQUEST_REPLACEMENT } from '/console/documents.js';
import { element } from '/console/dom.js';
import { term, text } from '/console/language.js';
import { officer } from '/console/officer.js';

/** `kinds` are those that the card's state allows, one at least. */
export function openReplacementDialog(app, { holder, card, kinds, onTold }) {
  const chosen = { kind: kinds[0], pickUpCity: null };
  const options = kinds.map((value) => ({ value, label: term('replacementKind', value) }));
  const pickUpCity = () => chosen.pickUpCity ?? officer.city;

  openCardService(app, {
    service: 'replacement',
    holder,
    card: () => card,
    document: () => REQUEST_REPLACEMENT,
    input: () => ({ kind: chosen.kind, pickUpCity: pickUpCity() }),
    inputs: () => ({ pickUpCity: 'pick-up-city' }),
    first: `replacement-kind-${chosen.kind}`,
    fields,
    onTold,
  });

  function fields(form) {
    officer.city ??= knownCities()[0] ?? null;
    const choose = (name) => (value) => form.change(() => (chosen[name] = value));
    const cities = knownCities().map((code) => [code, cityName(code)]);
    return [
      element('p', {}, text('replacement.card', { city: cityName(card.city.code), number: card.number })),
      choices('replacement-kind', text('replacement.kind'), options, chosen.kind, choose('kind')),
      element('p', { class: 'hint' }, text(`replacement.hints.${chosen.kind}`)),
      field('pick-up-city', text('replacement.pickUpCity'), select('pick-up-city', cities, pickUpCity(), choose('pickUpCity'))),
    ];
  }
}
