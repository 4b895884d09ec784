// The caseload of every city: what waits there, what is overdue, and since when a city cannot be asked.

import { cityName, knownCities } from '/console/cities.js';
import { element, replace } from '/console/dom.js';
import { loadCertifications, loadPlatformNumbers, outageOf } from '/console/views/board_numbers.js';
import { describe } from '/console/failures.js';
import { moment, timeOfDay } from '/console/format.js';
import { term, text } from '/console/language.js';
import { badge, failure, loading, section } from '/console/parts.js';
import { table } from '/console/tables.js';
import { openTasks } from '/console/views/task_parts.js';

const REFRESH_MILLISECONDS = 30_000;

export function createBoardView(app) {
  // What was answered last, `certifications` by city; `unavailable` holds since when a city cannot be asked.
  const state = { platform: null, certifications: new Map(), unavailable: new Map() };
  let timer = null;

  return { render, enter, leave, take() {} };

  function enter() {
    load();
    timer = setInterval(load, REFRESH_MILLISECONDS);
  }

  function leave() {
    clearInterval(timer);
  }

  /** Each part is shown as soon as it comes: a slow city keeps nobody waiting but itself. */
  async function load() {
    const loadCities = () => Promise.all(knownCities().map(loadCity));
    await Promise.all([loadPlatform(), app.ready.then(loadCities)]);
  }

  async function loadPlatform() {
    state.platform = await loadPlatformNumbers(state.platform);
    replace(board());
  }

  async function loadCity(code) {
    const found = await loadCertifications(code);
    if (found.error === null) state.unavailable.delete(code);
    else state.unavailable.set(code, outageOf(found, state.unavailable.get(code), Date.now()));
    state.certifications.set(code, found);
    replace(board());
  }

  async function askAgain() {
    await load();
    app.announce(text('board.asOf', { time: timeOfDay(state.platform.answeredAt) }));
  }

  function render() {
    return [element('h1', { class: 'unseen' }, text('board.title')), board()];
  }

  function board() {
    return element('div', { id: 'board' }, state.platform === null ? loading(text('common.asking')) : shown(state.platform));
  }

  function shown({ counts, deadlines, tasks, taskCounts, errors, answeredAt }) {
    return [
      element(
        'div',
        { class: 'title-line' },
        element('p', { class: 'hint' }, text('board.asOf', { time: timeOfDay(answeredAt) })),
        element('button', { id: 'board-again', type: 'button', class: 'quiet', onclick: askAgain }, text('common.askAgain')),
      ),
      errors.map((error) => failure(error, askAgain)),
      element('div', { class: 'cities' }, knownCities().map((code) => cityPanel(code, counts, taskCounts))),
      tasks !== null && openTasks(app, tasks, load),
      deadlines !== null && deadlineTable(deadlines),
    ];
  }

  function cityPanel(code, allCounts, allTaskCounts) {
    const title = cityName(code);
    const counts = allCounts?.filter((each) => each.city.code === code) ?? null;
    const taskCounts = allTaskCounts?.filter((each) => each.city.code === code) ?? null;
    const overdue = total(counts, 'overdue');
    return section(
      `city-${code}`,
      title,
      element(
        'dl',
        { class: 'figures' },
        figure(text('board.open'), listOf(code, total(counts, 'count'), text('board.open'), { end: 'open' })),
        figure(text('board.overdue'), listOf(code, overdue, text('board.overdue'), { end: 'overdue' }), overdue > 0),
        figure(text('board.tasks'), total(taskCounts, 'count')),
      ),
      counts !== null && [element('h3', {}, text('board.byState')), states(code, counts)],
      element('h3', {}, text('board.certifications')),
      certifications(code, state.certifications.get(code)),
    );
  }

  function total(counts, name) {
    return counts?.reduce((sum, row) => sum + row[name], 0);
  }

  function figure(label, count, isAlarming = false) {
    return element('div', { class: isAlarming ? 'alarming' : null }, element('dt', {}, label), element('dd', {}, count ?? '–'));
  }

  function states(code, rows) {
    const title = cityName(code);
    const called = ({ kind, state: reached }) => `${term('operationKind', kind)}, ${term('operationState', reached)}`;
    const counted = (row, name, end) => listOf(code, row[name], `${called(row)}, ${text(`board.${name}`)}`, { kind: row.kind, state: row.state, end });
    const columns = [
      { label: text('requests.kind'), kind: 'wide', cell: (row) => term('operationKind', row.kind) },
      { label: text('common.state'), kind: 'wide', cell: (row) => badge('operationState', row.state) },
      { label: text('board.count'), kind: 'number', cell: (row) => counted(row, 'count', 'open') },
      { label: text('board.overdue'), kind: 'number', cell: (row) => (row.overdue === 0 ? '0' : element('strong', { class: 'overdue' }, counted(row, 'overdue', 'overdue'))) },
    ];
    return table({ label: `${title}: ${text('board.byState')}`, columns, rows, empty: text('board.none'), isKept: true });
  }

  /** A number that leads to the operations it counts, which wait for the city. */
  function listOf(code, count, what, filter) {
    if (!count) return count === undefined ? undefined : String(count);
    const open = () => app.open('requests', { ...filter, waitsForCity: code });
    const id = ['list', code, ...Object.values(filter)].join('-');
    const label = text('board.listOf', { city: cityName(code), what, count });
    return element('button', { id, type: 'button', class: 'link', 'aria-label': label, onclick: open }, String(count));
  }

  /** From the city's own pension system, which may not answer. */
  function certifications(code, found) {
    if (found === undefined) return loading(text('common.asking'));
    const { counts, error, asOf, isStale } = found;
    if (error !== null) {
      const { what, remedy } = describe(error);
      return element(
        'div',
        { class: 'notice waiting' },
        element('p', { class: 'notice-title' }, text('board.unavailableSince', { time: moment(state.unavailable.get(code).since) })),
        element('p', {}, `${what} ${remedy}`),
      );
    }
    return [
      element(
        'dl',
        { class: 'figures small' },
        figure(text('board.certificationOverdue'), counts.overdue, counts.overdue > 0),
        figure(text('board.certificationDue'), counts.due),
        figure(text('board.suspended'), counts.suspended),
      ),
      element('p', { class: 'as-of' }, text('common.asOf', { moment: moment(asOf) }), isStale && [' ', badge('sourceStatus', 'stale')]),
    ];
  }

  function deadlineTable(operations) {
    const columns = [
      { label: text('requests.number'), cell: (row) => element('span', { class: 'code' }, row.number) },
      { label: text('requests.kind'), cell: (row) => term('operationKind', row.kind) },
      { label: text('board.waitsFor'), cell: (row) => cityName(row.waitsFor.code) },
      { label: text('common.state'), cell: (row) => badge('operationState', row.state) },
      { label: text('board.dueOn'), cell: (row) => row.deadline.dueOn },
      { label: text('board.daysLeft'), kind: 'number', cell: daysLeft },
      { label: text('requests.action'), kind: 'action', cell: followButton },
    ];
    const title = text('board.deadlines');
    return section('deadlines', title, table({ label: title, columns, rows: operations, empty: text('board.noDeadlines') }));
  }

  function daysLeft({ deadline: { workingDaysLeft, isOverdue } }) {
    return isOverdue ? element('strong', { class: 'overdue' }, String(workingDaysLeft)) : String(workingDaysLeft);
  }

  function followButton({ number }) {
    const attributes = { id: `follow-${number}`, type: 'button', 'aria-label': text('requests.followOne', { number }) };
    return element('button', { ...attributes, onclick: () => app.open('requests', number) }, text('requests.follow'));
  }
}
