// One operation to the graph, and what came of it.

import { learnCities } from '/console/cities.js';
import { bureauNow } from '/console/format.js';

const PATIENCE_MILLISECONDS = 60_000;

/**
 * Ask the graph. Gives `{data, errors, sources, stale, answeredAt, missed}`; where the gateway gave no answer, `data` is null
 * and `errors` says why. `stale` are the places where a city's last known answer stands in; `missed` is for `keepShown`.
 */
export async function ask(document, variables = {}) {
  const answer = await send(document, variables);
  const { data = null, errors = [], extensions } = answer;
  const found = { data, errors, sources: extensions?.sources ?? [], stale: extensions?.stale ?? [], answeredAt: bureauNow(), missed: [] };
  learnCities(found);
  return found;
}

/**
 * What is shown once `answer` has come after `shown`: the answer; but where it has no `field` and says why, still the one
 * before, with those errors as `missed`.
 */
export function keepShown(shown, answer, field) {
  const isMissed = !answer.data?.[field] && answer.errors.length > 0;
  return isMissed && shown?.data?.[field] ? { ...shown, missed: answer.errors } : answer;
}

async function send(document, variables) {
  let response;
  try {
    response = await fetch('/graphql', {
      method: 'POST',
      headers: { accept: 'application/graphql-response+json', 'content-type': 'application/json' },
      body: JSON.stringify({ query: document, variables }),
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    });
  } catch (error) {
    return noAnswer(error.name === 'TimeoutError' ? 'GATEWAY_SILENT' : 'GATEWAY_UNREACHABLE');
  }
  try {
    return await response.json();
  } catch {
    return noAnswer('GATEWAY_UNREADABLE');
  }
}

function noAnswer(code) {
  return { errors: [{ extensions: { code, retryable: true } }] };
}
