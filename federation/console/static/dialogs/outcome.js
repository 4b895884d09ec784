// What has become of a card's request: in effect, queued, in production, refused, or a person's work.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { moment } from '/console/format.js';
import { term, text } from '/console/language.js';
import { badge, facts, nextTry, source } from '/console/parts.js';

const TONES = { IN_EFFECT: 'good', QUEUED: 'waiting', IN_PRODUCTION: 'waiting', TAKEN_UP: 'waiting', NEEDS_A_PERSON: 'waiting', HANDLED_BY_OFFICERS: 'good' };

/** `payload` is an OperationPayload with its operation; `service` names the texts: loss, release or replacement. */
export function serviceOutcome(service, { effect, isNew, operation }) {
  const values = { city: cityName(operation.addresseeCity.code), moment: moment(operation.delivery?.retryAt) };
  return [
    element(
      'div',
      { class: `outcome ${TONES[effect] ?? 'bad'}` },
      element('h3', { id: 'outcome', tabindex: -1 }, term('effect', effect)),
      element('p', {}, sentence(service, effect, operation, values)),
      !isNew && element('p', {}, text('request.toldBefore')),
    ),
    facts(outcomeFacts(operation)),
  ];
}

function sentence(service, effect, { delivery }, values) {
  if (effect === 'IN_EFFECT') return text(`${service}.inEffect`, values);
  const isSoon = effect === 'QUEUED' && !delivery?.retryAt;
  return text(`request.effects.${isSoon ? 'QUEUED_SOON' : effect}`, values);
}

function outcomeFacts(operation) {
  const { card, delivery } = operation;
  const isReplacement = operation.kind === 'REPLACEMENT'; // of the whole card
  const changed = operation.function === 'BANK' ? card?.bankFunction : card?.socialFunction;
  return [
    [text('requests.number'), element('span', { class: 'code' }, operation.number)],
    [text('requests.addresseeNumber'), operation.addresseeNumber && element('span', { class: 'code' }, operation.addresseeNumber)],
    [text('requests.function'), operation.function && !isReplacement ? term('cardFunction', operation.function) : null],
    [text('request.stateNow'), changed && badge('cardStatus', changed.status)],
    [text('request.endsAt'), moment(changed?.lossExpiresAt ?? delivery?.effectExpiresAt)],
    [text('requests.receipt'), delivery?.receipt && element('span', { class: 'code' }, delivery.receipt)],
    [text('requests.reason'), delivery?.reason && term('deliveryReason', delivery.reason)],
    [nextTry(operation), delivery?.retryAt && moment(delivery.retryAt)],
    [text('common.source'), delivery?.source && source(delivery.source)],
  ];
}
