// Lists of records, a row each; on narrow screens a row becomes a block whose cells carry their column's name.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { describe } from '/console/failures.js';
import { moment } from '/console/format.js';
import { text } from '/console/language.js';

/**
 * `columns` are `{label, cell: (row) => content, kind?}`, `kind` a class of tables.css; the first names the row. `gaps` are
 * the cities whose share is missing, `{city, error}`, or last known to hold nothing, `{city, asOf}`, with what `gapAction`
 * gives for each. `empty` is said when there is neither. A table of few, short columns `isKept` as it is on narrow screens.
 */
export function table({ label, columns, rows, gaps = [], empty, gapAction = () => null, isKept = false }) {
  if (rows.length === 0 && gaps.length === 0) return element('p', { class: 'empty' }, empty);
  return element(
    'table',
    { role: 'table', 'aria-label': label, class: isKept ? 'kept' : null },
    element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, columns.map(headerCell))),
    element(
      'tbody',
      { role: 'rowgroup' },
      rows.map((row) => element('tr', { role: 'row' }, columns.map((column, place) => bodyCell(column, row, place)))),
      gaps.map((gap) => gapRow(gap, columns.length, gapAction(gap.city))),
    ),
  );
}

function headerCell({ label, kind }) {
  return element('th', { role: 'columnheader', scope: 'col', class: kind }, label);
}

function bodyCell({ label, cell, kind }, row, place) {
  const attributes = { 'data-label': label, class: kind };
  const content = cell(row) ?? '–';
  if (place === 0) return element('th', { ...attributes, role: 'rowheader', scope: 'row' }, content);
  return element('td', { ...attributes, role: 'cell' }, content);
}

function gapRow({ city, error, asOf }, width, action) {
  return element(
    'tr',
    { role: 'row', class: 'gap' },
    element('th', { role: 'rowheader', scope: 'row' }, cityName(city)),
    element(
      'td',
      { role: 'cell', colspan: width - 1 },
      error ? reason(error) : text('common.lastKnownNone', { moment: moment(asOf) }),
      action && [' ', action],
    ),
  );
}

function reason(error) {
  const { what, remedy, code } = describe(error);
  return [element('strong', {}, what), ` ${remedy} `, element('span', { class: 'code' }, code)];
}
