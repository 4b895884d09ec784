// Moves an operation on by one action, with what the action needs.

import { needsOf } from '/console/dialogs/action_needs.js';
import { openRequestDialog } from '/console/dialogs/request_dialog.js';
import { TAKE_ACTION } from '/console/documents.js';
import { element } from '/console/dom.js';
import { ask } from '/console/graph.js';
import { term, text } from '/console/language.js';
import { officer, officerInput } from '/console/officer.js';
import { badge } from '/console/parts.js';
import { placeOf } from '/console/views/entitlement.js';
import { additionsOf, findingsOf } from '/console/views/findings.js';
import { subjectOf } from '/console/views/subject.js';

/**
 * `transition` is one of the operation's machine; `subject` is `{answer(), askAgain}`, what the cities say of that which is
 * decided on. `onTold` is called when something may have changed.
 */
export function openActionDialog(app, { operation, transition, subject, onTold }) {
  const needs = needsOf(transition, operation);
  const label = term('take', transition.action);
  const expectedVersion = transition.secondPersonFor === null ? null : operation.version; // who signs has read what is signed
  const isMove = transition.toState !== operation.state;

  openRequestDialog(app, {
    title: label,
    submitLabel: label,
    sending: () => text('common.asking'),
    first: needs[0]?.first ?? 'dialog-submit',
    fields: (form) => [
      element('p', {}, term('operationKind', operation.kind), ' ', element('span', { class: 'code whole' }, operation.number)),
      isMove && element('p', {}, badge('operationState', operation.state), ' → ', badge('operationState', transition.toState)),
      element('p', {}, text('actions.as', { place: placeOf(officer), number: officer.id })),
      subjectOf(operation, subject.answer(), subject.askAgain, 'dialog-subject'),
      transition.action !== 'draft_report' && findingsOf(operation), // a draft asks them one by one
      additionsOf(operation),
      needs.map((need) => need.fields(form)),
    ],
    inputs: () => Object.fromEntries(needs.map((need) => [need.name, need.blamed ?? need.first])),
    check: () => needs.map((need) => need.check()).find(Boolean) ?? null,
    tell,
    unknownRemedy: text('actions.unansweredRemedy'),
    onTold,
  });

  async function tell() {
    const brought = Object.fromEntries(needs.map((need) => [need.name, need.input()]));
    const input = { number: operation.number, action: transition.action, officer: officerInput(), expectedVersion, ...brought };
    const { data, errors } = await ask(TAKE_ACTION, { input });
    return { payload: data?.taken ?? null, errors };
  }
}
