// One person over all cities: find by id number, see what every city's systems hold, report a card's loss.

import { cityName } from '/console/cities.js';
import { PERSON, PERSON_OPERATIONS } from '/console/documents.js';
import { openInvestigationDialog } from '/console/dialogs/investigation.js';
import { openLossDialog } from '/console/dialogs/loss.js';
import { openReleaseDialog } from '/console/dialogs/release.js';
import { openReplacementDialog } from '/console/dialogs/replacement.js';
import { element, replace } from '/console/dom.js';
import { describe, gapsOf, staleCitiesOf, wholeErrors } from '/console/failures.js';
import { ask, keepShown } from '/console/graph.js';
import { term, text } from '/console/language.js';
import { maskDate, maskIdNumber, Reveal } from '/console/masking.js';
import { conflictOf } from '/console/names.js';
import { badge, facts, failure, loading, missedOf, notice } from '/console/parts.js';
import { cardsOf } from '/console/views/card_table.js';
import { requestsOf } from '/console/views/person_requests.js';
import { casesOf, insurancesOf, pensionsOf, recordsOf } from '/console/views/person_tables.js';
import { sourcesOf } from '/console/views/sources.js';

const ID_NUMBER = /^(\d{15}|\d{17}[\dX])$/;

export function createPersonView(app) {
  // `phase`: empty, invalid, asking, failed, nobody, found.
  const state = { phase: 'empty', typed: '', idNumber: '', answer: null, requests: null };
  const reveal = new Reveal(() => replaceResult());

  return { render, enter: () => document.getElementById('id-number')?.focus(), leave: () => reveal.close(), take() {} };

  function render() {
    return [element('h1', { class: 'unseen' }, text('person.title')), searchForm(), result()];
  }

  function searchForm() {
    const isInvalid = state.phase === 'invalid';
    return element(
      'form',
      { class: 'search', onsubmit: submit, autocomplete: 'off', novalidate: true },
      element('label', { for: 'id-number' }, text('person.idNumber')),
      element('input', {
        id: 'id-number',
        value: state.typed,
        oninput: (event) => (state.typed = event.target.value),
        inputmode: 'text',
        autocomplete: 'off',
        autocapitalize: 'characters',
        spellcheck: 'false',
        maxlength: 24,
        'aria-describedby': 'id-number-hint',
        'aria-invalid': isInvalid ? 'true' : null,
      }),
      element('button', { id: 'find', type: 'submit', class: 'main' }, text('person.find')),
      element('p', { id: 'id-number-hint', class: isInvalid ? 'hint bad' : 'hint' }, text(isInvalid ? 'person.invalid' : 'person.hint')),
    );
  }

  function submit(event) {
    event.preventDefault();
    const number = state.typed.normalize('NFKC').replace(/\s/g, '').toUpperCase();
    reveal.close();
    if (ID_NUMBER.test(number)) find(number);
    else {
      Object.assign(state, { phase: 'invalid', answer: null });
      app.refresh();
      app.announce(text('person.invalid'));
      document.getElementById('id-number').focus();
    }
  }

  async function find(number) {
    Object.assign(state, { phase: 'asking', idNumber: number, typed: '', answer: null, requests: null });
    app.refresh();
    app.announce(text('person.asking'));
    await load();
    document.getElementById('person-name')?.focus();
  }

  /** Ask for the person again, and show what is there until the answer has come. */
  async function load() {
    const asked = state.idNumber;
    const answer = await ask(PERSON, { idNumber: asked });
    if (asked !== state.idNumber) return; // somebody else was asked for meanwhile
    takeAnswer(answer);
    if (replaceResult()) app.announce(summary()); // else another view is shown by now
    if (state.phase === 'found') loadRequests(); // nobody waits for them
  }

  function takeAnswer(answer) {
    state.answer = keepShown(state.answer, answer, 'person');
    const { data, errors } = state.answer;
    if (data?.person) state.phase = 'found';
    else state.phase = errors.length > 0 ? 'failed' : 'nobody';
  }

  async function loadRequests() {
    const { id } = state.answer.data.person;
    const answer = await ask(PERSON_OPERATIONS, { personId: id });
    if (state.answer?.data?.person?.id !== id) return;
    state.requests = keepShown(state.requests, answer, 'operations');
    replaceResult();
  }

  function replaceResult() {
    return replace(result());
  }

  function summary() {
    if (state.phase !== 'found') return text(`person.${state.phase}`);
    if (state.answer.missed.length > 0) return text('person.failed');
    return missingCities().length === 0 ? text('person.found') : partial();
  }

  function partial() {
    return text('person.partial', { cities: missingCities().map(cityName).join(text('common.and')) });
  }

  function missingCities() {
    const { errors, stale } = state.answer;
    return [...new Set([...errors.map((error) => error.extensions?.city), ...stale.map((place) => place.city)].filter(Boolean))];
  }

  function result() {
    const shown = { empty, invalid: empty, asking, failed, nobody, found }[state.phase]();
    return element('div', { id: 'result', 'aria-busy': String(state.phase === 'asking') }, shown);
  }

  function empty() {
    return element('p', { class: 'empty large' }, text('person.empty'));
  }

  function asking() {
    return loading(text('person.asking'));
  }

  function failed() {
    return state.answer.errors.map((error) => failure(error, load));
  }

  function nobody() {
    return [notice('plain', text('person.nobody'), text('person.nobodyRemedy')), sourcesOf(state.answer.sources)];
  }

  function found() {
    const { data, errors, sources, stale } = state.answer;
    const { person } = data;
    const shared = (service) => ({ gaps: gapsOf(errors, service), staleCities: staleCitiesOf(stale, service) });
    return [
      missedOf(state.answer, load),
      conflictOf(person, text('conflict.remedy'), true),
      partialNotice(),
      wholeErrors(errors).map((error) => failure(error, load)),
      element('div', { class: 'person-head' }, identity(person), sourcesOf(sources)),
      cardsOf(person.cards, state.requests?.data?.operations?.nodes ?? null, { ...shared('cards'), onReport: report, onRelease: release, onReplace: replaceCard }),
      pensionsOf(person.pensions, shared('pensions')),
      casesOf(person.cases, { ...shared('cases'), onEntrust: entrust }),
      requestsOf(state.requests, { onFollow: follow, onList: () => app.open('requests', { person: { id: person.id, name: person.name } }), onEntrust: () => entrust(null), askAgain: loadRequests }),
      insurancesOf(person.insurances, shared('people')),
      recordsOf(person.records, { ...shared('people'), isOpen: reveal.isOpen }),
    ];
  }

  function partialNotice() {
    if (missingCities().length === 0) return null;
    const again = element('button', { id: 'ask-again', type: 'button', onclick: load }, text('common.askAgain'));
    const { errors, stale } = state.answer;
    const reasons = [...new Set(errors.map((error) => describe(error).what))];
    if (stale.length > 0) reasons.push(text('person.stale'));
    return notice('waiting', partial(), reasons.join(' '), again);
  }

  function identity(person) {
    const shownDate = reveal.isOpen ? person.birthDate : maskDate(person.birthDate);
    return element(
      'div',
      { class: 'identity' },
      element('h2', { id: 'person-name', tabindex: -1 }, person.name ?? text('person.nameless')),
      facts([
        [text('person.idNumber'), element('span', { id: 'shown-id', class: 'id-number' }, reveal.isOpen ? state.idNumber : maskIdNumber(state.idNumber))],
        [text('person.birthDate'), shownDate],
        [text('person.sex'), term('sex', person.sex)],
        [text('person.lifeStatus'), badge('lifeStatus', person.lifeStatus)],
        [text('person.residence'), person.residence && cityName(person.residence.code)],
      ]),
      element(
        'button',
        { id: 'reveal', type: 'button', class: 'quiet', 'aria-pressed': String(reveal.isOpen), onclick: () => reveal.toggle() },
        text(reveal.isOpen ? 'person.hide' : 'person.show'),
      ),
    );
  }

  function report(city, card) {
    openLossDialog(app, { holder: holder(), city, card, onTold: load });
  }

  function release(card, functions) {
    openReleaseDialog(app, { holder: holder(), card, functions, onTold: load });
  }

  function replaceCard(card, kinds) {
    openReplacementDialog(app, { holder: holder(), card, kinds, onTold: load });
  }

  /** `found` is the injury case that it is about, or null. */
  function entrust(found) {
    openInvestigationDialog(app, { holder: holder(), found, onTold: load });
  }

  function follow(number) {
    app.open('requests', number);
  }

  function holder() {
    return { person: state.answer.data.person, idNumber: state.idNumber };
  }
}
