// Asks as a published client does: node client.mjs <ws|sse|apollo|defer-20220824|incremental-v0.2> <url> <request>.
// Prints a JSON line for whatever happens: {next}, {error}, {complete}. A line on standard input unsubscribes.
import readline from 'node:readline';

import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

const [kind, url, request] = process.argv.slice(2);
const parameters = JSON.parse(request);

// Apollo Client asks for type names whether one wants them or not.
const tell = (happened) => console.log(JSON.stringify(happened, (key, value) => (key === '__typename' ? undefined : value)));
const describe = (error) => {
  if (Array.isArray(error)) return error.map(({ message, extensions }) => ({ message, extensions }));
  if (error.errors) return describe(error.errors);
  return error.code !== undefined ? { code: error.code, reason: error.reason } : { message: error.message };
};
const sink = {
  next: (result) => tell({ next: result }),
  error: (error) => tell({ error: describe(error) }),
  complete: () => tell({ complete: true }),
};

function subscribe() {
  switch (kind) {
    case 'ws': {
      const client = createWebSocketClient({
        url: url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        connectionParams: { authorization: 't' },
        retryAttempts: 0,
      });
      client.on('closed', ({ code }) => tell({ closed: code }));
      return client.subscribe(parameters, sink);
    }
    case 'sse': {
      const client = createSseClient({ url, headers: { authorization: 't' }, retryAttempts: 0 });
      return client.subscribe(parameters, sink);
    }
    case 'apollo': {
      const link = new HttpLink({ uri: url, headers: { authorization: 't' } });
      const client = new ApolloClient({ link, cache: new InMemoryCache() });
      const subscription = client
        .subscribe({ query: gql(parameters.query), variables: parameters.variables, errorPolicy: 'all' })
        .subscribe({
          ...sink,
          next: ({ data, error }) => tell({ next: { data, ...(error ? { errors: describe(error) } : {}) } }),
        });
      return () => subscription.unsubscribe();
    }
    case 'defer-20220824':
    case 'incremental-v0.2': {
      const incrementalHandler = kind === 'defer-20220824' ? new Defer20220824Handler() : new GraphQL17Alpha9Handler();
      const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache(), incrementalHandler });
      const query = client.watchQuery({ query: gql(parameters.query), errorPolicy: 'all', notifyOnNetworkStatusChange: false });
      const subscription = query.subscribe({
        ...sink,
        next: ({ data, dataState, error }) => tell({ [dataState]: data, ...(error ? { errors: describe(error) } : {}) }),
      });
      return () => subscription.unsubscribe();
    }
  }
}

const unsubscribe = subscribe();
const input = readline.createInterface({ input: process.stdin });
input.once('line', () => {
  unsubscribe();
  input.close();
});
