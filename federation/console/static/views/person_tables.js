// The sections of a person: each a table over all cities, with its sources and the cities whose share is missing.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { day, moment, yuan } from '/console/format.js';
import { term, text } from '/console/language.js';
import { maskDate } from '/console/masking.js';
import { badge, failure, loading, notice, section, source } from '/console/parts.js';
import { table } from '/console/tables.js';

const CITY = { label: () => text('common.city'), kind: 'city', cell: (row) => cityName(row.city.code) };
const SOURCE = {
  label: () => text('common.source'),
  kind: 'source-column',
  cell: (row, staleCities) => source(row.source, staleCities.has(row.city.code)),
};

/** A section with a table; `rows` null means that nobody could be asked. */
function listed(id, rows, columns, { gaps, staleCities, gapAction }) {
  const title = text(`${id}.title`);
  const missing = [...gaps, ...rememberedAsNone(rows ?? [], gaps, staleCities)];
  if (rows === null && missing.length === 0) {
    return section(id, title, notice('bad', text('common.nobodyAsked'), text('common.nobodyAskedRemedy')));
  }
  const named = columns.map((column) => ({ ...column, label: column.label(), cell: (row) => column.cell(row, staleCities) }));
  return section(id, title, table({ label: title, columns: named, rows: rows ?? [], gaps: missing, gapAction, empty: text(`${id}.empty`) }));
}

/** The cities whose last known answer has no record: nothing else of it would be seen. */
function rememberedAsNone(rows, gaps, staleCities) {
  const told = new Set([...rows.map((row) => row.city.code), ...gaps.map((gap) => gap.city)]);
  return [...staleCities].filter(([city]) => !told.has(city)).map(([city, asOf]) => ({ city, asOf }));
}

/** `onReport` gets the city and, where the card is known, the card. */
export function cardsOf(cards, { onReport, ...shared }) {
  const columns = [
    CITY,
    { label: () => text('cards.number'), cell: (card) => element('span', { class: 'code' }, card.number) },
    { label: () => text('cards.social'), cell: (card) => cardFunction(card.socialFunction) },
    { label: () => text('cards.bank'), cell: (card) => cardFunction(card.bankFunction) },
    { label: () => text('cards.issued'), cell: (card) => day(card.issuedOn) },
    { label: () => text('cards.expires'), cell: (card) => day(card.expiresOn) },
    SOURCE,
    { label: () => text('cards.action'), kind: 'action', cell: (card) => reportButton(card, onReport) },
  ];
  const gapAction = (city) =>
    element(
      'button',
      { id: `report-${city}`, type: 'button', onclick: () => onReport(city, null) },
      text('cards.reportUnseen', { city: cityName(city) }),
    );
  return listed('cards', cards, columns, { ...shared, gapAction });
}

function cardFunction(found) {
  if (found === null) return text('cards.noAccount');
  const detail = found.lossExpiresAt
    ? text('cards.endsAt', { moment: moment(found.lossExpiresAt) })
    : found.bank?.name;
  return element('span', { class: 'stacked' }, badge('cardStatus', found.status, found.statusRaw), detail && element('span', { class: 'detail' }, detail));
}

function reportButton(card, onReport) {
  if ([card.socialFunction, card.bankFunction].every((each) => each === null || each.status === 'CANCELLED')) return null;
  const label = text('cards.reportOf', { city: cityName(card.city.code), number: card.number });
  const attributes = { id: `report-${card.city.code}-${card.number}`, type: 'button', 'aria-label': label };
  return element('button', { ...attributes, onclick: () => onReport(card.city.code, card) }, text('cards.report'));
}

export function pensionsOf(pensions, shared) {
  const columns = [
    CITY,
    { label: () => text('pensions.number'), cell: (pension) => element('span', { class: 'code' }, pension.pensionNumber) },
    { label: () => text('pensions.scheme'), cell: (pension) => scheme('pensionScheme', pension) },
    { label: () => text('common.state'), cell: (pension) => badge('pensionStatus', pension.status, pension.statusRaw) },
    { label: () => text('pensions.monthly'), kind: 'number', cell: (pension) => yuan(pension.monthlyAmount?.yuan) },
    { label: () => text('pensions.certification'), cell: (pension) => certification(pension.certification) },
    SOURCE,
  ];
  return listed('pensions', pensions, columns, shared);
}

