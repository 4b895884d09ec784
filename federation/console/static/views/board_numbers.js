// The board's numbers: open operations and tasks from the platform, certifications from each city's own system.

import { CERTIFICATIONS, OPERATIONS, TASKS } from '/console/documents.js';
import { bureauDay } from '/console/format.js';
import { ask } from '/console/graph.js';

const PAGE = 200;
const MOST_PAGES = 10;
const DUE_DAYS = 60; // from then on a certification counts as due

/** `cities` are the codes known before; those that answers name join them. A number nobody could tell is null. */
export async function loadBoard(cities) {
  const [open, tasks, ...perCity] = await Promise.all([openOperations(), ask(TASKS), ...cities.map(certificationsOf)]);
  const known = open.nodes !== null;
  const tasksOf = (code) => tasks.data?.tasks?.filter((task) => task.city.code === code).length ?? null;
  return {
    askedAt: nowAtBureau(),
    operations: open.nodes ?? [],
    isWhole: open.isWhole,
    errors: [...open.errors, ...tasks.errors],
    cities: perCity.map((city) => ({
      ...city,
      areOperationsKnown: known,
      operations: (open.nodes ?? []).filter((each) => each.addresseeCity.code === city.code),
      tasks: tasksOf(city.code),
    })),
  };
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

async function certificationsOf(code) {
  const variables = { city: code, overdueBy: bureauDay(-1), dueBy: bureauDay(DUE_DAYS) };
  const { data, errors, sources } = await ask(CERTIFICATIONS, variables);
  const { asOf = nowAtBureau(), status } = sources.find((source) => source.city === code) ?? {};
  const counts = ['overdue', 'due', 'suspended'].map((name) => data?.[name]?.totalCount);
  if (errors.length > 0 || counts.includes(undefined)) {
    const error = errors.find((each) => each.extensions?.city) ?? errors[0] ?? { extensions: { code: 'GATEWAY_UNREADABLE' } };
    return { code, certifications: null, error, askedAt: asOf };
  }
  const [overdue, due, suspended] = counts;
  return { code, certifications: { overdue, due: due - overdue, suspended }, error: null, asOf, isStale: status === 'stale' };
}

function nowAtBureau() {
  return new Date(Date.now() + 8 * 3_600_000).toISOString().replace(/\.\d+Z$/, '+08:00');
}
