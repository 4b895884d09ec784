// Errors of an answer as sentences: what is missing, and what to do about it.

import { cityName } from '/console/cities.js';
import { hasText, text } from '/console/language.js';

/** `{what, remedy, code, isRetryable}` of an entry of `errors`. */
export function describe(error) {
  const { code = 'UNKNOWN', city, system, businessCode, retryable = false } = error.extensions ?? {};
  const known = hasText(`errors.${code}`) ? code : retryable ? 'OTHER_RETRYABLE' : 'OTHER';
  const values = { city: city ? cityName(city) : text('common.somePart'), system: system ?? '', code, businessCode: businessCode ?? code };
  return {
    code,
    isRetryable: retryable,
    what: text(`errors.${known}.what`, values),
    remedy: text(`errors.${known}.remedy`, values),
  };
}

/** The errors of one domain's cities, one per city: `[{city, service, error}]`. */
export function gapsOf(errors, service) {
  const gaps = new Map();
  for (const error of errors) {
    const { city, service: from } = error.extensions ?? {};
    if (city && from === service && !gaps.has(city)) gaps.set(city, { city, service, error });
  }
  return [...gaps.values()];
}

/** The cities whose last known answer stands in for one domain, each with the moment when it was true. */
export function staleCitiesOf(stale, service) {
  return new Map(stale.filter((place) => place.service === service).map((place) => [place.city, place.asOf]));
}

/** Errors that belong to no city: the whole request, or a whole domain. */
export function wholeErrors(errors) {
  return errors.filter((error) => !error.extensions?.city);
}
