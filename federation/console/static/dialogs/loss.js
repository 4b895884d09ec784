// Reports a card's loss: which card, which function, for a time or formally.

import { cityName, knownCities } from '/console/cities.js';
import { openCardService } from '/console/dialogs/card_service.js';
import { choices, field, line, select } from '/console/dialogs/fields.js';
import { REPORT_LOSS } from '/console/documents.js';
import { element } from '/console/dom.js';
import { text } from '/console/language.js';
import { wayLeft } from '/console/parts.js';
import { missingCapability } from '/console/rules.js';

const CAPABILITY = { TEMPORARY: 'card_temporary_loss', FORMAL: 'card_formal_loss' };
const UNSEEN = '-1'; // a card that its city could not be asked for

/**
 * `holder` is `{person, idNumber}`; `card` may be null where its `city` could not be asked: then its number is entered.
 * `onTold` is called when something may have changed.
 */
export function openLossDialog(app, { holder, city, card, onTold }) {
  const cards = holder.person.cards ?? [];
  const unseen = { city: { code: city }, number: '', bankFunction: {} };
  const chosen = { place: String(cards.indexOf(card)), function: 'SOCIAL', kind: 'TEMPORARY' };
  const isUnseen = () => chosen.place === UNSEEN;
  const chosenCard = () => (isUnseen() ? unseen : cards[Number(chosen.place)]);

  openCardService(app, {
    service: 'loss',
    holder,
    card: chosenCard,
    document: () => REPORT_LOSS[chosen.kind],
    input: () => ({ function: chosen.function }),
    first: card === null ? 'unseen-number' : 'loss-card',
    fields,
    inputs: () => ({ cardNumber: isUnseen() ? 'unseen-number' : 'loss-card' }),
    check: () => (isUnseen() && unseen.number === '' ? ['unseen-number', text('loss.numberMissing')] : null),
    onTold,
  });

  function fields(form) {
    const choose = (name) => (value) => form.change(() => (chosen[name] = value));
    return [
      field('loss-card', text('loss.card'), cardChoice(form), form.wrong('loss-card')),
      isUnseen() && unseenCard(form),
      choices('loss-function', text('loss.function'), functions(), chosen.function, choose('function')),
      choices('loss-kind', text('loss.kind'), named('kinds', ['TEMPORARY', 'FORMAL']), chosen.kind, choose('kind')),
      element('p', { class: 'hint', id: 'loss-kind-hint' }, text(`loss.hints.${chosen.kind}`)),
      missing(),
    ];
  }

  function cardChoice(form) {
    const options = cards.map((each, place) => [String(place), `${cityName(each.city.code)} · ${each.number}`]);
    const onChoice = (place) => form.change(() => Object.assign(chosen, { place, function: 'SOCIAL' }));
    return select('loss-card', [...options, [UNSEEN, text('loss.unseen')]], chosen.place, onChoice);
  }

  function unseenCard(form) {
    const cities = knownCities().map((code) => [code, cityName(code)]);
    const setCity = (code) => form.change(() => (unseen.city = { code }));
    const setNumber = (typed) => form.type(() => (unseen.number = typed.normalize('NFKC').trim().toUpperCase()));
    return element(
      'div',
      { class: 'pair' },
      field('unseen-city', text('loss.issuingCity'), select('unseen-city', cities, unseen.city.code, setCity)),
      field('unseen-number', text('cards.number'), line({ id: 'unseen-number', value: unseen.number, onInput: setNumber }), form.wrong('unseen-number')),
    );
  }

  function functions() {
    const hasAccount = chosenCard().bankFunction !== null;
    return named('functions', ['SOCIAL', 'BANK']).map((each) => ({ ...each, isDisabled: each.value === 'BANK' && !hasAccount }));
  }

  function named(group, values) {
    return values.map((value) => ({ value, label: text(`loss.${group}.${value}`) }));
  }

  /** Said beforehand where the issuing city's system does not do it on request. */
  function missing() {
    const { code } = chosenCard().city;
    const capability = missingCapability(code, CAPABILITY[chosen.kind], chosen.function);
    return capability && wayLeft(text('loss.notOffered', { city: cityName(code) }), capability, text('loss.notOfferedRemedy'));
  }
}
