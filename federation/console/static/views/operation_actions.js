// What officers may do with an operation now: buttons for what this officer may, the reason for the rest.

import { openActionDialog } from '/console/dialogs/action.js';
import { officerFields } from '/console/dialogs/officer_fields.js';
import { element, replace } from '/console/dom.js';
import { term, text } from '/console/language.js';
import { officer } from '/console/officer.js';
import { badge, section } from '/console/parts.js';
import { machineOf } from '/console/rules.js';
import { whyNot } from '/console/views/entitlement.js';

/** `subject` as `operationDetails` has it; `onTold` is called when something may have changed. */
export function actionsOf(app, operation, { subject, onTold }) {
  const title = text('actions.title');
  if (operation.allowedActions.length === 0) {
    return section('actions', title, element('p', { class: 'empty' }, text(operation.isClosed ? 'actions.ended' : 'actions.platform')));
  }
  const machine = machineOf(operation.kind);
  if (machine === null) return section('actions', title, element('p', { class: 'empty' }, text('actions.unknown')));
  const show = () => replace(list());
  return section('actions', title, officerFields({ onChoice: show, onType: show }), list());

  function list() {
    const transitions = operation.allowedActions.map((action) => machine.transitions.find((each) => each.action === action && each.fromState === operation.state));
    return element('ul', { id: 'action-list', class: 'actions' }, transitions.filter(Boolean).map(item));
  }

  function item(transition) {
    const reason = whyNot(transition, operation, officer, machine);
    const label = term('take', transition.action);
    const press = () => open(transition);
    return element(
      'li',
      {},
      reason === null
        ? element('button', { id: `act-${transition.action}`, type: 'button', onclick: press }, label)
        : element('strong', {}, label),
      transition.toState !== operation.state && badge('operationState', transition.toState),
      reason && element('span', { class: 'detail' }, reason),
    );
  }

  function open(transition) {
    if (officer.id !== '') openActionDialog(app, { operation, transition, subject, onTold });
    else wantNumber();
  }

  function wantNumber() {
    const id = document.getElementById('officer-id');
    id.setAttribute('aria-invalid', 'true');
    app.announce(text('officer.missing'));
    id.focus();
  }
}
