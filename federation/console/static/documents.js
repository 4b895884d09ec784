// What is asked of the graph. Every value goes as a variable.

const PLACE = '{ __typename code name }';
const SOURCE = 'source { system asOf }';

const LISTED = `number kind state isClosed updatedAt requesterCity ${PLACE} addresseeCity ${PLACE}
  deadline { dueOn workingDaysLeft isOverdue }`;

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

/** Asked for beside the person, who is not to wait where the platform's own part hangs. */
export const PERSON_OPERATIONS = `query CounterPersonOperations($personId: ID!) {
  operations(filter: { personId: $personId }, first: 100) {
    totalCount nodes { ${LISTED} ... on ServiceRequest { function card { city ${PLACE} number } } }
  }
}`;

export const OPERATIONS = `query CounterOperations($filter: OperationFilter, $first: Int!, $after: String) {
  operations(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { ${LISTED} }
  }
}`;

const DELIVERY = `delivery {
  state outcome reason rawCode receipt retryAt effectSince effectExpiresAt ${SOURCE}
}`;

const PROGRESS = `progress {
  applicationNumber batchNumber bank { name } newCard { number } pickUpCity ${PLACE} pickUpPlace steps { step at } ${SOURCE}
}`;

const TASK = `id kind reason operationNumber openedAt handlings endedBy delivery { operation } city ${PLACE}`;

const FOUND = 'findings { verdict text } evidence draftFindings { verdict text } draftEvidence';

const CASE_KEY = `city ${PLACE} caseNumber`;
const CASES_AND_EMPLOYER = `dispute { ${CASE_KEY} } inspection { ${CASE_KEY} } employer { creditCode }`;

export const OPERATION = `query CounterOperation($number: ID!) {
  operation(number: $number) {
    __typename ${LISTED} addresseeNumber requesterOffice addresseeOffice createdAt closedAt
    version allowedActions history { action fromState toState officer note at }
    tasks { ${TASK} doneAt doneBy note }
    ... on ServiceRequest { function compensates replacementKind pickUpCity ${PLACE} card { city ${PLACE} number } ${DELIVERY} ${PROGRESS} }
    ... on CertificationAssist { method passedOn pension { city ${PLACE} pensionNumber } ${DELIVERY} }
    ... on EntrustedInvestigation { subject case { ${CASE_KEY} } attachments legalBasis questions investigators additions ${FOUND} }
    ... on CaseAssist { ${CASES_AND_EMPLOYER} attachments legalBasis questions investigators additions ${FOUND} }
    ... on CaseTransfer { ${CASES_AND_EMPLOYER} grounds receivedCaseNumber ${DELIVERY} }
    ... on DeathNotice { isMissing happenedOn learntFrom evidence }
  }
}`;

const CASE = `${CASE_KEY} status statusRaw openedOn employer { name } ${SOURCE}`;
const PENSION = `city ${PLACE} pensionNumber scheme schemeRaw status statusRaw monthlyAmount { yuan } certification { status dueOn } ${SOURCE}`;
const CASE_PARTS = `dispute { ${CASE} subject } inspection { ${CASE} subject } employer { creditCode name }`;

/** What the cities know of that which an operation decides on; asked for beside it, so that no city keeps it waiting. */
export const SUBJECT = `query CounterSubject($number: ID!) {
  operation(number: $number) {
    __typename number
    person { id name sex birthDate lifeStatus records { city ${PLACE} name } }
    ... on ServiceRequest { card { city ${PLACE} number socialFunction { status statusRaw } bankFunction { status statusRaw } ${SOURCE} } }
    ... on CertificationAssist { pension { ${PENSION} } }
    ... on EntrustedInvestigation { case { ${CASE} accidentOn } }
    ... on CaseAssist { ${CASE_PARTS} }
    ... on CaseTransfer { ${CASE_PARTS} }
    ... on DeathNotice { benefitsPaying { ${PENSION} } }
  }
}`;

const SERVED = `effect isNew errors { code message inputs allowedActions }
  operation {
    number addresseeNumber kind state isClosed addresseeCity ${PLACE}
    ... on ServiceRequest { function ${DELIVERY} card { socialFunction { status lossExpiresAt } bankFunction { status lossExpiresAt } } }
  }`;

/** A card's requests; the payload is called `served` in all of them. Losses by their kind. */
export const REPORT_LOSS = {
  TEMPORARY: `mutation CounterTemporaryLoss($input: CardServiceInput!) { served: reportTemporaryLoss(input: $input) { ${SERVED} } }`,
  FORMAL: `mutation CounterFormalLoss($input: CardServiceInput!) { served: reportFormalLoss(input: $input) { ${SERVED} } }`,
};
export const RELEASE_CARD = `mutation CounterRelease($input: CardServiceInput!) { served: releaseCard(input: $input) { ${SERVED} } }`;
export const REQUEST_REPLACEMENT = `mutation CounterReplacement($input: ReplacementInput!) {
  served: requestReplacement(input: $input) { ${SERVED} }
}`;

export const DRAFT_INVESTIGATION = `mutation CounterInvestigationDraft($input: InvestigationInput!) {
  drafted: draftInvestigation(input: $input) {
    effect isNew errors { code message inputs allowedActions } operation { number kind state isClosed addresseeCity ${PLACE} }
  }
}`;

export const TAKE_ACTION = `mutation CounterAction($input: ActionInput!) {
  taken: takeAction(input: $input) { errors { code message inputs allowedActions } operation { number state } }
}`;

export const FINISH_TASK = `mutation CounterTask($input: FinishTaskInput!) {
  finished: finishTask(input: $input) { errors { code message inputs allowedActions } task { id doneAt } }
}`;

/** Whose task it may be: the offices that take part in its operation. */
export const OFFICES_OF = `query CounterOffices($number: ID!) {
  operation(number: $number) { requesterCity ${PLACE} requesterOffice addresseeCity ${PLACE} addresseeOffice }
}`;

/** Finds nobody: who is asked says the cities' names in Latin letters. */
export const CITIES = `query CounterCities($bornFrom: Date!) {
  people(filter: { bornFrom: $bornFrom }, first: 1) { nodes { id } }
}`;

/** What does not change while the platform runs. */
export const RULES = `query CounterRules {
  capabilities { operation city ${PLACE} isOffered missingBecause functions closed }
  stateMachines {
    kinds requesterOffices states { name isFinal }
    transitions { action fromState toState side duty needs secondPersonFor limit }
  }
}`;

export const BOARD = `query CounterBoard($deadlines: Int!, $tasks: Int!) {
  caseload { city ${PLACE} kind state count overdue }
  operations(filter: { isClosed: false }, order: DUE, first: $deadlines) { nodes { ${LISTED} waitsFor ${PLACE} } }
  tasks(first: $tasks) { totalCount nodes { ${TASK} } }
  taskCounts { city { code } count }
}`;

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
