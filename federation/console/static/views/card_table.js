// A person's cards over all cities, with what can be done about each.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { day, moment } from '/console/format.js';
import { text } from '/console/language.js';
import { badge } from '/console/parts.js';
import { servicesOf } from '/console/views/card_services.js';
import { CITY, listed, SOURCE } from '/console/views/person_tables.js';

/**
 * `operations` are the person's, null where they are not known. `onReport` gets the city and, where the card is known, the
 * card; `onRelease` the card and its functions to release, `onReplace` the card and the kinds of a new one.
 */
export function cardsOf(cards, operations, { onReport, onRelease, onReplace, ...shared }) {
  const services = new Map((cards ?? []).map((card) => [card, servicesOf(card, operations)]));
  const actions = (card) => {
    const { canReport, releases, replacements } = services.get(card);
    const buttons = [
      canReport && button('report', card, () => onReport(card.city.code, card)),
      releases.length > 0 && button('release', card, () => onRelease(card, releases)),
      replacements.length > 0 && button('replace', card, () => onReplace(card, replacements)),
    ];
    return buttons.some(Boolean) ? element('span', { class: 'stacked' }, buttons) : null;
  };
  const columns = [
    CITY,
    { label: () => text('cards.number'), cell: (card) => element('span', { class: 'code' }, card.number) },
    { label: () => text('cards.social'), cell: (card) => cardFunction(card.socialFunction) },
    { label: () => text('cards.bank'), cell: (card) => cardFunction(card.bankFunction) },
    { label: () => text('cards.issued'), cell: (card) => day(card.issuedOn) },
    { label: () => text('cards.expires'), cell: (card) => day(card.expiresOn) },
    SOURCE,
    { label: () => text('cards.action'), kind: 'action', cell: actions },
  ];
  const gapAction = (city) =>
    element(
      'button',
      { id: `report-${city}`, type: 'button', onclick: () => onReport(city, null) },
      text('cards.reportUnseen', { city: cityName(city) }),
    );
  const section = listed('cards', cards, columns, { ...shared, gapAction });
  section.append(...[...services.values()].flatMap(({ notes }) => notes).flat().filter(Boolean));
  return section;
}

function button(service, card, onclick) {
  const label = text(`cards.${service}Of`, { city: cityName(card.city.code), number: card.number });
  const attributes = { id: `${service}-${card.city.code}-${card.number}`, type: 'button', 'aria-label': label, onclick };
  return element('button', attributes, text(`cards.${service}`));
}

function cardFunction(found) {
  if (found === null) return text('cards.noAccount');
  const detail = found.lossExpiresAt
    ? text('cards.endsAt', { moment: moment(found.lossExpiresAt) })
    : found.bank?.name;
  return element('span', { class: 'stacked' }, badge('cardStatus', found.status, found.statusRaw), detail && element('span', { class: 'detail' }, detail));
}
