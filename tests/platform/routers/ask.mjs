// Starts the router argv[2] (apollo, hive) over the supergraph file argv[3] and asks it each operation of stdin, a JSON list of
// {query, variables}. Prints the list of its answers {data, errors}.
import { readFileSync } from 'node:fs';

const routers = {
  apollo: async (supergraphSdl) => {
    const { ApolloGateway } = await import('@apollo/gateway');
    const { parse } = await import('graphql');
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const gateway = new ApolloGateway({ supergraphSdl, logger });
    const { executor } = await gateway.load();
    return async ({ query, variables }) => {
      const document = parse(query);
      const operation = document.definitions.find(({ kind }) => kind === 'OperationDefinition');
      return executor({
        document,
        operation,
        queryHash: query,
        request: { query, variables },
        operationName: operation.name?.value,
        context: {},
        metrics: {},
        logger,
      });
    };
  },
  hive: async (supergraphSdl) => {
    const { createGatewayRuntime } = await import('@graphql-hive/gateway-runtime');
    const gateway = createGatewayRuntime({ supergraph: supergraphSdl, logging: false });
    return async (body) => {
      const answer = await gateway.fetch('http://router.invalid/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return answer.json();
    };
  },
};

const [router, supergraph] = process.argv.slice(2);
const ask = await routers[router](readFileSync(supergraph, 'utf8'));
const answers = [];
for (const operation of JSON.parse(readFileSync(0, 'utf8'))) {
  const { data, errors } = await ask(operation).catch((error) => ({ data: null, errors: [{ message: `${error}` }] }));
  answers.push({ data, errors });
}
// A pipe takes 64 KiB at a time: whoever exits before it has taken all leaves a torn answer.
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
