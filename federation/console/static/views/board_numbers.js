// The board's numbers: open operations and tasks from the platform, certifications from each city's own system.

import { CERTIFICATIONS, OPERATIONS, STATE_MACHINES, TASKS } from '/console/documents.js';
import { bureauDay } from '/console/format.js';
import { ask } from '/console/graph.js';

const PAGE = 200;
const MOST_PAGES = 10;
const DUE_DAYS = 60; // from then on a certification counts as due

/** Open operations, each with the city that it `waitsFor`, and tasks; null where they could not be asked for. */
export async function loadOperations() {
  const [open, machines, tasks] = await Promise.all([openOperations(), ask(STATE_MACHINES), ask(TASKS)]);
  const stateMachines = machines.data?.stateMachines;
  const isKnown = open.nodes !== null && Boolean(stateMachines);
  return {
    askedAt: nowAtBureau(),
    operations: isKnown ? open.nodes.map((each) => ({ ...each, waitsFor: waitsFor(each, stateMachines) })) : null,
    isWhole: open.isWhole,
    tasks: tasks.data?.tasks ?? null,
    errors: [...open.errors, ...machines.errors, ...tasks.errors],
  };
}

/** The city whose officers or systems come next: a draft waits for its own city. Withdrawing is nobody's turn. */
function waitsFor({ kind, state, requesterCity, addresseeCity }, machines) {
  const { transitions } = machines.find((machine) => machine.kinds.includes(kind));
  const sides = transitions.filter((each) => each.fromState === state && each.action !== 'withdraw').map((each) => each.side);
  return sides.length > 0 && sides.every((side) => side === 'REQUESTER') ? requesterCity : addresseeCity;
}

async function openOperations() {
  const nodes = [];
  let after = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { data, errors } = await ask(OPERATIONS, { filter: { isClosed: false }, first: PAGE, after });
    if (!data?.operations) return { nodes: page === 0 ? null : nodes, errors, isWhole: page === 0 };
    nodes.push(...data.operations.nodes);
    if (!data.operations.pageInfo.hasNextPage) return { nodes, errors: [], isWhole: true };
    after = data.operations.pageInfo.endCursor;
  }
  return { nodes, errors: [], isWhole: false };
}

/** What one city's pension system counts: `{counts, asOf, isStale, error}`, `counts` null where it could not be asked. */
export async function loadCertifications(code) {
  const variables = { city: code, overdueBy: bureauDay(-1), dueBy: bureauDay(DUE_DAYS) };
  const { data, errors, sources } = await ask(CERTIFICATIONS, variables);
  const { asOf = nowAtBureau(), status } = sources.find((source) => source.city === code) ?? {};
  const counts = ['overdue', 'due', 'suspended'].map((name) => data?.[name]?.totalCount);
  if (errors.length > 0 || counts.includes(undefined)) {
    const error = errors.find((each) => each.extensions?.city) ?? errors[0] ?? { extensions: { code: 'GATEWAY_UNREADABLE' } };
    return { counts: null, asOf, isStale: false, error };
  }
  const [overdue, due, suspended] = counts;
  return { counts: { overdue, due: due - overdue, suspended }, asOf, isStale: status === 'stale', error: null };
}

function nowAtBureau() {
  return new Date(Date.now() + 8 * 3_600_000).toISOString().replace(/\.\d+Z$/, '+08:00');
}
