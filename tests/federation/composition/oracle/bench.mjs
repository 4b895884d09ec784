// Composes one set several times in this process. Second argument: a file with the set as JSON; third: how often.
// Out: a JSON line {seconds: [...], cpu: [...], megabytes}: the first of them includes loading the packages.
// The first argument is the folder in which the packages are installed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

const seconds = [];
const cpu = [];
let from = performance.now();
let used = { user: 0, system: 0 };
const require = createRequire(join(process.argv[2], "oracle.cjs"));
const { composeServices } = require("@apollo/composition");
const { parse } = require("graphql");
for (let round = 0; round < Number(process.argv[4]); round++) {
  const set = JSON.parse(readFileSync(process.argv[3], "utf8"));
  const result = composeServices(set.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
  if (!result.supergraphSdl) throw new Error(result.errors[0].message);
  seconds.push((performance.now() - from) / 1000);
  const now = process.cpuUsage();
  cpu.push((now.user + now.system - used.user - used.system) / 1e6);
  used = now;
  from = performance.now();
}
console.log(JSON.stringify({ seconds, cpu, megabytes: process.resourceUsage().maxRSS / 1024 }));
