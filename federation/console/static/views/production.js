// How far the making of a new card has come, as the issuing city's system shows it.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { moment } from '/console/format.js';
import { term, text } from '/console/language.js';
import { facts, failure, section, source } from '/console/parts.js';

/** Whether an error of the operation's answer is one of its new card. */
export function isOfProduction({ path }) {
  return path?.[1] === 'progress';
}

/** `progress` is a ReplacementProgress, or null where there is none; `errors` say why where its city cannot be asked. */
export function productionOf(progress, errors, askAgain) {
  if (!progress && errors.length === 0) return null;
  const failures = errors.map((error) => failure(error, askAgain));
  const shown = progress && [facts(productionFacts(progress)), steps(progress.steps)];
  return section('production', text('production.title'), failures, shown);
}

function productionFacts({ applicationNumber, batchNumber, bank, newCard, pickUpCity, pickUpPlace, source: said }) {
  const code = (value) => value && element('span', { class: 'code' }, value);
  return [
    [text('production.application'), code(applicationNumber)],
    [text('production.batch'), code(batchNumber) ?? text('production.noBatch')],
    [text('production.bank'), bank?.name],
    [text('production.newCard'), code(newCard?.number) ?? text('production.noCard')],
    [text('replacement.pickUpCity'), pickUpCity && cityName(pickUpCity.code)],
    [text('production.pickUpPlace'), pickUpPlace],
    [text('common.source'), source(said)],
  ];
}

/** The steps reached, newest first. */
function steps(reached) {
  const one = ({ step, at }) =>
    element('li', {}, element('span', { class: 'at' }, moment(at)), element('span', { class: 'step' }, element('strong', {}, term('cardStep', step))));
  return element('ol', { class: 'timeline', reversed: true }, [...reached].reverse().map(one));
}
