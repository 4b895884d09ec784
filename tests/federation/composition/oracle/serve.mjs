// Serves supergraphs with both reference gateways. In, one JSON {supergraph, operations: [{query, variables}]} a line;
// out, one JSON {apollo, hive} a line, each {api, answers: [{data, errors}]} (errors as a number), or {error}.
// The first argument is the folder in which the packages are installed.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.argv[2], "oracle.cjs"));
const { ApolloGateway } = require("@apollo/gateway");
const graphql = require("graphql");
const hive = await import(pathToFileURL(require.resolve("@graphql-hive/gateway-runtime")));
const silent = { debug() {}, info() {}, warn() {}, error() {} };

const print = (schema) => graphql.printSchema(graphql.lexicographicSortSchema(schema));
const reduce = ({ data, errors }) => ({ data: data ?? null, errors: errors?.length ?? 0 });

async function apollo({ supergraph, operations }) {
  const gateway = new ApolloGateway({ supergraphSdl: supergraph, logger: silent });
  try {
    const { schema, executor } = await gateway.load();
    const answers = [];
    for (const { query, variables } of operations) {
      const document = graphql.parse(query);
      const operation = graphql.getOperationAST(document);
      const request = { query, variables };
      const cache = { get: async () => undefined, set: async () => undefined, delete: async () => undefined };
      const asked = { document, request, operation, operationName: null, queryHash: query, context: {}, schema, cache };
      answers.push(reduce(await executor({ ...asked, logger: silent, metrics: {}, overallCachePolicy: {} })));
    }
    return { api: print(schema), answers };
  } finally {
    await gateway.stop();
  }
}

async function hiveGateway({ supergraph, operations }) {
  const gateway = hive.createGatewayRuntime({ supergraph, logging: false, landingPage: false, graphiql: false });
  const ask = async (body) => {
    const headers = { "content-type": "application/json", accept: "application/json" };
    const answer = await gateway.fetch("http://gateway/graphql", { method: "POST", headers, body: JSON.stringify(body) });
    return answer.json();
  };
  try {
    const { data } = await ask({ query: graphql.getIntrospectionQuery() });
    const answers = [];
    for (const operation of operations) answers.push(reduce(await ask(operation)));
    return { api: print(graphql.buildClientSchema(data)), answers };
  } finally {
    await gateway[Symbol.asyncDispose]();
  }
}

const tryTo = (gateway, question) => gateway(question).catch((error) => ({ error: String(error) }));

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  const answer = { apollo: await tryTo(apollo, question), hive: await tryTo(hiveGateway, question) };
  process.stdout.write(JSON.stringify(answer) + "\n");
}
process.exit(0);
