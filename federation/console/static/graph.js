// One operation to the graph, and what came of it.

import { learnCities } from '/console/cities.js';

const PATIENCE_MILLISECONDS = 60_000;

/**
 * Ask the graph. Gives `{data, errors, sources, stale}`; where the gateway gave no answer, `data` is null and `errors` says
 * why. `stale` are the places where a city's last known answer stands in.
 */
export async function ask(document, variables = {}) {
  const answer = await send(document, variables);
  const { data = null, errors = [], extensions } = answer;
  const found = { data, errors, sources: extensions?.sources ?? [], stale: extensions?.stale ?? [] };
  learnCities(found);
  return found;
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
