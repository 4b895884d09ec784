// What the graph says of its rules: what each city's systems do on request, and who moves an operation on.

import { RULES } from '/console/documents.js';
import { ask } from '/console/graph.js';

const known = { capabilities: [], machines: [] };

/** Ask for the rules, unless they are known already. Without them everything is offered, and the graph refuses. */
export async function loadRules() {
  if (known.machines.length > 0) return;
  const { data } = await ask(RULES);
  known.capabilities = data?.capabilities ?? known.capabilities;
  known.machines = data?.stateMachines ?? known.machines;
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
