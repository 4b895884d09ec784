// What all views are made of: badges, notices, sources, facts.

import { element } from '/console/dom.js';
import { describe } from '/console/failures.js';
import { moment } from '/console/format.js';
import { term, text } from '/console/language.js';

const TONES = {
  good: ['NORMAL', 'PAYING', 'ACTIVE', 'ALIVE', 'NOT_DUE', 'IN_EFFECT', 'DONE', 'CLOSED', 'CONFIRMED', 'ok'],
  waiting: ['TEMPORARY_LOSS', 'SEALED', 'DUE', 'QUEUED', 'WAITING', 'IN_PRODUCTION', 'TAKEN_UP', 'MANUAL', 'NEEDS_A_PERSON', 'NEED_MORE', 'stale'],
  bad: ['LOSS', 'LOCKED', 'SUSPENDED', 'OVERDUE', 'REFUSED', 'DECEASED', 'MISSING', 'timeout', 'unavailable', 'refused'],
};

/** A state in words, with a mark of its tone; `raw` is what the source holds where the list does not know it. */
export function badge(group, value, raw = null) {
  if (value === null || value === undefined) return '–';
  const label = value === 'UNKNOWN' && raw ? text('common.unmapped', { raw }) : term(group, value);
  return element('span', { class: `badge ${toneOf(value)}` }, label);
}

function toneOf(value) {
  return Object.keys(TONES).find((tone) => TONES[tone].includes(value)) ?? 'plain';
}

/** Which system said it, and as of when; `isStale` where it is the last known answer of a city that cannot be asked now. */
export function source({ system, asOf }, isStale = false) {
  return element(
    'span',
    { class: 'source' },
    element('span', { class: 'system' }, system),
    element('span', { class: 'as-of' }, text('common.asOf', { moment: moment(asOf) })),
    isStale && badge('sourceStatus', 'stale'),
  );
}

/** A message with its remedy; `action` is a button or null, an alert is read out as soon as it is there. */
export function notice(tone, title, body, action = null, isAlert = tone === 'bad') {
  return element(
    'div',
    { class: `notice ${tone}`, role: isAlert ? 'alert' : null },
    element('p', { class: 'notice-title' }, title),
    body && element('p', {}, body),
    action,
  );
}

/** What a city's system does not do, with what the city says of it (`capability`, in the words of its configuration) and what is left. */
export function wayLeft(what, capability = null, remedy = null) {
  const because = capability?.missingBecause;
  return element(
    'div',
    { class: 'notice waiting' },
    element('p', { class: 'notice-title' }, what),
    because && element('p', { lang: 'en' }, because),
    remedy && element('p', {}, remedy),
  );
}

/**
 * An error of an answer with what to do about it, its code for those who are asked, and a button where asking again helps.
 * `part` names what it costs. Of a write (`isWrite`) nothing is said of asking again: what is to be done depends on it.
 */
export function failure(error, askAgain = null, { part = null, isWrite = false } = {}) {
  const { what, remedy, code, isRetryable } = describe(error);
  const button =
    askAgain && isRetryable && element('button', { type: 'button', class: 'quiet', onclick: askAgain }, text('common.askAgain'));
  const body = [isWrite && isRetryable ? null : `${remedy} `, element('span', { class: 'code' }, code)];
  return element(
    'div',
    { class: 'notice bad', role: 'alert' },
    element('p', { class: 'notice-title' }, part === null ? what : text('common.partMissing', { part, what })),
    element('p', {}, body),
    button,
  );
}

/** Why nothing newer came than the answer that is shown, and of when that is; nothing where it is the newest. */
export function missedOf({ missed, answeredAt }, askAgain) {
  if (missed.length === 0) return null;
  return [missed.map((error) => failure(error, askAgain)), element('p', { class: 'hint' }, text('common.earlier', { moment: moment(answeredAt) }))];
}

export function loading(label) {
  return element(
    'div',
    { class: 'loading' },
    element('span', { class: 'bar' }),
    element('p', {}, label),
  );
}

/** Names and values; those without a value are left out. */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '–');
  return element(
    'dl',
    { class: 'facts' },
    shown.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
}

/** What the platform does at a delivery's `retryAt`: what its city has taken is not tried again, but looked for. */
export function nextTry({ state }) {
  return text(['IN_PRODUCTION', 'TAKEN_UP'].includes(state) ? 'requests.lookedAt' : 'requests.retryAt');
}

/** A part of a page under its heading; `id` names both. */
export function section(id, title, ...content) {
  return element(
    'section',
    { id, 'aria-labelledby': `${id}-title`, class: 'panel' },
    element('h2', { id: `${id}-title` }, title),
    content,
  );
}
