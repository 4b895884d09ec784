// A card, a pension, a case, an employer as an operation names them, with what their city says where it has been asked.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { yuan } from '/console/format.js';
import { term, text } from '/console/language.js';
import { badge } from '/console/parts.js';

/** `cardFunction` is the one that is decided on. Null where there is no card; so all of these. */
export function cardPart(card, cardFunction) {
  if (!card) return null;
  const found = cardFunction === 'BANK' ? card.bankFunction : card.socialFunction;
  return part(card.city, card.number, [found && badge('cardStatus', found.status, found.statusRaw)]);
}

export function pensionPart(pension) {
  if (!pension) return null;
  const { scheme, schemeRaw, status, statusRaw, monthlyAmount, certification } = pension;
  return part(pension.city, pension.pensionNumber, [
    status && badge('pensionStatus', status, statusRaw),
    scheme && detail(scheme === 'UNKNOWN' && schemeRaw ? text('common.unmapped', { raw: schemeRaw }) : term('pensionScheme', scheme)),
    monthlyAmount && detail(`${text('pensions.monthly')}: ${yuan(monthlyAmount.yuan)}`),
    certification?.dueOn && detail(`${text('pensions.certification')}: ${text('pensions.dueOn', { day: certification.dueOn })}`),
  ]);
}

export function casePart(found, kind) {
  if (!found) return null;
  return part(found.city, found.caseNumber, [
    found.status && badge('caseStatus', found.status, found.statusRaw),
    detail(term('caseKind', kind)),
    found.subject && detail(found.subject),
    found.employer?.name && detail(found.employer.name),
    found.openedOn && detail(`${text('cases.opened')}: ${found.openedOn}`),
  ]);
}

export function employerPart(employer) {
  if (!employer) return null;
  return element('span', { class: 'part' }, employer.name, element('span', { class: 'code' }, employer.creditCode));
}

function part(city, number, said) {
  return element('span', { class: 'part' }, `${cityName(city.code)} · `, element('span', { class: 'code whole' }, number), said);
}

function detail(words) {
  return element('span', { class: 'detail' }, words);
}
