// Who sits at the counter, as they say themselves. Kept until the page is closed, nowhere else.

export const officer = { id: '', city: null, office: 'CARD_CENTRE', duty: 'HANDLER' };

export const OFFICES = ['CARD_CENTRE', 'INSURANCE_AGENCY', 'WORK_INJURY_DEPARTMENT', 'ARBITRATION', 'INSPECTION'];
export const DUTIES = ['HANDLER', 'REVIEWER'];

/** Who it probably is, until somebody has said who they are; what is not known stays as it is. */
export function presetOfficer(probable) {
  if (officer.id !== '') return;
  Object.assign(officer, Object.fromEntries(Object.entries(probable).filter(([, value]) => value)));
}

/** What the mutations ask for. */
export function officerInput() {
  return { ...officer };
}

/** A key that stands for one intent. `crypto.randomUUID` is missing on plain HTTP in a bureau's network. */
export function newIntent() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `counter-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
