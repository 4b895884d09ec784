// Who sits at the counter, as they say themselves. Kept until the page is closed, nowhere else.

export const officer = { id: '', city: null };

/** What the mutations ask for. */
export function officerInput() {
  return { id: officer.id, city: officer.city, office: 'CARD_CENTRE', duty: 'HANDLER' };
}

/** A key that stands for one intent. `crypto.randomUUID` is missing on plain HTTP in a bureau's network. */
export function newIntent() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `counter-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
