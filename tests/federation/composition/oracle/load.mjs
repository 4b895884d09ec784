// Loads supergraphs with the reference gateway: one JSON string a line in; out, a JSON line {api} with the API schema
// it serves, or {error}.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { join } from "node:path";

const require = createRequire(join(process.argv[2], "oracle.cjs"));
const { ApolloGateway } = require("@apollo/gateway");
const { printSchema, lexicographicSortSchema } = require("graphql");
const silent = { debug() {}, info() {}, warn() {}, error() {} };

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const gateway = new ApolloGateway({ supergraphSdl: JSON.parse(line), logger: silent });
    const { schema } = await gateway.load();
    answer = { api: printSchema(lexicographicSortSchema(schema)) };
    await gateway.stop();
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
