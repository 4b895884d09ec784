// A subscription at the graph as an event stream (graphql-sse, one POST per subscription).

/** Call `onOpen` when the graph has subscribed, `onEvent` at each event until `signal` aborts. Throws when it breaks off. */
export async function subscribe(document, variables, { signal, onOpen, onEvent }) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ query: document, variables }),
    cache: 'no-store',
    signal,
  });
  const isStream = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
  if (!response.ok || !isStream) {
    await response.body?.cancel();
    return;
  }
  onOpen();
  for await (const { name, data } of readEvents(response.body)) {
    if (name === 'complete') return;
    if (name !== 'next') continue;
    onEvent(JSON.parse(data));
  }
}

async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let unread = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (unread + value).split('\n\n');
    unread = blocks.pop();
    yield* blocks.map(parseEvent);
  }
}

function parseEvent(block) {
  const lines = block.split('\n');
  const field = (name) => lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  return { name: field('event')[0] ?? 'message', data: field('data').join('\n') };
}
