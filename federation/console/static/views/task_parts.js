// What people have to do, each with a button to say that it is done.

import { cityName } from '/console/cities.js';
import { openTaskDialog, taskName } from '/console/dialogs/task.js';
import { element } from '/console/dom.js';
import { moment } from '/console/format.js';
import { term, text } from '/console/language.js';
import { badge, section } from '/console/parts.js';
import { table } from '/console/tables.js';

/** The tasks of one operation; `onTold` is called when something may have changed. */
export function operationTasks(app, tasks, onTold) {
  if (tasks.length === 0) return null;
  const one = (task) =>
    element(
      'li',
      {},
      element('strong', {}, taskName(task)),
      element('span', { class: 'detail' }, [cityName(task.city.code), moment(task.openedAt), task.reason && term('deliveryReason', task.reason)].filter(Boolean).join(' · ')),
      badge('taskState', task.doneAt ? 'DONE' : 'MANUAL'),
      finishButton(app, task, onTold),
      endedBy(task),
      task.endedBy.length > 0 && toActions(task),
      task.note && element('p', { class: 'said' }, task.note, ' ', element('span', { class: 'detail' }, task.doneBy)),
    );
  return section('tasks', text('requests.tasks'), element('ul', { class: 'tasks' }, tasks.map(one)));
}

/** The oldest open tasks of all cities, and how many there are besides. */
export function openTasks(app, { nodes, totalCount }, onTold) {
  const columns = [
    { label: text('tasks.kind'), cell: (task) => element('span', { class: 'stacked' }, taskName(task), endedBy(task)) },
    { label: text('common.city'), cell: (task) => cityName(task.city.code) },
    { label: text('requests.number'), cell: (task) => element('span', { class: 'code' }, task.operationNumber) },
    { label: text('requests.reason'), cell: (task) => task.reason && term('deliveryReason', task.reason) },
    { label: text('tasks.opened'), cell: (task) => moment(task.openedAt) },
    { label: text('requests.action'), kind: 'action', cell: (task) => element('span', { class: 'stacked' }, finishButton(app, task, onTold), followButton(app, task)) },
  ];
  const title = text('board.tasks');
  const more = totalCount - nodes.length;
  return section(
    'open-tasks',
    title,
    table({ label: title, columns, rows: nodes, empty: text('tasks.none') }),
    more > 0 && element('p', { class: 'hint' }, text('common.more', { count: more })),
  );
}

/** Of a task that ends with its operation's state, the actions that end it. */
function endedBy({ endedBy: actions }) {
  if (actions.length === 0) return null;
  const names = actions.map((action) => term('take', action)).join(text('common.or'));
  return element('span', { class: 'detail' }, text('tasks.endedBy', { actions: names }));
}

function toActions({ id }) {
  const go = () => document.querySelector('#actions select, #actions button')?.focus();
  return element('button', { id: `actions-of-${id}`, type: 'button', onclick: go }, text('tasks.toActions'));
}

function finishButton(app, task, onTold) {
  if (task.doneAt || task.endedBy.length > 0) return null;
  const label = text('tasks.finishOne', { kind: taskName(task), number: task.operationNumber });
  const attributes = { id: `finish-${task.id}`, type: 'button', 'aria-label': label };
  return element('button', { ...attributes, onclick: () => openTaskDialog(app, { task, onTold }) }, text('tasks.finish'));
}

function followButton(app, { id, operationNumber: number }) {
  const attributes = { id: `follow-task-${id}`, type: 'button', 'aria-label': text('requests.followOne', { number }) };
  return element('button', { ...attributes, onclick: () => app.open('requests', number) }, text('requests.follow'));
}
