// Asks one gateway what it is told, until its input ends. Says "ready" first. In, one JSON a line,
// {supergraph, operations: [{query, variables}]}; out, for each operation a line, one JSON {data, errors, error, calls, depth},
// where `error` says that the gateway refused the supergraph or the operation, and `depth` how many calls waited for one
// another. Arguments: the folder in which the packages are installed, and the gateway.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.argv[2], 'asked.cjs'));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { ApolloGateway, RemoteGraphQLDataSource } = require('@apollo/gateway');
const graphql = require('graphql');
const hive = await load('@graphql-hive/gateway-runtime');
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

// A `fetch` that notes the calls to subgraphs since it was reset, and how many of them waited for one another.
function counter() {
  const counted = { calls: 0, depth: 0, done: 0 };
  const reset = () => Object.assign(counted, { calls: 0, depth: 0, done: 0 });
  const counting = async (url, options) => {
    counted.calls += 1;
    const level = counted.done + 1;
    counted.depth = Math.max(counted.depth, level);
    const response = await fetch(url, { method: options.method, headers: { ...HEADERS }, body: options.body });
    const body = await response.text();
    counted.done = Math.max(counted.done, level);
    return new Response(body, { headers: { ...HEADERS } });
  };
  return { counted, reset, fetch: counting };
}

async function apollo(supergraphSdl, counting) {
  const buildService = ({ url }) => new RemoteGraphQLDataSource({ url, fetcher: counting });
  const gateway = new ApolloGateway({ supergraphSdl, buildService, logger: silent });
  const { schema, executor } = await gateway.load();
  const ask = ({ query, variables }) => {
    const document = graphql.parse(query);
    const operation = graphql.getOperationAST(document);
    const request = { query, variables, http: { headers: new Map() } };
    const cache = { get: async () => undefined, set: async () => undefined, delete: async () => undefined };
    const asked = { document, request, operation, operationName: null, queryHash: query, context: {}, schema, cache };
    return executor({ ...asked, logger: silent, metrics: {}, overallCachePolicy: {} });
  };
  return { ask, close: () => gateway.stop() };
}

const hiveWith = ({ unifiedGraphHandler }) => async (supergraph, counting) => {
  const config = { supergraph, logging: false, landingPage: false, graphiql: false, maskedErrors: false };
  const gateway = hive.createGatewayRuntime({ ...config, fetchAPI: { fetch: counting }, unifiedGraphHandler });
  const ask = async (operation) => {
    const body = JSON.stringify(operation);
    const answer = await gateway.fetch('http://gateway.invalid/graphql', { method: 'POST', headers: { ...HEADERS }, body });
    return answer.json();
  };
  return { ask, close: () => gateway[Symbol.asyncDispose]() };
};

const gateways = {
  apollo: () => apollo,
  hive: () => hiveWith({}),
  hive_rust: async () => hiveWith(await load('@graphql-hive/router-runtime')),
};

const plain = ({ message, path, extensions }) => ({ message, path, code: extensions?.code });
const refusal = (error) => ({ error: `${error?.message ?? error}`.slice(0, 400) });
const tell = (answer) => process.stdout.write(JSON.stringify(answer) + '\n');

async function answer(start, { supergraph, operations }) {
  const { counted, reset, fetch } = counter();
  let gateway;
  try {
    gateway = await start(supergraph, fetch);
  } catch (error) {
    operations.forEach(() => tell({ ...refusal(error), calls: 0, depth: 0 }));
    return;
  }
  for (const operation of operations) {
    reset();
    const { data, errors, error } = await Promise.resolve().then(() => gateway.ask(operation)).catch(refusal);
    tell({ data, errors: errors?.map(plain), error, calls: counted.calls, depth: counted.depth });
  }
  await Promise.resolve(gateway.close()).catch(() => {});
}

process.on('unhandledRejection', () => {});
const start = await gateways[process.argv[3]]();
tell('ready');
for await (const line of createInterface({ input: process.stdin })) await answer(start, JSON.parse(line));
process.exit(0);
