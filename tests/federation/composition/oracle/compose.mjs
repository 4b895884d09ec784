// Composes subgraph sets with the reference: one JSON list of {name, url, sdl} a line in, one JSON answer a line out.
// The first argument is the folder in which the packages are installed.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { join } from "node:path";

const require = createRequire(join(process.argv[2], "oracle.cjs"));
const { composeServices } = require("@apollo/composition");
const { parse } = require("graphql");

function compose(subgraphs) {
  const services = [];
  for (const { name, url, sdl } of subgraphs) {
    try {
      services.push({ name, url, typeDefs: parse(sdl) });
    } catch (error) {
      return { errors: [{ code: "INVALID_GRAPHQL", message: error.message }], hints: [] };
    }
  }
  const result = composeServices(services);
  return {
    supergraph: result.supergraphSdl ?? null,
    errors: (result.errors ?? []).map((e) => ({ code: e.extensions?.code ?? null, message: e.message })),
    hints: (result.hints ?? []).map((h) => ({ code: h.definition.code, message: h.message })),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = compose(JSON.parse(line));
  } catch (error) {
    answer = { crash: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
