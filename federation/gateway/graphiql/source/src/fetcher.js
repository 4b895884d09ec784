// Every request asks for its query plan; the plan goes to the plan panel, the answer is shown without it.
// A subscription is answered with an event stream, an operation with @defer or @stream in parts; each result is shown as
// it comes.

import { meros } from 'meros/browser';

const listeners = new Set();
let latestPlan = null;

export function subscribeToPlan(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentPlan() {
  return latestPlan;
}

function publishPlan(plan) {
  latestPlan = plan;
  for (const listener of listeners) listener();
}

function isIntrospection(parameters) {
  return parameters.operationName === 'IntrospectionQuery';
}

function takePlan(answer) {
  const { queryPlan, ...extensions } = answer.extensions ?? {};
  if (queryPlan === undefined) return [answer, null];
  const shown = { ...answer };
  if (Object.keys(extensions).length > 0) shown.extensions = extensions;
  else delete shown.extensions;
  return [shown, queryPlan.text ?? JSON.stringify(queryPlan, null, 2)];
}

function show(answer) {
  const [shown, plan] = takePlan(answer);
  publishPlan(plan);
  return shown;
}

async function* readEvents(response, signal) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      if (signal.aborted) return { done: true };
      throw error;
    });
    if (signal.aborted) return;
    if (done) throw new Error('The gateway ended the stream; subscribe again.');
    const events = (text + value).split('\n\n');
    text = events.pop();
    for (const event of events) {
      const lines = event.split('\n');
      if (lines.includes('event: complete')) return;
      const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
      if (lines.includes('event: next')) yield JSON.parse(data.join('\n'));
    }
  }
}

async function* readParts(response, signal) {
  const whole = response.clone(); // meros hangs up after the last part; read to its end, the answer is no failed request
  try {
    for await (const part of await meros(response)) yield part.body;
    await whole.text();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

// A generator that waits for the next result could not be told to return; hanging up ends its wait.
function readResults(read, response, controller) {
  const results = read(response, controller.signal);
  let isFirst = true;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const { done, value } = await results.next();
      if (done) return { done, value };
      const shown = isFirst ? show(value) : value; // the plan comes with the first
      isFirst = false;
      return { done, value: shown };
    },
    async return() {
      controller.abort();
      return { done: true, value: undefined };
    },
  };
}

export async function fetchGraphQL(parameters, options = {}) {
  const controller = new AbortController();
  const response = await fetch('/graphql', {
    method: 'POST',
    signal: controller.signal,
    headers: {
      accept:
        'application/graphql-response+json, application/json, text/event-stream, multipart/mixed;deferSpec=20220824',
      'content-type': 'application/json',
      ...(isIntrospection(parameters) ? {} : { 'bureaugraph-query-plan': 'include' }),
      ...options.headers,
    },
    body: JSON.stringify(parameters),
  });
  const mediaType = response.headers.get('content-type') ?? '';
  if (mediaType.startsWith('text/event-stream')) return readResults(readEvents, response, controller);
  if (mediaType.startsWith('multipart/mixed')) return readResults(readParts, response, controller);
  const answer = await response.json();
  return isIntrospection(parameters) ? answer : show(answer);
}
