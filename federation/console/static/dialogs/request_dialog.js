// A dialog that brings one intent to the graph: a form, what came of it, and sending it again where nobody knows.

import { element, focusContent } from '/console/dom.js';
import { blamedInputs, refusal, remedyOf } from '/console/dialogs/refusals.js';
import { failure, loading } from '/console/parts.js';
import { text } from '/console/language.js';
import { newIntent } from '/console/officer.js';

/**
 * `request` is made of
 * - `title`, `submitLabel`, `sending`: what is said; `first`: the id of the field that has the focus at first
 * - `fields(form)`: the form's content; `form.change(by)` renders it anew, `form.type(by)` does not, `form.wrong(id)` is the
 *   remedy of a field or null
 * - `check()`: `[id, remedy]` of a field that is wrong, or null
 * - `tell(intent)`: `{payload, errors}`, the payload null where it is not known what came of it; `intent` stands for what is
 *   in the form: the same as long as nothing in it is changed
 * - `inputs()`: the id of the field by the input's name, for what the graph refuses
 * - `outcome(payload)`: what came of it, with `#outcome` as its heading; without it the dialog closes when it was taken
 * - `unknownRemedy`: what is said where nobody knows; `onTold()`: called when something may have changed
 */
export function openRequestDialog(app, request) {
  const opener = document.activeElement?.id;
  const dialog = element('dialog', { 'aria-labelledby': 'dialog-title', onclose: close });
  const form = { change, type, wrong: (id) => phase.wrong?.get(id) ?? null };
  let intent = newIntent();
  let wasTold = false;
  let phase = filling(); // or sending, answered, unanswered

  document.body.append(dialog);
  show();
  dialog.showModal();
  window.addEventListener('hashchange', () => dialog.close(), { once: true }); // it belongs to the view that it was opened in
  focus(request.first);

  function show() {
    const title = element('h2', { id: 'dialog-title', tabindex: -1 }, request.title);
    dialog.replaceChildren(title, element('div', {}, phase.render()));
  }

  function focus(id) {
    (dialog.querySelector(`#${id}`) ?? dialog.querySelector('#dialog-title')).focus();
  }

  function close() {
    dialog.remove();
    if (wasTold) request.onTold?.();
    const back = document.getElementById(opener);
    if (back) back.focus();
    else focusContent();
  }

  /** A changed intent is a new one: it must not be taken for the one before. */
  function change(by) {
    type(by);
    const focused = document.activeElement?.id;
    phase = filling();
    show();
    document.getElementById(focused)?.focus();
  }

  function type(by) {
    by?.();
    intent = newIntent();
  }

  function filling(wrong = new Map()) {
    return { render: filledIn, wrong };
  }

  function filledIn() {
    const buttons = element(
      'div',
      { class: 'buttons' },
      element('button', { type: 'submit', id: 'dialog-submit', class: 'main' }, request.submitLabel),
      element('button', { type: 'button', onclick: () => dialog.close() }, text('common.cancel')),
    );
    return element('form', { onsubmit: submit, novalidate: true, autocomplete: 'off' }, request.fields(form), buttons);
  }

  async function submit(event) {
    event.preventDefault();
    const wrong = request.check();
    if (wrong === null) await send();
    else correct(new Map([wrong]));
  }

  function correct(wrong) {
    phase = filling(wrong);
    show();
    focus([...wrong.keys()][0]);
  }

  async function send() {
    phase = { render: () => loading(request.sending()) };
    show();
    focus('dialog-title');
    wasTold = true;
    const { payload, errors } = await request.tell(intent);
    if (!dialog.isConnected) request.onTold?.(); // closed meanwhile: what came of it is shown elsewhere
    else if (payload === null) unanswered(errors);
    else if (payload.errors.length > 0) refused(payload.errors);
    else if (request.outcome) answered(payload);
    else dialog.close();
  }

  /** What the graph says of single inputs stands by their fields, if all of it does. */
  function refused(errors) {
    const blamed = blamedInputs(errors);
    const fields = request.inputs();
    const isAllHere = blamed.length > 0 && blamed.every((each) => each.input in fields && remedyOf(each) !== null);
    if (isAllHere) correct(new Map(blamed.map((each) => [fields[each.input], remedyOf(each)])));
    else conclude(() => [refusal(errors), buttonsOf([backButton(), closeButton()])]);
  }

  function answered(payload) {
    const follow = () => {
      dialog.close();
      app.open('requests', payload.operation.number);
    };
    const followButton = element('button', { type: 'button', id: 'dialog-follow', class: 'main', onclick: follow }, text('request.follow'));
    conclude(() => [request.outcome(payload), buttonsOf([followButton, closeButton()])]);
  }

  function conclude(render) {
    phase = { render };
    show();
    focus('outcome');
  }

  /** Nobody knows whether it was taken. */
  function unanswered(errors) {
    const again = element('button', { type: 'button', id: 'dialog-again', class: 'main', onclick: send }, text('request.sendAgain'));
    const render = () => [errors.map((error) => failure(error, null, { isWrite: true })), element('p', {}, request.unknownRemedy), buttonsOf([again, backButton(), closeButton()])];
    conclude(render);
  }

  function buttonsOf(buttons) {
    return element('div', { class: 'buttons' }, buttons);
  }

  function closeButton() {
    return element('button', { type: 'button', id: 'dialog-close', onclick: () => dialog.close() }, text('common.close'));
  }

  function backButton() {
    const back = () => {
      phase = filling();
      show();
      focus('dialog-submit');
    };
    return element('button', { type: 'button', onclick: back }, text('common.back'));
  }
}
