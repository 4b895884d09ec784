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
    );
  return section('tasks', text('requests.tasks'), element('ul', { class: 'tasks' }, tasks.map(one)));
}

/** The oldest open tasks of all cities, and how many there are besides. */
export function openTasks(app, { nodes, totalCount }, onTold) {
  const columns = [
    { label: text('tasks.kind'), cell: taskName },
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

function finishButton(app, task, onTold) {
  if (task.doneAt) return null;
  const label = text('tasks.finishOne', { kind: taskName(task), number: task.operationNumber });
  const attributes = { id: `finish-${task.id}`, type: 'button', 'aria-label': label };
  return element('button', { ...attributes, onclick: () => openTaskDialog(app, { task, onTold }) }, text('tasks.finish'));
}

function followButton(app, { id, operationNumber: number }) {
  const attributes = { id: `follow-task-${id}`, type: 'button', 'aria-label': text('requests.followOne', { number }) };
  return element('button', { ...attributes, onclick: () => app.open('requests', number) }, text('requests.follow'));
}
