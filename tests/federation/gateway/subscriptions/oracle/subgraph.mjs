// A subgraph of the published servers graphql-ws and graphql-sse, at /graphql on a free port, which it prints.
// Its events: an article every time a line comes on standard input, until a line says "end".
import http from 'node:http';
import readline from 'node:readline';

import { buildSchema, parse } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/http';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const schema = buildSchema(`
  type Query { latest: Article }
  type Subscription { published(topic: String): Article }
  type Article { id: ID! title: String }
`);

const listeners = new Set();
const input = readline.createInterface({ input: process.stdin });
input.on('line', (line) => listeners.forEach((listen) => listen(line)));

// An iterator by hand: a generator that waits for a line could not be told to return.
function published({ topic }) {
  const lines = [];
  let wake = () => {};
  const listen = (line) => {
    lines.push(line);
    wake();
  };
  listeners.add(listen);
  console.log(JSON.stringify({ subscribed: topic }));
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (lines.length === 0) await new Promise((resolve) => (wake = resolve));
      const id = lines.shift();
      if (id === 'end') return { done: true, value: undefined };
      return { done: false, value: { published: { __typename: 'Article', id, title: `title ${id}` } } };
    },
    async return() {
      listeners.delete(listen);
      console.log(JSON.stringify({ unsubscribed: topic }));
      return { done: true, value: undefined };
    },
  };
}

const rootValue = { published };
const handler = createHandler({
  onSubscribe: (_, { query, variables, operationName }) => ({
    schema,
    document: parse(query),
    variableValues: variables,
    operationName,
    rootValue,
  }),
});
const server = http.createServer((request, response) => handler(request, response));
useServer({ schema, roots: { subscription: rootValue } }, new WebSocketServer({ server, path: '/graphql' }));
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
