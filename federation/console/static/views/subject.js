// What an operation decides on: about whom, which card, pension or case, and on what grounds.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { moment } from '/console/format.js';
import { term, text } from '/console/language.js';
import { maskDate } from '/console/masking.js';
import { conflictOf } from '/console/names.js';
import { badge, facts, failure } from '/console/parts.js';
import { cardPart, casePart, employerPart, pensionPart } from '/console/views/subject_parts.js';

/**
 * `answer` is what the cities have answered of the subject, null while they are asked; what the platform itself knows is in
 * `operation`. `id` names the element, which is shown in the operation's view and where an action is signed.
 */
export function subjectOf(operation, answer, askAgain, id = 'subject') {
  const found = answer?.data?.operation ?? {};
  return element(
    'div',
    { id, class: 'subject' },
    found.person && conflictOf(found.person, text('conflict.compare')),
    facts(subjectFacts(operation, found)),
    answer === null && element('p', { class: 'hint' }, text('subject.asking')),
    benefits(found.benefitsPaying),
    digests('attachments', operation.attachments),
    operation.__typename === 'DeathNotice' && digests('evidence', operation.evidence),
    failures(answer, askAgain),
    lastKnown(answer),
  );
}

function subjectFacts(operation, found) {
  const { person } = found;
  return [
    [text('subject.person'), person && (person.name ?? text('person.nameless'))],
    [text('person.birthDate'), person && maskDate(person.birthDate)],
    [text('person.lifeStatus'), person?.lifeStatus && badge('lifeStatus', person.lifeStatus)],
    ...contentFacts(operation),
    ...partFacts(operation, found),
    [text('investigation.legalBasis'), operation.legalBasis],
    [text('requests.grounds'), operation.grounds],
  ];
}

function contentFacts(operation) {
  const isNotice = operation.__typename === 'DeathNotice';
  const isReplacement = operation.kind === 'REPLACEMENT';
  // The issuing city may have changed where the card is fetched.
  const pickUpCity = operation.progress?.pickUpCity ?? operation.pickUpCity;
  return [
    [text('requests.function'), operation.function && !isReplacement ? term('cardFunction', operation.function) : null],
    [text('subject.compensates'), operation.compensates && element('span', { class: 'code' }, operation.compensates)],
    [text('subject.replacementKind'), operation.replacementKind && term('replacementKind', operation.replacementKind)],
    [text('replacement.pickUpCity'), pickUpCity && cityName(pickUpCity.code)],
    [text('subject.method'), operation.method && term('certificationMethod', operation.method)],
    [text('subject.passedOn'), operation.passedOn],
    [text('requests.subject'), operation.subject && term('investigationSubject', operation.subject)],
    [text('subject.notified'), isNotice ? text(operation.isMissing ? 'subject.missing' : 'subject.death') : null],
    [text('subject.happenedOn'), isNotice ? (operation.happenedOn ?? text('subject.dayUnknown')) : null],
    [text('subject.learntFrom'), operation.learntFrom],
  ];
}

/** The keys as the platform keeps them, with what their city says where it could be asked. */
function partFacts(operation, found) {
  const both = (name) => operation[name] && { ...operation[name], ...found[name] };
  const dispute = both('dispute');
  const inspection = both('inspection');
  return [
    [text('subject.card'), cardPart(both('card'), operation.function)],
    [text('subject.pension'), pensionPart(both('pension'))],
    [text('subject.case'), casePart(both('case'), 'WorkInjuryCase')],
    [text('subject.case'), casePart(dispute, 'DisputeCase') ?? casePart(inspection, 'InspectionCase')],
    [text('cases.employer'), employerPart(both('employer'))],
  ];
}

/** What the deciding city pays the person now; null where it is not asked or not known. */
function benefits(pensions) {
  if (!pensions) return null;
  const one = (pension) => element('li', {}, pensionPart(pension));
  const list = () => element('ul', { class: 'benefits' }, pensions.map(one));
  return [
    element('h3', {}, text('subject.benefits')),
    pensions.length === 0 ? element('p', { class: 'empty' }, text('subject.noBenefits')) : list(),
  ];
}

function digests(name, found) {
  if (!found?.length) return null;
  const one = (digest) => element('li', {}, element('span', { class: 'code' }, digest));
  return [element('h3', {}, text(`subject.${name}`)), element('ol', { class: 'questions' }, found.map(one))];
}

/** What each source that failed costs: its own part and no other. */
function failures(answer, askAgain) {
  const errors = new Map((answer?.errors ?? []).map((error) => [`${error.path?.[1]} ${error.extensions?.code}`, error]));
  return [...errors.values()].map((error) => failure(error, askAgain, { part: partOf(error) }));
}

function partOf({ path }) {
  const name = { dispute: 'case', inspection: 'case', employer: 'case', benefitsPaying: 'benefits' }[path?.[1]] ?? path?.[1];
  return ['person', 'card', 'pension', 'case', 'benefits'].includes(name) ? text(`subject.${name}`) : text('subject.title');
}

function lastKnown(answer) {
  const places = [...new Map((answer?.stale ?? []).map((place) => [place.city, place])).values()];
  return places.map(({ city, asOf }) => element('p', { class: 'hint' }, text('subject.lastKnown', { city: cityName(city), moment: moment(asOf) })));
}
