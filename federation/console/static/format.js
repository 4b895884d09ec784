// Days, moments and amounts as they are read at a counter. Moments stay in the bureau's own offset, as they came.

/** `2026-11-27T07:37:38+08:00` as `2026-11-27 07:37`. */
export function moment(value) {
  return value ? `${value.slice(0, 10)} ${value.slice(11, 16)}` : '–';
}

/** The time of day alone, `07:37:38`. */
export function timeOfDay(value) {
  return value ? value.slice(11, 19) : '–';
}

export function day(value) {
  return value ?? '–';
}

/** `5231.40` as `¥5,231.40`: an exact decimal, never a float. */
export function yuan(value) {
  if (value === null || value === undefined) return '–';
  const [whole, fraction] = value.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? `¥${grouped}` : `¥${grouped}.${fraction}`;
}

/** This moment in the bureaus' offset, and `days` later. */
export function bureauNow(days = 0) {
  const atBureau = new Date(Date.now() + 8 * 3_600_000 + days * 86_400_000);
  return atBureau.toISOString().replace(/\.\d+Z$/, '+08:00');
}

/** Today in the bureaus' offset, and `days` later. */
export function bureauDay(days = 0) {
  return bureauNow(days).slice(0, 10);
}
