// One cross-city operation: where it stands, who is waited for until when, and everything that was done.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { moment } from '/console/format.js';
import { term, text } from '/console/language.js';
import { badge, facts, nextTry, section, source } from '/console/parts.js';
import { additionsOf, findingsOf } from '/console/views/findings.js';
import { actionsOf } from '/console/views/operation_actions.js';
import { isOfProduction, productionOf } from '/console/views/production.js';
import { subjectOf } from '/console/views/subject.js';
import { operationTasks } from '/console/views/task_parts.js';

/**
 * `errors` are those of its answer; `reload` asks for it anew. `subject` is `{answer(), askAgain}`: what the cities say of that
 * which it decides on, null while they are asked.
 */
export function operationDetails(app, operation, { errors, reload, subject }) {
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
      element('h3', {}, text('subject.title')),
      subjectOf(operation, subject.answer(), subject.askAgain),
      findingsOf(operation),
      additionsOf(operation),
    ),
    productionOf(operation.progress, errors.filter(isOfProduction), reload),
    actionsOf(app, operation, { subject, onTold: reload }),
    operationTasks(app, operation.tasks, reload),
    timeline(operation.history),
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
    [text('requests.receivedCase'), code(operation.receivedCaseNumber)],
    [text('requests.investigators'), operation.investigators?.length > 0 ? operation.investigators.join(', ') : null],
    [text('requests.reason'), delivery?.reason && term('deliveryReason', delivery.reason)],
    [text('requests.receipt'), code(delivery?.receipt)],
    [nextTry(operation), delivery?.retryAt && moment(delivery.retryAt)],
    [text('requests.effectSince'), operation.state === 'DONE' && delivery?.effectSince ? moment(delivery.effectSince) : null],
    [text('request.endsAt'), delivery?.effectExpiresAt && moment(delivery.effectExpiresAt)],
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
