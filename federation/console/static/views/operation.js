// One cross-city operation: where it stands, who is waited for until when, and everything that was done.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { moment } from '/console/format.js';
import { term, text } from '/console/language.js';
import { badge, facts, section, source } from '/console/parts.js';

export function operationDetails(operation) {
  return [
    element(
      'section',
      { class: 'panel', 'aria-labelledby': 'operation-title' },
      element(
        'div',
        { class: 'title-line' },
        element('h2', { id: 'operation-title', tabindex: -1 }, term('operationKind', operation.kind)),
        badge('operationState', operation.state),
      ),
      deadline(operation.deadline),
      facts(operationFacts(operation)),
      questions(operation),
    ),
    timeline(operation.history),
    tasks(operation.tasks),
  ];
}

function operationFacts(operation) {
  const { delivery } = operation;
  const code = (value) => value && element('span', { class: 'code' }, value);
  return [
    [text('requests.number'), code(operation.number)],
    [text('requests.addresseeNumber'), code(operation.addresseeNumber)],
    [text('requests.requester'), place(operation.requesterCity, operation.requesterOffice)],
    [text('requests.addressee'), place(operation.addresseeCity, operation.addresseeOffice)],
    [text('requests.created'), moment(operation.createdAt)],
    [text('requests.closed'), operation.closedAt && moment(operation.closedAt)],
    [text('requests.function'), operation.function && term('cardFunction', operation.function)],
    [text('requests.subject'), operation.subject && term('investigationSubject', operation.subject)],
    [text('requests.reason'), delivery?.reason && term('deliveryReason', delivery.reason)],
    [text('requests.receipt'), code(delivery?.receipt)],
    [text('requests.retryAt'), delivery?.retryAt && moment(delivery.retryAt)],
    [text('requests.effectSince'), delivery?.effectSince && moment(delivery.effectSince)],
    [text('loss.endsAt'), delivery?.effectExpiresAt && moment(delivery.effectExpiresAt)],
    [text('common.source'), delivery?.source && source(delivery.source)],
  ];
}

function place(city, office) {
  return `${cityName(city.code)} · ${term('office', office)}`;
}

function deadline(found) {
  if (!found) return null;
  const { dueOn, workingDaysLeft, isOverdue } = found;
  const values = { day: dueOn, count: Math.abs(workingDaysLeft) };
  return element('p', { class: isOverdue ? 'deadline overdue' : 'deadline' }, text(isOverdue ? 'requests.overdue' : 'requests.dueOn', values));
}

function questions({ questions: asked, findings }) {
  if (!asked?.length) return null;
  const one = (question, place) => {
    const finding = findings?.[place];
    return element('li', {}, question, finding && element('span', { class: 'finding' }, badge('verdict', finding.verdict), ` ${finding.text}`));
  };
  return [element('h3', {}, text('requests.questions')), element('ol', { class: 'questions' }, asked.map(one))];
}

function timeline(history) {
  const newestFirst = [...history].reverse();
  return section('timeline', text('requests.timeline'), element('ol', { class: 'timeline', reversed: true }, newestFirst.map(step)));
}

function step({ action, fromState, toState, officer, note, at }) {
  const who = officer ?? text('requests.platform');
  const saysMore = fromState !== toState && term('action', action) !== term('operationState', toState);
  return element(
    'li',
    {},
    element('span', { class: 'at' }, moment(at)),
    element(
      'span',
      { class: 'step' },
      element('strong', {}, term('action', action)),
      saysMore && [' ', badge('operationState', toState)],
      element('span', { class: 'detail' }, note ? `${who} · ${term('deliveryReason', note)}` : who),
    ),
  );
}

function tasks(found) {
  if (found.length === 0) return null;
  const one = (task) =>
    element(
      'li',
      {},
      element('strong', {}, term('taskKind', task.kind)),
      element('span', { class: 'detail' }, `${cityName(task.city.code)} · ${moment(task.openedAt)}`),
      badge('taskState', task.doneAt ? 'DONE' : 'MANUAL'),
    );
  return section('tasks', text('requests.tasks'), element('ul', { class: 'tasks' }, found.map(one)));
}
