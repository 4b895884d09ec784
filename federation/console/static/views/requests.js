// Cross-city operations: the newest of them, and one followed as it goes on.

import { cityName } from '/console/cities.js';
import { OPERATION, OPERATIONS } from '/console/documents.js';
import { element, replace } from '/console/dom.js';
import { ask } from '/console/graph.js';
import { moment } from '/console/format.js';
import { term, text } from '/console/language.js';
import { badge, failure, loading, notice, section } from '/console/parts.js';
import { watchOperation } from '/console/watch.js';
import { operationDetails } from '/console/views/operation.js';

const LISTED = 20;

export function createRequestsView(app) {
  // `followed` is what was answered of the operation with `number`; null while it is asked for the first time.
  const state = { number: '', typed: '', list: null, followed: null, isAsked: false };
  let stopWatching = null;

  return { render, enter, leave, take: (number) => Object.assign(state, { number, typed: number, followed: null }) };

  function enter() {
    loadList();
    if (state.number !== '') follow(state.number);
    else document.getElementById('number')?.focus();
  }

  function leave() {
    stopWatching?.();
    stopWatching = null;
  }

  function render() {
    return [
      element('h1', { class: 'unseen' }, text('requests.title')),
      searchForm(),
      element('div', { class: 'two-columns' }, details(), list()),
    ];
  }

  function searchForm() {
    return element(
      'form',
      { class: 'search', onsubmit: submit, autocomplete: 'off', novalidate: true },
      element('label', { for: 'number' }, text('requests.numberOf')),
      element('input', {
        id: 'number',
        value: state.typed,
        oninput: (event) => (state.typed = event.target.value),
        autocomplete: 'off',
        spellcheck: 'false',
        maxlength: 40,
        'aria-describedby': 'number-hint',
      }),
      element('button', { id: 'follow', type: 'submit', class: 'main' }, text('requests.follow')),
      element('p', { id: 'number-hint', class: 'hint' }, text('requests.hint')),
    );
  }

  function submit(event) {
    event.preventDefault();
    const number = state.typed.trim();
    if (number !== '') follow(number);
  }

  async function follow(number) {
    leave();
    Object.assign(state, { number, typed: number, followed: null, isAsked: true });
    app.refresh();
    await load(number);
    document.getElementById('operation-title')?.focus();
    if (state.number === number && !state.followed?.data?.operation) app.announce(document.getElementById('details').textContent);
    const operation = state.followed?.data?.operation;
    if (state.number === number && operation && !operation.isClosed) watch(operation);
  }

  function watch(operation) {
    const stop = watchOperation(operation, () => load(operation.number));
    stopWatching = stop;
  }

  async function load(number) {
    const before = state.followed?.data?.operation?.state;
    const answer = await ask(OPERATION, { number });
    if (state.number !== number) return;
    const isShownAlready = JSON.stringify(state.followed?.data) === JSON.stringify(answer.data);
    state.followed = answer;
    if (!isShownAlready || answer.errors.length > 0) replace(details());
    const after = answer.data?.operation;
    if (!after || after.state === before) return;
    app.announce(text('requests.nowIn', { state: term('operationState', after.state) }));
    if (after.isClosed) leave();
    if (before !== undefined) loadList();
  }

  async function loadList() {
    state.list = await ask(OPERATIONS, { first: LISTED });
    replace(list());
  }

  function details() {
    return element('div', { id: 'details' }, followed());
  }

  function followed() {
    if (!state.isAsked && state.number === '') return element('p', { class: 'empty large' }, text('requests.choose'));
    if (state.followed === null) return loading(text('common.asking'));
    const { data, errors } = state.followed;
    const failures = errors.map((error) => failure(error, () => follow(state.number)));
    if (data?.operation) return [failures, operationDetails(data.operation)];
    return failures.length > 0 ? failures : notice('plain', text('requests.unknown'), text('requests.unknownRemedy'));
  }

  function list() {
    return section('operations', text('requests.newest'), listed());
  }

  function listed() {
    if (state.list === null) return loading(text('common.asking'));
    const { data, errors } = state.list;
    if (!data?.operations) return errors.map((error) => failure(error, loadList));
    const { nodes } = data.operations;
    if (nodes.length === 0) return element('p', { class: 'empty' }, text('requests.none'));
    return element('ul', { class: 'chooser' }, nodes.map(listItem));
  }

  function listItem(operation) {
    const cities = text('requests.fromTo', { from: cityName(operation.requesterCity.code), to: cityName(operation.addresseeCity.code) });
    return element(
      'li',
      {},
      element(
        'button',
        {
          id: `choose-${operation.number}`,
          type: 'button',
          'aria-current': operation.number === state.number ? 'true' : null,
          onclick: () => follow(operation.number),
        },
        element('span', { class: 'kind' }, term('operationKind', operation.kind)),
        badge('operationState', operation.state),
        element('span', { class: 'detail' }, element('span', { class: 'code' }, operation.number)),
        element('span', { class: 'detail' }, `${cities} · ${moment(operation.updatedAt)}`),
      ),
    );
  }
}
