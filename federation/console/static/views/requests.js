// Cross-city operations: a list of them, and one followed as it goes on.

import { OPERATION, SUBJECT } from '/console/documents.js';
import { element, replace } from '/console/dom.js';
import { ask, keepShown } from '/console/graph.js';
import { term, text } from '/console/language.js';
import { failure, loading, missedOf, notice } from '/console/parts.js';
import { loadRules } from '/console/rules.js';
import { watchOperation } from '/console/watch.js';
import { operationDetails } from '/console/views/operation.js';
import { createOperationList } from '/console/views/operation_list.js';
import { isOfProduction } from '/console/views/production.js';
import { subjectOf } from '/console/views/subject.js';

export function createRequestsView(app) {
  // `followed` is what was answered of the operation with `number`; null while it is asked for the first time. By then
  // `number` may be the deciding city's; once an operation has been answered it is the operation's own, as in the list.
  // `subject` is what the cities say of that which it decides on, null while they are asked.
  const state = { number: '', typed: '', followed: null, subject: null, isAsked: false, isListWanted: false };
  const list = createOperationList(app, { chosen: () => state.number, onChoose: follow });
  let stopWatching = null;

  return { render, enter, leave, take };

  /** The number of an operation to follow, or the filter of a list to show. */
  function take(wanted) {
    if (typeof wanted === 'string') Object.assign(state, { number: wanted, typed: wanted, followed: null, subject: null });
    else list.take(wanted);
    state.isListWanted = typeof wanted !== 'string';
  }

  /** Gives whether the focus is where it is to stay. */
  function enter() {
    const { isListWanted } = state;
    state.isListWanted = false;
    list.load();
    if (isListWanted) return showList();
    if (state.number !== '') follow(state.number);
    else document.getElementById('number')?.focus();
    return false;
  }

  /** A list that was asked for is looked at first: it has the focus. What was followed goes on beside it. */
  function showList() {
    list.show();
    list.focus();
    const operation = state.followed?.data?.operation;
    if (operation && !operation.isClosed) watch(operation);
    return true;
  }

  function leave() {
    stopWatching?.();
    stopWatching = null;
  }

  function render() {
    return [
      element('h1', { class: 'unseen' }, text('requests.title')),
      searchForm(),
      element('div', { class: 'two-columns' }, details(), list.render()),
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
    Object.assign(state, { number, typed: number, followed: null, subject: null, isAsked: true });
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
      list.show();
    }
    if (operation.version !== before?.version) loadSubject();
    if (operation.state === before?.state) return;
    app.announce(text('requests.nowIn', { state: term('operationState', operation.state) }));
    if (operation.isClosed) leave();
    if (before) list.load();
  }

  /** Asked for anew with each change of the operation, which may have changed what its cities say, too. */
  async function loadSubject() {
    const { number } = state;
    const answer = await ask(SUBJECT, { number });
    if (state.number !== number) return;
    state.subject = keepShown(state.subject, answer, 'operation');
    const operation = state.followed?.data?.operation;
    if (operation) ['subject', 'dialog-subject'].forEach((id) => replace(subjectOf(operation, state.subject, loadSubject, id)));
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
    const subject = { answer: () => state.subject, askAgain: loadSubject };
    return [missedOf(state.followed, reload), failures, operationDetails(app, data.operation, { errors, reload, subject })];
  }

  function missing(errors) {
    if (errors.length === 0) return notice('plain', text('requests.unknown'), text('requests.unknownRemedy'));
    return errors.map((error) => failure(error, () => follow(state.number)));
  }
}

/** What is seen of an answer: two alike need not be shown anew. */
function shownOf(answer) {
  const said = ({ errors, missed }) => [errors, missed].map((list) => list.map(({ extensions }) => extensions));
  return JSON.stringify(answer && [answer.data, said(answer)]);
}
