// The sections of a person: each a table over all cities, with its sources and the cities whose share is missing.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { day, moment, yuan } from '/console/format.js';
import { term, text } from '/console/language.js';
import { maskDate } from '/console/masking.js';
import { badge, notice, section, source } from '/console/parts.js';
import { table } from '/console/tables.js';

export const CITY = { label: () => text('common.city'), kind: 'city', cell: (row) => cityName(row.city.code) };
export const SOURCE = {
  label: () => text('common.source'),
  kind: 'source-column',
  cell: (row, staleCities) => source(row.source, staleCities.has(row.city.code)),
};

/** A section with a table; `rows` null means that nobody could be asked. */
export function listed(id, rows, columns, { gaps, staleCities, gapAction }) {
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

/** `onEntrust` gets an injury case that another city is to look into. */
export function casesOf(cases, { onEntrust, ...shared }) {
  const columns = [
    CITY,
    { label: () => text('cases.number'), cell: (found) => element('span', { class: 'code' }, found.caseNumber) },
    { label: () => text('cases.kind'), cell: caseKind },
    { label: () => text('common.state'), cell: (found) => badge('caseStatus', found.status, found.statusRaw) },
    { label: () => text('cases.employer'), cell: (found) => found.employer?.name },
    { label: () => text('cases.opened'), cell: (found) => day(found.openedOn) },
    { label: () => text('cases.closed'), cell: (found) => day(found.closedOn) },
    SOURCE,
    { label: () => text('cards.action'), kind: 'action', cell: (found) => entrustButton(found, onEntrust) },
  ];
  return listed('cases', cases, columns, shared);
}

function entrustButton(found, onEntrust) {
  if (found.__typename !== 'WorkInjuryCase') return null;
  const label = text('cases.entrustOf', { number: found.caseNumber });
  const attributes = { id: `entrust-${found.city.code}-${found.caseNumber}`, type: 'button', 'aria-label': label };
  return element('button', { ...attributes, onclick: () => onEntrust(found) }, text('cases.entrust'));
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
