// Who may take an action, by the state machine's side, duty and second person.

import { cityName } from '/console/cities.js';
import { term, text } from '/console/language.js';

/** Why this officer may not take the transition, as a sentence; null where they may. */
export function whyNot(transition, operation, officer, machine) {
  const wanted = wantedOfficer(transition, operation);
  const offices = transition.side === 'REQUESTER' ? machine.requesterOffices : [wanted.office];
  const isWanted = ['city', 'duty'].every((name) => wanted[name] === null || wanted[name] === officer[name]);
  if (!isWanted || !offices.includes(officer.office)) return text('actions.forOthers', { place: placeOf(wanted) });
  return transition.secondPersonFor === null ? null : whyNotSecond(transition.secondPersonFor, operation, officer);
}

/** Who did the `first` action must not approve it; without it there is nothing to approve. */
function whyNotSecond(first, { history }, { city, id }) {
  const done = history.findLast((event) => event.action === first);
  if (done === undefined) return text('actions.notBefore', { action: term('action', first) });
  const isSame = done.officer?.toLowerCase() === `${city}/${id}`.toLowerCase(); // a number is one officer's in any letters
  return isSame ? text('actions.secondPerson', { action: term('action', first) }) : null;
}

/** An officer's city, office and duty in words; `duty` null stands for either. */
export function placeOf({ city, office, duty }) {
  return [cityName(city), term('office', office), duty === null ? text('actions.anyDuty') : term('duty', duty)].join(' · ');
}

function wantedOfficer({ side, duty }, operation) {
  const isRequester = side === 'REQUESTER';
  return {
    city: (isRequester ? operation.requesterCity : operation.addresseeCity).code,
    office: isRequester ? operation.requesterOffice : operation.addresseeOffice,
    duty,
  };
}
