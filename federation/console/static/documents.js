// What is asked of the graph. Every value goes as a variable.

const PLACE = '{ __typename code name }';
const SOURCE = 'source { system asOf }';

export const PERSON = `query CounterPerson($idNumber: String!) {
  person(idNumber: $idNumber) {
    id name sex birthDate lifeStatus residence ${PLACE}
    records { city ${PLACE} personalNumber name sex birthDate lifeStatus updatedAt ${SOURCE} }
    insurances { city ${PLACE} scheme schemeRaw status statusRaw startedOn endedOn ${SOURCE} }
    cards {
      city ${PLACE} number issuedOn expiresOn ${SOURCE}
      socialFunction { status statusRaw since lossExpiresAt }
      bankFunction { status statusRaw since lossExpiresAt bank { name } }
    }
    pensions {
      city ${PLACE} pensionNumber scheme schemeRaw status statusRaw startedOn endedOn ${SOURCE}
      monthlyAmount { yuan }
      certification { status dueOn lastPassedOn }
    }
    cases {
      __typename city ${PLACE} caseNumber status statusRaw openedOn closedOn employer { name } ${SOURCE}
      ... on WorkInjuryCase { accidentOn disabilityGrade conclusion }
      ... on DisputeCase { subject }
      ... on InspectionCase { subject }
    }
  }
}`;

const LISTED = `number kind state isClosed updatedAt requesterCity ${PLACE} addresseeCity ${PLACE}
  deadline { dueOn workingDaysLeft isOverdue }`;

export const OPERATIONS = `query CounterOperations($filter: OperationFilter, $first: Int!, $after: String) {
  operations(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { ${LISTED} }
  }
}`;

const DELIVERY = `delivery {
  state outcome reason rawCode receipt retryAt effectSince effectExpiresAt ${SOURCE}
}`;

export const OPERATION = `query CounterOperation($number: ID!) {
  operation(number: $number) {
    __typename ${LISTED} addresseeNumber requesterOffice addresseeOffice createdAt closedAt
    history { action fromState toState officer note at }
    tasks { id kind reason openedAt doneAt city ${PLACE} }
    ... on ServiceRequest { function ${DELIVERY} }
    ... on CertificationAssist { method passedOn ${DELIVERY} }
    ... on EntrustedInvestigation { subject questions findings { verdict text } }
  }
}`;

const LOSS = `effect isNew errors { code message allowedActions }
  operation {
    number addresseeNumber kind state isClosed addresseeCity ${PLACE}
    ... on ServiceRequest { function ${DELIVERY} card { socialFunction { status lossExpiresAt } bankFunction { status lossExpiresAt } } }
  }`;

/** By kind of loss; the payload is called `report` in both. */
export const REPORT_LOSS = {
  TEMPORARY: `mutation CounterTemporaryLoss($input: CardServiceInput!) { report: reportTemporaryLoss(input: $input) { ${LOSS} } }`,
  FORMAL: `mutation CounterFormalLoss($input: CardServiceInput!) { report: reportFormalLoss(input: $input) { ${LOSS} } }`,
};

export const CAPABILITIES = `query CounterCapabilities {
  capabilities { operation city ${PLACE} isOffered functions closed }
}`;

export const STATE_MACHINES = `query CounterStateMachines {
  stateMachines { kinds transitions { action fromState side } }
}`;

export const TASKS = `query CounterTasks { tasks { id city ${PLACE} } }`;

/** What one city's pension system says of its own certifications. */
export const CERTIFICATIONS = `query CounterCertifications($city: String!, $overdueBy: Date!, $dueBy: Date!) {
  overdue: pensions(payingCity: $city, certificationDueBy: $overdueBy, status: PAYING, first: 1) { totalCount }
  due: pensions(payingCity: $city, certificationDueBy: $dueBy, status: PAYING, first: 1) { totalCount }
  suspended: pensions(payingCity: $city, status: SUSPENDED, first: 1) { totalCount }
}`;

/** Subscriptions by the operation's kind; kinds that have none are asked again from time to time. */
const SERVICE_REQUEST = 'subscription CounterServiceRequest($number: ID!) { serviceRequestUpdated(number: $number) { number } }';
const INVESTIGATION = 'subscription CounterInvestigation($number: ID!) { investigationUpdated(number: $number) { number } }';
export const UPDATES = {
  TEMPORARY_LOSS: SERVICE_REQUEST,
  FORMAL_LOSS: SERVICE_REQUEST,
  RELEASE: SERVICE_REQUEST,
  REPLACEMENT: SERVICE_REQUEST,
  INVESTIGATION,
};
