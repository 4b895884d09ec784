// A list of operations, the newest first: filtered, a page at a time.

import { cityName } from '/console/cities.js';
import { OPERATIONS } from '/console/documents.js';
import { element, replace } from '/console/dom.js';
import { moment } from '/console/format.js';
import { ask, keepShown } from '/console/graph.js';
import { term, text } from '/console/language.js';
import { badge, failure, loading, missedOf, section } from '/console/parts.js';
import { EVERYTHING, filterFields, filterInput, isEverything } from '/console/views/operation_filter.js';

const PAGE = 20;
const MOST = 200; // in one answer, as the graph gives them

/** `chosen()` is the number of the operation that is followed, `onChoose` gets another. */
export function createOperationList(app, { chosen, onChoose }) {
  // `answer` holds the pages that were asked for as one; null while another list is asked for.
  const state = { filter: EVERYTHING, answer: null };

  return { render, load, take, show: () => replace(render()), focus };

  /** Begin the list anew. */
  function take(filter) {
    Object.assign(state, { filter: { ...EVERYTHING, ...filter }, answer: null });
  }

  /** The list as it is now, as far as it was shown. */
  async function load() {
    const { filter } = state;
    const shown = state.answer?.data?.operations?.nodes.length ?? 0;
    const answer = await ask(OPERATIONS, { filter: filterInput(filter), first: Math.min(Math.max(shown, PAGE), MOST) });
    if (filter !== state.filter) return; // others are asked for by now
    state.answer = keepShown(state.answer, answer, 'operations');
    replace(render());
  }

  async function loadMore() {
    const { filter, answer: before } = state;
    const { nodes, pageInfo } = before.data.operations;
    const answer = await ask(OPERATIONS, { filter: filterInput(filter), first: PAGE, after: pageInfo.endCursor });
    if (before !== state.answer) return; // it has begun anew meanwhile
    const more = answer.data?.operations;
    state.answer = more ? { ...answer, data: { operations: { ...more, nodes: [...nodes, ...more.nodes] } } } : keepShown(before, answer, 'operations');
    replace(render());
    if (!more?.nodes.length) return;
    document.getElementById(`choose-${more.nodes[0].number}`)?.focus();
    app.announce(countOf(state.answer.data.operations));
  }

  async function change(filter) {
    take(filter);
    replace(render());
    await load();
    const operations = state.answer?.data?.operations;
    if (operations) app.announce(countOf(operations));
  }

  function focus() {
    document.getElementById('operations-title')?.focus();
  }

  function render() {
    const { filter } = state;
    const made = section(
      'operations',
      text(isEverything(filter) ? 'requests.newest' : 'filter.chosen'),
      filterFields(filter, change),
      filter.person && element('p', {}, text('filter.person', { name: filter.person.name ?? text('person.nameless') })),
      !isEverything(filter) && element('button', { id: 'filter-clear', type: 'button', class: 'quiet', onclick: clear }, text('filter.clear')),
      listed(),
    );
    made.querySelector('h2').tabIndex = -1;
    return made;
  }

  function clear() {
    change(EVERYTHING);
    focus();
  }

  function listed() {
    if (state.answer === null) return loading(text('common.asking'));
    const { data, errors } = state.answer;
    if (!data?.operations) return errors.map((error) => failure(error, load));
    const { nodes, pageInfo } = data.operations;
    const none = () => element('p', { class: 'empty' }, text(isEverything(state.filter) ? 'requests.none' : 'filter.none'));
    return [
      missedOf(state.answer, load),
      nodes.length === 0 ? none() : [element('p', { class: 'hint' }, countOf(data.operations)), element('ul', { class: 'chooser' }, nodes.map(item))],
      pageInfo.hasNextPage && element('button', { id: 'list-more', type: 'button', onclick: loadMore }, text('filter.more')),
    ];
  }

  function item(operation) {
    const cities = text('requests.fromTo', { from: cityName(operation.requesterCity.code), to: cityName(operation.addresseeCity.code) });
    const attributes = {
      id: `choose-${operation.number}`,
      type: 'button',
      'aria-current': operation.number === chosen() ? 'true' : null,
      onclick: () => onChoose(operation.number),
    };
    return element(
      'li',
      {},
      element(
        'button',
        attributes,
        element('span', { class: 'kind' }, term('operationKind', operation.kind)),
        badge('operationState', operation.state),
        element('span', { class: 'detail' }, element('span', { class: 'code' }, operation.number)),
        element('span', { class: 'detail' }, `${cities} · ${moment(operation.updatedAt)}`),
      ),
    );
  }
}

function countOf({ nodes, totalCount }) {
  return text('filter.count', { shown: nodes.length, count: totalCount });
}
