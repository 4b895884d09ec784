// Every request asks for its query plan; the plan goes to the plan panel, the answer is shown without it.

const listeners = new Set();
let latestPlan = null;

export function subscribeToPlan(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentPlan() {
  return latestPlan;
}

function publishPlan(plan) {
  latestPlan = plan;
  for (const listener of listeners) listener();
}

function isIntrospection(parameters) {
  return parameters.operationName === 'IntrospectionQuery';
}

function takePlan(answer) {
  const { queryPlan, ...extensions } = answer.extensions ?? {};
  if (queryPlan === undefined) return [answer, null];
  const shown = { ...answer };
  if (Object.keys(extensions).length > 0) shown.extensions = extensions;
  else delete shown.extensions;
  return [shown, queryPlan.text ?? JSON.stringify(queryPlan, null, 2)];
}

export async function fetchGraphQL(parameters, options = {}) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      ...(isIntrospection(parameters) ? {} : { 'bureaugraph-query-plan': 'include' }),
      ...options.headers,
    },
    body: JSON.stringify(parameters),
  });
  const answer = await response.json();
  if (isIntrospection(parameters)) return answer;
  const [shown, plan] = takePlan(answer);
  publishPlan(plan);
  return shown;
}
