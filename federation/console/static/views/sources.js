// Which city was asked for what, and how it ended: a matrix of cities and domains.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { moment, timeOfDay } from '/console/format.js';
import { term, text } from '/console/language.js';
import { section } from '/console/parts.js';

const SERVICES = ['people', 'cards', 'pensions', 'cases'];
const WORST_FIRST = ['refused', 'unavailable', 'timeout', 'stale', 'ok'];

export function sourcesOf(sources) {
  const cities = [...new Set(sources.map((source) => source.city).filter(Boolean))].sort();
  const services = SERVICES.filter((service) => sources.some((source) => source.service === service));
  return section(
    'sources',
    text('sources.title'),
    element(
      'table',
      { class: 'matrix', role: 'table', 'aria-label': text('sources.title') },
      element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, element('td', { role: 'cell' }), services.map(serviceHeader))),
      element('tbody', { role: 'rowgroup' }, cities.map((city) => cityRow(city, services, sources))),
    ),
  );
}

function serviceHeader(service) {
  return element('th', { role: 'columnheader', scope: 'col' }, term('service', service));
}

function cityRow(city, services, sources) {
  const asked = (service) => sources.filter((source) => source.city === city && source.service === service);
  return element(
    'tr',
    { role: 'row' },
    element('th', { 'data-label': text('common.city'), role: 'rowheader', scope: 'row' }, cityName(city)),
    services.map((service) => element('td', { 'data-label': term('service', service), role: 'cell' }, state(worst(asked(service))))),
  );
}

function worst(asked) {
  return WORST_FIRST.map((status) => asked.find((source) => source.status === status)).find(Boolean) ?? null;
}

function state(asked) {
  if (asked === null) return '–';
  const { status, asOf } = asked;
  return element(
    'span',
    {},
    element('span', { class: `dot ${status}`, 'aria-hidden': 'true' }),
    element('span', { class: 'state' }, term('sourceStatus', status)),
    element('span', { class: 'as-of' }, status === 'stale' ? moment(asOf) : timeOfDay(asOf)),
  );
}
