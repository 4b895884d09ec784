// Cross-city operations: the newest of them, and one followed as it goes on.

import { cityName } from '/console/cities.js';
import { OPERATION, OPERATIONS } from '/console/documents.js';
import { element, replace } from '/console/dom.js';
import { ask, keepShown } from '/console/graph.js';
import { moment } from '/console/format.js';
import { term, text } from '/console/language.js';
import { badge, failure, loading, missedOf, notice, section } from '/console/parts.js';
import { loadRules } from '/console/rules.js';
import { watchOperation } from '/console/watch.js';
import { operationDetails } from '/console/views/operation.js';
import { isOfProduction } from '/console/views/production.js';

const LISTED = 20;

export function createRequestsView(app) {
  // `followed` is what was answered of the operation with `number`; null while it is asked for the first time. By then
  // `number` may be the deciding city's; once an operation has been answered it is the operation's own, as in the list.
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
    const isTaken = await load(number);
    const place = document.getElementById('details');
    if (!isTaken || place === null) return; // another number is followed by now, or another view is shown
    const operation = state.followed.data?.operation;
    if (!operation) app.announce(place.textContent);
    else if (!operation.isClosed) watch(operation);
    document.getElementById('operation-title')?.focus();
  }

  function watch(operation) {
    leave();
    stopWatching = watchOperation(operation, () => load(operation.number));
  }

  /** Gives false where another number is followed by the time of the answer. */
  async function load(number) {
    const [answer] = await Promise.all([ask(OPERATION, { number }), loadRules()]);
    if (state.number !== number) return false;
    const before = state.followed;
    state.followed = keepShown(before, answer, 'operation');
    if (shownOf(before) !== shownOf(state.followed)) replace(details());
    const operation = state.followed.data?.operation;
    if (operation) tell(operation, before?.data?.operation);
    return true;
  }

  function tell(operation, before) {
    if (operation.number !== state.number) {
      state.number = operation.number;
      replace(list());
    }
    if (operation.state === before?.state) return;
    app.announce(text('requests.nowIn', { state: term('operationState', operation.state) }));
    if (operation.isClosed) leave();
    if (before) loadList();
  }

  async function loadList() {
    state.list = keepShown(state.list, await ask(OPERATIONS, { first: LISTED }), 'operations');
    replace(list());
  }

  function details() {
    return element('div', { id: 'details' }, followed());
  }

  function followed() {
    if (!state.isAsked && state.number === '') return element('p', { class: 'empty large' }, text('requests.choose'));
    if (state.followed === null) return loading(text('common.asking'));
    const { data, errors } = state.followed;
    if (!data?.operation) return missing(errors);
    const reload = () => load(state.number);
    const failures = errors.filter((error) => !isOfProduction(error)).map((error) => failure(error, reload));
    return [missedOf(state.followed, reload), failures, operationDetails(app, data.operation, errors, reload)];
  }

  function missing(errors) {
    if (errors.length === 0) return notice('plain', text('requests.unknown'), text('requests.unknownRemedy'));
    return errors.map((error) => failure(error, () => follow(state.number)));
  }

  function list() {
    return section('operations', text('requests.newest'), listed());
  }

  function listed() {
    if (state.list === null) return loading(text('common.asking'));
    const { data, errors } = state.list;
    if (!data?.operations) return errors.map((error) => failure(error, loadList));
    const { nodes } = data.operations;
    const none = () => element('p', { class: 'empty' }, text('requests.none'));
    return [missedOf(state.list, loadList), nodes.length === 0 ? none() : element('ul', { class: 'chooser' }, nodes.map(listItem))];
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

/** What is seen of an answer: two alike need not be shown anew. */
function shownOf(answer) {
  const said = ({ errors, missed }) => [errors, missed].map((list) => list.map(({ extensions }) => extensions));
  return JSON.stringify(answer && [answer.data, said(answer)]);
}
