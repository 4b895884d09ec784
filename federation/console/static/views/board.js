// The caseload of every city: what waits there, what is overdue, and since when a city cannot be asked.

import { cityName, knownCities } from '/console/cities.js';
import { element, replace } from '/console/dom.js';
import { loadCertifications, loadOperations } from '/console/views/board_numbers.js';
import { describe } from '/console/failures.js';
import { moment, timeOfDay } from '/console/format.js';
import { term, text } from '/console/language.js';
import { badge, failure, loading, section } from '/console/parts.js';
import { table } from '/console/tables.js';

const REFRESH_MILLISECONDS = 30_000;
const NEXT_DEADLINES = 10;

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
    state.platform = await loadOperations();
    replace(board());
  }

  async function loadCity(code) {
    const found = await loadCertifications(code);
    if (found.error === null) state.unavailable.delete(code);
    else if (!state.unavailable.has(code)) state.unavailable.set(code, found.asOf);
    state.certifications.set(code, found);
    replace(board());
  }

  async function askAgain() {
    await load();
    app.announce(text('board.asOf', { time: timeOfDay(state.platform.askedAt) }));
  }

  function render() {
    return [element('h1', { class: 'unseen' }, text('board.title')), board()];
  }

  function board() {
    return element('div', { id: 'board' }, state.platform === null ? loading(text('common.asking')) : shown(state.platform));
  }

  function shown({ operations, tasks, isWhole, errors, askedAt }) {
    return [
      element(
        'div',
        { class: 'title-line' },
        element('p', { class: 'hint' }, text('board.asOf', { time: timeOfDay(askedAt) })),
        element('button', { id: 'board-again', type: 'button', class: 'quiet', onclick: askAgain }, text('common.askAgain')),
      ),
      errors.map((error) => failure(error, askAgain)),
      operations !== null && !isWhole && element('p', { class: 'hint bad' }, text('board.counted', { count: operations.length })),
      element('div', { class: 'cities' }, knownCities().map((code) => cityPanel(code, operations, tasks))),
      operations !== null && deadlines(operations),
    ];
  }

  function cityPanel(code, allOperations, allTasks) {
    const title = cityName(code);
    const operations = allOperations?.filter((each) => each.waitsFor.code === code) ?? null;
    const overdue = operations?.filter((each) => each.deadline?.isOverdue).length;
    return section(
      `city-${code}`,
      title,
      element(
        'dl',
        { class: 'figures' },
        figure(text('board.open'), operations?.length),
        figure(text('board.overdue'), overdue, overdue > 0),
        figure(text('board.tasks'), allTasks?.filter((task) => task.city.code === code).length),
      ),
      operations !== null && [element('h3', {}, text('board.byState')), states(title, operations)],
      element('h3', {}, text('board.certifications')),
      certifications(code, state.certifications.get(code)),
    );
  }

  function figure(label, count, isAlarming = false) {
    return element('div', { class: isAlarming ? 'alarming' : null }, element('dt', {}, label), element('dd', {}, count ?? '–'));
  }

  function states(title, operations) {
    const columns = [
      { label: text('requests.kind'), kind: 'wide', cell: (row) => term('operationKind', row.kind) },
      { label: text('common.state'), kind: 'wide', cell: (row) => badge('operationState', row.state) },
      { label: text('board.count'), kind: 'number', cell: (row) => String(row.count) },
      { label: text('board.overdue'), kind: 'number', cell: (row) => overdueCount(row.overdue) },
    ];
    return table({ label: `${title}: ${text('board.byState')}`, columns, rows: countByState(operations), empty: text('board.none'), isKept: true });
  }

  function overdueCount(count) {
    return count === 0 ? '0' : element('strong', { class: 'overdue' }, String(count));
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
        element('p', { class: 'notice-title' }, text('board.unavailableSince', { time: moment(state.unavailable.get(code)) })),
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

  function deadlines(operations) {
    const dated = operations.filter((each) => each.deadline).sort((a, b) => a.deadline.dueOn.localeCompare(b.deadline.dueOn));
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
    return section('deadlines', title, table({ label: title, columns, rows: dated.slice(0, NEXT_DEADLINES), empty: text('board.noDeadlines') }));
  }

  function daysLeft({ deadline: { workingDaysLeft, isOverdue } }) {
    return isOverdue ? element('strong', { class: 'overdue' }, String(workingDaysLeft)) : String(workingDaysLeft);
  }

  function followButton({ number }) {
    const attributes = { id: `follow-${number}`, type: 'button', 'aria-label': text('requests.followOne', { number }) };
    return element('button', { ...attributes, onclick: () => app.open('requests', number) }, text('requests.follow'));
  }
}

function countByState(operations) {
  const rows = new Map();
  for (const { kind, state, deadline } of operations) {
    const row = rows.get(`${kind} ${state}`) ?? { kind, state, count: 0, overdue: 0 };
    row.count += 1;
    row.overdue += deadline?.isOverdue ? 1 : 0;
    rows.set(`${kind} ${state}`, row);
  }
  return [...rows.values()].sort((a, b) => a.kind.localeCompare(b.kind) || b.count - a.count);
}