function certification({ status, dueOn }) {
  const until = dueOn && element('span', { class: 'detail' }, text('pensions.dueOn', { day: dueOn }));
  return element('span', { class: 'stacked' }, badge('certificationStatus', status), until);
}

function scheme(group, row) {
  return row.scheme === 'UNKNOWN' && row.schemeRaw ? text('common.unmapped', { raw: row.schemeRaw }) : term(group, row.scheme);
}

export function casesOf(cases, shared) {
  const columns = [
    CITY,
    { label: () => text('cases.number'), cell: (found) => element('span', { class: 'code' }, found.caseNumber) },
    { label: () => text('cases.kind'), cell: caseKind },
    { label: () => text('common.state'), cell: (found) => badge('caseStatus', found.status, found.statusRaw) },
    { label: () => text('cases.employer'), cell: (found) => found.employer?.name },
    { label: () => text('cases.opened'), cell: (found) => day(found.openedOn) },
    { label: () => text('cases.closed'), cell: (found) => day(found.closedOn) },
    SOURCE,
  ];
  return listed('cases', cases, columns, shared);
}

function caseKind(found) {
  const grade = found.disabilityGrade ? text('cases.grade', { grade: found.disabilityGrade }) : found.subject;
  return element('span', { class: 'stacked' }, term('caseKind', found.__typename), grade && element('span', { class: 'detail' }, grade));
}

export function insurancesOf(insurances, shared) {
  const columns = [
    CITY,
    { label: () => text('insurances.scheme'), cell: (insurance) => scheme('insuranceScheme', insurance) },
    { label: () => text('common.state'), cell: (insurance) => badge('insuranceStatus', insurance.status, insurance.statusRaw) },
    { label: () => text('insurances.started'), cell: (insurance) => day(insurance.startedOn) },
    { label: () => text('insurances.ended'), cell: (insurance) => insurance.endedOn ?? text('insurances.goesOn') },
    SOURCE,
  ];
  return listed('insurances', insurances, columns, shared);
}

export function recordsOf(records, { isOpen, ...shared }) {
  const birth = (record) => (isOpen ? day(record.birthDate) : maskDate(record.birthDate));
  const columns = [
    CITY,
    { label: () => text('records.name'), cell: (record) => record.name },
    { label: () => text('person.birthDate'), cell: birth },
    { label: () => text('person.sex'), cell: (record) => term('sex', record.sex) },
    { label: () => text('person.lifeStatus'), cell: (record) => badge('lifeStatus', record.lifeStatus) },
    { label: () => text('records.updated'), cell: (record) => moment(record.updatedAt) },
    SOURCE,
  ];
  const found = listed('records', records, columns, shared);
  if (disagree(records ?? [])) found.append(notice('waiting', text('records.disagree'), text('records.disagreeRemedy')));
  return found;
}

function disagree(records) {
  return ['name', 'birthDate', 'sex'].some((field) => new Set(records.map((record) => record[field]).filter(Boolean)).size > 1);
}

/** Cross-city operations about the person; `answer` is null while they are asked for. */
export function requestsOf(answer, { onFollow, askAgain }) {
  const title = text('personRequests.title');
  const id = 'person-requests';
  if (answer === null) return section(id, title, loading(text('common.asking')));
  const nodes = answer.data?.operations?.nodes;
  if (!nodes) return section(id, title, answer.errors.map((error) => failure(error, askAgain)));
  const follow = (row) =>
    element('button', { id: `follow-${row.number}`, type: 'button', 'aria-label': text('requests.followOne', { number: row.number }), onclick: () => onFollow(row.number) }, text('requests.follow'));
  const columns = [
    { label: text('requests.number'), cell: (row) => element('span', { class: 'code' }, row.number) },
    { label: text('requests.kind'), cell: (row) => term('operationKind', row.kind) },
    { label: text('common.state'), cell: (row) => badge('operationState', row.state) },
    { label: text('requests.requester'), cell: (row) => cityName(row.requesterCity.code) },
    { label: text('requests.addressee'), cell: (row) => cityName(row.addresseeCity.code) },
    { label: text('requests.updated'), cell: (row) => moment(row.updatedAt) },
    { label: text('requests.action'), kind: 'action', cell: follow },
  ];
  return section(id, title, table({ label: title, columns, rows: nodes, empty: text('personRequests.empty') }));
}
