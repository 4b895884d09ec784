// Releases a card's function from its loss.

import { cityName } from '/console/cities.js';
import { openCardService } from '/console/dialogs/card_service.js';
import { choices } from '/console/dialogs/fields.js';
import { RELEASE_CARD } from '/console/documents.js';
import { element } from '/console/dom.js';
import { term, text } from '/console/language.js';

/** `functions` are those of the card that can be released, one at least. */
export function openReleaseDialog(app, { holder, card, functions, onTold }) {
  let chosen = functions[0];
  const options = functions.map((value) => ({ value, label: term('cardFunction', value) }));

  openCardService(app, {
    service: 'release',
    holder,
    card: () => card,
    document: () => RELEASE_CARD,
    input: () => ({ function: chosen }),
    first: `release-function-${chosen}`,
    fields,
    onTold,
  });

  function fields(form) {
    const choose = (value) => form.change(() => (chosen = value));
    return [
      element('p', {}, text('release.card', { city: cityName(card.city.code), number: card.number })),
      choices('release-function', text('release.function'), options, chosen, choose),
      element('p', { class: 'hint' }, text('release.hint')),
    ];
  }
}
