// What an investigation asks, and what was found: as it was reported, or as a handler has drafted it.

import { element } from '/console/dom.js';
import { text } from '/console/language.js';
import { badge, notice } from '/console/parts.js';

/** The questions of an operation, each with its finding once there is one, and the evidence; null where nothing is asked. */
export function findingsOf({ questions, findings, evidence, draftFindings, draftEvidence }) {
  if (!questions?.length) return null;
  const isDraft = Boolean(draftFindings);
  const found = isDraft ? draftFindings : findings;
  return [
    element('h3', {}, text('requests.questions')),
    isDraft && notice('waiting', text('requests.draft'), null),
    element('ol', { class: 'questions' }, questions.map((question, place) => answered(question, found?.[place]))),
    evidenceOf(isDraft ? draftEvidence : evidence),
  ];
}

/** What was asked for and supplied since; null where nothing was. */
export function additionsOf({ additions }) {
  if (!additions?.length) return null;
  return [element('h3', {}, text('requests.additions')), element('ol', { class: 'questions' }, additions.map((each) => element('li', {}, each)))];
}

function answered(question, finding) {
  return element('li', {}, question, finding && element('span', { class: 'finding' }, badge('verdict', finding.verdict), ` ${finding.text}`));
}

function evidenceOf(digests) {
  if (!digests?.length) return null;
  const one = (digest) => element('li', {}, element('span', { class: 'code' }, digest));
  return [element('h3', {}, text('requests.evidence')), element('ol', { class: 'questions' }, digests.map(one))];
}
