// What can be done about a card at this counter: by its state, by what is under way, by what its city's system does.

import { cityName } from '/console/cities.js';
import { term, text } from '/console/language.js';
import { wayLeft } from '/console/parts.js';
import { missingCapability } from '/console/rules.js';

const LOST = ['TEMPORARY_LOSS', 'LOSS'];
const REPLACEABLE = { NORMAL: ['EXCHANGE'], LOSS: ['REPLACEMENT', 'EXCHANGE'] };

/**
 * `{canReport, releases, replacements, notes}` of a card: whether a loss can be reported, the functions to release, the kinds
 * of a new card, and for what its state would allow and something else forbids, the ways that are left. `operations` are
 * the person's, null where they are not known.
 */
export function servicesOf(card, operations) {
  const open = (operations ?? []).filter((each) => !each.isClosed && isAbout(each, card));
  const replacing = open.find((each) => each.kind === 'REPLACEMENT');
  return {
    canReport: functionsOf(card).some((name) => statusOf(card, name) !== 'CANCELLED'),
    ...(replacing ? underWay(card, replacing) : byState(card, open)),
  };
}

function isAbout({ card: about }, { city, number }) {
  return about?.number === number && about.city.code === city.code;
}

function underWay(card, { number }) {
  const replacing = wayLeft(text('cards.replacing', { ...named(card), operation: number }));
  return { releases: [], replacements: [], notes: [replacing] };
}

function byState(card, open) {
  const lost = functionsOf(card).filter((name) => LOST.includes(statusOf(card, name)));
  const releasing = open.filter((each) => each.kind === 'RELEASE');
  const isReleasing = (name) => releasing.some((each) => each.function === name);
  const unreached = lost.filter((name) => missingCapability(card.city.code, 'card_release', name) !== null);
  const replacements = REPLACEABLE[statusOf(card, 'SOCIAL')] ?? [];
  const noReplacement = missingCapability(card.city.code, 'card_replacement');
  return {
    releases: lost.filter((name) => !unreached.includes(name) && !isReleasing(name)),
    replacements: noReplacement ? [] : replacements,
    notes: [
      releasing.map(({ number }) => wayLeft(text('cards.releasing', { ...named(card), operation: number }))),
      unreached.map((name) => unreleased(card, name)),
      noReplacement && replacements.length > 0 && wayLeft(text('cards.noReplacement', named(card)), noReplacement, text('cards.noReplacementRemedy')),
      statusOf(card, 'SOCIAL') === 'TEMPORARY_LOSS' && wayLeft(text('cards.formalFirst', named(card))),
    ],
  };
}

function unreleased(card, name) {
  const capability = missingCapability(card.city.code, 'card_release', name);
  const what = text('cards.noRelease', { ...named(card), function: term('cardFunction', name) });
  return wayLeft(what, capability, text(`cards.noReleaseRemedies.${name}`, named(card)));
}

function functionsOf(card) {
  return ['SOCIAL', 'BANK'].filter((name) => functionOf(card, name) !== null);
}

function functionOf(card, name) {
  return name === 'BANK' ? card.bankFunction : card.socialFunction;
}

function statusOf(card, name) {
  return functionOf(card, name)?.status;
}

function named({ city, number }) {
  return { city: cityName(city.code), number };
}
