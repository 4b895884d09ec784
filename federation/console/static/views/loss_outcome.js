// What has become of a reported loss: in effect, queued, refused, or a person's work.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { describe } from '/console/failures.js';
import { moment } from '/console/format.js';
import { term, text } from '/console/language.js';
import { badge, facts, source } from '/console/parts.js';

const TONES = { IN_EFFECT: 'good', QUEUED: 'waiting', IN_PRODUCTION: 'waiting', NEEDS_A_PERSON: 'waiting' };

/** `report` is an OperationPayload. */
export function lossOutcome(report) {
  if (!report.operation) return refused(report.errors);
  const { effect, isNew, operation } = report;
  const values = { city: cityName(operation.addresseeCity.code), moment: moment(operation.delivery?.retryAt) };
  const remedy = effect === 'QUEUED' && !operation.delivery?.retryAt ? 'QUEUED_SOON' : effect;
  return [
    element(
      'div',
      { class: `outcome ${TONES[effect] ?? 'bad'}` },
      element('h3', { id: 'outcome', tabindex: -1 }, term('effect', effect)),
      element('p', {}, text(`loss.effects.${remedy}`, values)),
      !isNew && element('p', {}, text('loss.toldBefore')),
    ),
    facts(outcomeFacts(operation)),
  ];
}

function outcomeFacts(operation) {
  const { card, delivery } = operation;
  const changed = operation.function === 'BANK' ? card?.bankFunction : card?.socialFunction;
  return [
    [text('requests.number'), element('span', { class: 'code' }, operation.number)],
    [text('requests.addresseeNumber'), operation.addresseeNumber && element('span', { class: 'code' }, operation.addresseeNumber)],
    [text('requests.function'), term('cardFunction', operation.function)],
    [text('loss.stateNow'), changed && badge('cardStatus', changed.status)],
    [text('loss.endsAt'), moment(changed?.lossExpiresAt ?? delivery?.effectExpiresAt)],
    [text('requests.receipt'), delivery?.receipt && element('span', { class: 'code' }, delivery.receipt)],
    [text('requests.reason'), delivery?.reason && term('deliveryReason', delivery.reason)],
    [text('requests.retryAt'), delivery?.retryAt && moment(delivery.retryAt)],
    [text('common.source'), delivery?.source && source(delivery.source)],
  ];
}

function refused(errors) {
  return element(
    'div',
    { class: 'outcome bad' },
    element('h3', { id: 'outcome', tabindex: -1 }, text('loss.notTaken')),
    errors.map(({ code, message }) => {
      const { what, remedy } = describe({ extensions: { code } });
      return [element('p', {}, `${what} ${remedy} `, element('span', { class: 'code' }, code)), element('p', { class: 'detail', lang: 'en' }, message)];
    }),
  );
}
