// What the graph says of its rules: what each city's systems do on request, and who moves an operation on.

import { CITIES, RULES } from '/console/documents.js';
import { ask } from '/console/graph.js';

const NOBODY_BORN_FROM = '9999-12-31';

const known = { capabilities: [], machines: [] };

/** Ask for the rules, unless they are known already. Without them everything is offered, and the graph refuses. */
export async function loadRules() {
  if (known.machines.length > 0) return;
  const { data } = await ask(RULES);
  known.capabilities = data?.capabilities ?? known.capabilities;
  known.machines = data?.stateMachines ?? known.machines;
}

/** Ask every city, for the sake of its name: answers tell it of whom they come from, and of whom they do not. */
export async function loadCityNames() {
  await ask(CITIES, { bornFrom: NOBODY_BORN_FROM });
}

/** The capability that a city lacks, null where it has it or where that is not known; `cardFunction` where it matters. */
export function missingCapability(city, operation, cardFunction = null) {
  const capability = known.capabilities.find((each) => each.city.code === city && each.operation === operation);
  if (!capability) return null;
  const reaches = cardFunction === null || capability.functions.includes(cardFunction);
  return capability.isOffered && reaches ? null : capability;
}

/** The state machine of a kind of operation: `{requesterOffices, states, transitions}`; null while it is not known. */
export function machineOf(kind) {
  return known.machines.find((machine) => machine.kinds.includes(kind)) ?? null;
}

/** The names of all kinds of operations, in the machines' order; empty while they are not known. */
export function kindsKnown() {
  return known.machines.flatMap((machine) => machine.kinds);
}

/** The names of the states that an operation of the kind can be in, of all kinds where that is ''. */
export function statesOf(kind) {
  const machines = known.machines.filter((machine) => kind === '' || machine.kinds.includes(kind));
  return [...new Set(machines.flatMap(({ states }) => states.map(({ name }) => name)))];
}
