// The board's numbers: counts, deadlines and tasks from the platform, certifications from each city's own system.

import { BOARD, CERTIFICATIONS } from '/console/documents.js';
import { bureauDay, bureauNow } from '/console/format.js';
import { ask } from '/console/graph.js';

const MOST_TASKS = 200;
const NEXT_DEADLINES = 10;
const DUE_DAYS = 60; // from then on a certification counts as due
const LONGEST_GAP_MILLISECONDS = 60_000; // the board asks every half minute

/**
 * `counts` by city, kind and state, the next `deadlines`, the oldest `tasks` with their `totalCount`, and `taskCounts` by
 * city and kind; each null where it could not be asked for. Where none could, what was `shown` before stays, with the reasons
 * as `errors`.
 */
export async function loadPlatformNumbers(shown) {
  const { data, errors, answeredAt } = await ask(BOARD, { deadlines: NEXT_DEADLINES, tasks: MOST_TASKS });
  const numbers = {
    counts: data?.caseload ?? null,
    deadlines: data?.operations?.nodes ?? null,
    tasks: data?.tasks ?? null,
    taskCounts: data?.taskCounts ?? null,
  };
  const isNothing = Object.values(numbers).every((each) => each === null);
  return isNothing && shown !== null ? { ...shown, errors } : { ...numbers, answeredAt, errors };
}

/** What one city's pension system counts: `{counts, asOf, isStale, error}`, `counts` null where it could not be asked. */
export async function loadCertifications(code) {
  const variables = { city: code, overdueBy: bureauDay(-1), dueBy: bureauDay(DUE_DAYS) };
  const { data, errors, sources } = await ask(CERTIFICATIONS, variables);
  const { asOf = bureauNow(), status } = sources.find((source) => source.city === code) ?? {};
  const counts = ['overdue', 'due', 'suspended'].map((name) => data?.[name]?.totalCount);
  if (errors.length > 0 || counts.includes(undefined)) {
    const error = errors.find((each) => each.extensions?.city) ?? errors[0] ?? { extensions: { code: 'GATEWAY_UNREADABLE' } };
    return { counts: null, asOf, isStale: false, error };
  }
  const [overdue, due, suspended] = counts;
  return { counts: { overdue, due: due - overdue, suspended }, asOf, isStale: status === 'stale', error: null };
}

/**
 * Since when a city cannot be asked, `{since, seenAt}`; `known` is what the last answer came to, if it failed, too.
 *
 * The platform has perhaps known it for longer than this page; or for less, where nobody but this page asks. A page that
 * was left, or slept, does not know what was meanwhile.
 */
export function outageOf({ error, asOf }, known, now) {
  const told = error.extensions?.unavailableSince ?? asOf;
  const isFollowed = known !== undefined && now - known.seenAt <= LONGEST_GAP_MILLISECONDS;
  return { since: isFollowed && Date.parse(known.since) < Date.parse(told) ? known.since : told, seenAt: now };
}
