// Reports a card's loss: which card, which function, for a time or formally; then says at once what came of it.

import { cityName, knownCities } from '/console/cities.js';
import { REPORT_LOSS } from '/console/documents.js';
import { element } from '/console/dom.js';
import { ask } from '/console/graph.js';
import { text } from '/console/language.js';
import { newIntent, officer, officerInput } from '/console/officer.js';
import { failure, loading, notice } from '/console/parts.js';
import { lossOutcome } from '/console/views/loss_outcome.js';

const CAPABILITY = { TEMPORARY: 'card_temporary_loss', FORMAL: 'card_formal_loss' };
const UNSEEN = -1; // a card that its city could not be asked for

/**
 * `person` and `idNumber` say whose loss it is; `card` may be null where its `city` could not be asked: then its number is
 * entered. `onReported` is called when something may have changed.
 */
export function openLossDialog(app, { person, idNumber, city, card, onReported }) {
  const opener = document.activeElement?.id;
  const cards = person.cards ?? [];
  const unseen = { city: { code: city }, number: '', bankFunction: {} };
  const chosen = { card: cards.indexOf(card), function: 'SOCIAL', kind: 'TEMPORARY' };
  let intent = newIntent();
  let phase = { name: 'form' }; // form, sending, answered, unanswered
  const dialog = element('dialog', { 'aria-labelledby': 'loss-title', onclose: close });
  officer.city ??= knownCities()[0] ?? null;
  document.body.append(dialog);
  show();
  dialog.showModal();
  dialog.querySelector(card === null ? '#unseen-number' : '#loss-card').focus();

  function chosenCard() {
    return chosen.card === UNSEEN ? unseen : cards[chosen.card];
  }

  function close() {
    dialog.remove();
    if (phase.name !== 'form') onReported();
    document.getElementById(opener)?.focus();
  }

  function show() {
    const content = { form, sending, answered, unanswered }[phase.name]();
    const title = element('h2', { id: 'loss-title', tabindex: -1 }, text('loss.title'));
    dialog.replaceChildren(title, element('div', {}, content));
  }

  /** A changed intent is a new one: it must not be taken for the one before. */
  function choose(change) {
    Object.assign(chosen, change);
    intent = newIntent();
    const focused = document.activeElement?.id;
    show();
    document.getElementById(focused)?.focus();
  }

  function form() {
    const card = chosenCard();
    return element(
      'form',
      { onsubmit: submit, novalidate: true, autocomplete: 'off' },
      field('loss-card', text('loss.card'), cardChoice()),
      chosen.card === UNSEEN && unseenCard(),
      choices('function', text('loss.function'), ['SOCIAL', 'BANK'], card.bankFunction ? [] : ['BANK']),
      choices('kind', text('loss.kind'), ['TEMPORARY', 'FORMAL'], []),
      element('p', { class: 'hint', id: 'loss-kind-hint' }, text(`loss.hints.${chosen.kind}`)),
      wayLeft(card),
      element(
        'fieldset',
        { class: 'pair officer' },
        element('legend', {}, text('loss.officer')),
        field('officer-city', text('loss.officerCity'), citySelect('officer-city', officer.city, setOfficerCity)),
        field('officer-id', text('loss.officerId'), officerId()),
      ),
      element('p', { id: 'loss-error', class: 'hint bad', role: 'alert' }),
      element(
        'div',
        { class: 'buttons' },
        element('button', { type: 'submit', id: 'loss-submit', class: 'main' }, text('loss.submit')),
        element('button', { type: 'button', onclick: () => dialog.close() }, text('common.cancel')),
      ),
    );
  }

  function field(id, label, control) {
    return element('div', { class: 'field' }, element('label', { for: id }, label), control);
  }

  function cardChoice() {
    const option = (place, label) => element('option', { value: place, selected: place === chosen.card }, label);
    const options = cards.map((each, place) => option(place, `${cityName(each.city.code)} · ${each.number}`));
    const onchange = (event) => choose({ card: Number(event.target.value), function: 'SOCIAL' });
    return element('select', { id: 'loss-card', onchange }, options, option(UNSEEN, text('loss.unseen')));
  }

  function unseenCard() {
    return element(
      'div',
      { class: 'pair' },
      field('unseen-city', text('loss.issuingCity'), citySelect('unseen-city', unseen.city.code, setIssuingCity)),
      field(
        'unseen-number',
        text('cards.number'),
        element('input', {
          id: 'unseen-number',
          value: unseen.number,
          autocomplete: 'off',
          spellcheck: 'false',
          maxlength: 32,
          'aria-describedby': 'loss-error',
          oninput: (event) => setNumber(event.target.value),
        }),
      ),
    );
  }

  function setIssuingCity(code) {
    unseen.city = { code };
    choose({});
  }

  function setNumber(typed) {
    unseen.number = typed.normalize('NFKC').trim().toUpperCase();
    intent = newIntent();
  }

  function citySelect(id, selected, onChoice) {
    const options = knownCities().map((code) => element('option', { value: code, selected: code === selected }, cityName(code)));
    return element('select', { id, onchange: (event) => onChoice(event.target.value) }, options);
  }

  function choices(name, legend, values, disabled) {
    const one = (value) =>
      element(
        'label',
        { class: 'choice' },
        element('input', {
          type: 'radio',
          id: `loss-${name}-${value}`,
          name,
          value,
          checked: chosen[name] === value,
          disabled: disabled.includes(value),
          onchange: () => choose({ [name]: value }),
        }),
        text(`loss.${name}s.${value}`),
      );
    return element('fieldset', { class: 'choices' }, element('legend', {}, legend), values.map(one));
  }

  /** Said beforehand where the issuing city's system does not do it on request. */
  function wayLeft(card) {
    const known = app.capabilities.find((each) => each.city.code === card.city.code && each.operation === CAPABILITY[chosen.kind]);
    if (!known || (known.isOffered && known.functions.includes(chosen.function))) return null;
    return notice('waiting', text('loss.notOffered', { city: cityName(card.city.code) }), text('loss.notOfferedRemedy'));
  }

  function setOfficerCity(code) {
    officer.city = code;
    intent = newIntent();
  }

  function officerId() {
    return element('input', {
      id: 'officer-id',
      value: officer.id,
      autocomplete: 'off',
      maxlength: 32,
      'aria-describedby': 'loss-error',
      oninput: (event) => setOfficerId(event.target.value),
    });
  }

  function setOfficerId(typed) {
    officer.id = typed.trim();
    intent = newIntent();
  }

  async function submit(event) {
    event.preventDefault();
    if (chosenCard().number === '') wanting('unseen-number', text('loss.numberMissing'));
    else if (officer.id === '') wanting('officer-id', text('loss.officerMissing'));
    else await send();
  }

  function wanting(id, remedy) {
    document.getElementById('loss-error').textContent = remedy;
    document.getElementById(id).focus();
  }

  async function send() {
    phase = { name: 'sending' };
    show();
    dialog.querySelector('#loss-title').focus();
    const { data, errors } = await ask(REPORT_LOSS[chosen.kind], { input: input() });
    phase = data?.report ? { name: 'answered', report: data.report } : { name: 'unanswered', errors };
    if (!dialog.isConnected) {
      onReported(); // closed meanwhile: what came of it stands among the person's requests
      return;
    }
    show();
    (dialog.querySelector('#outcome') ?? dialog.querySelector('#loss-title')).focus();
  }

  function input() {
    const card = chosenCard();
    const record = (person.records ?? []).find((each) => each.city.code === card.city.code);
    return {
      idempotencyKey: intent,
      officer: officerInput(),
      issuingCity: card.city.code,
      cardNumber: card.number,
      idNumber,
      name: record?.name ?? person.name ?? '',
      function: chosen.function,
    };
  }

  function sending() {
    return loading(text('loss.sending', { city: cityName(chosenCard().city.code) }));
  }

  function answered() {
    const { report } = phase;
    const buttons = [
      report.operation && element('button', { type: 'button', id: 'loss-follow', class: 'main', onclick: follow }, text('loss.follow')),
      !report.operation && element('button', { type: 'button', onclick: back }, text('common.back')),
      element('button', { type: 'button', id: 'loss-close', onclick: () => dialog.close() }, text('common.close')),
    ];
    return [lossOutcome(report), element('div', { class: 'buttons' }, buttons)];

    function follow() {
      dialog.close();
      app.open('requests', report.operation.number);
    }
  }

  /** Nobody knows whether it was taken; the same intent told again gives the same request. */
  function unanswered() {
    return [
      phase.errors.map((error) => failure(error)),
      element('p', {}, text('loss.unansweredRemedy')),
      element(
        'div',
        { class: 'buttons' },
        element('button', { type: 'button', id: 'loss-again', class: 'main', onclick: send }, text('loss.sendAgain')),
        element('button', { type: 'button', onclick: back }, text('common.back')),
      ),
    ];
  }

  function back() {
    phase = { name: 'form' };
    show();
    dialog.querySelector('#loss-submit').focus();
  }
}
