// Says that a task is done, what was done, and of a letter's write how it was seen to.

import { cityName } from '/console/cities.js';
import { choices, field, line, lines } from '/console/dialogs/fields.js';
import { missingOfficer, officerFields, OFFICER_INPUTS } from '/console/dialogs/officer_fields.js';
import { openRequestDialog } from '/console/dialogs/request_dialog.js';
import { FINISH_TASK, OFFICES_OF } from '/console/documents.js';
import { element } from '/console/dom.js';
import { ask } from '/console/graph.js';
import { term, text } from '/console/language.js';
import { officer, officerInput, presetOfficer } from '/console/officer.js';
import { notice } from '/console/parts.js';

const ENTRY = 'assist_creation'; // the write by which a letter gets its number in a city's system

/** What a task is called: what is to be done, and with which write of a letter. */
export function taskName({ kind, delivery }) {
  const name = term('taskKind', kind);
  return delivery?.operation.startsWith('assist_') ? `${name} · ${term('letterWrite', delivery.operation)}` : name;
}

/**
 * `task` is `{id, kind, city, operationNumber, handlings, delivery}`. `onTold` is called when something may have changed.
 */
export function openTaskDialog(app, { task, onTold }) {
  const given = { note: '', handling: task.kind === 'MEND_ACCESS' ? 'WRITE_AGAIN' : 'DONE_BY_HAND', receipt: '' };
  const isOfLetter = task.handlings.length > 0;
  const hasReceipt = () => isOfLetter && given.handling === 'DONE_BY_HAND' && task.delivery.operation === ENTRY;
  presetOfficer({ city: task.city.code });
  presetOffice();

  openRequestDialog(app, {
    title: text('tasks.title'),
    submitLabel: text('tasks.submit'),
    sending: () => text('common.asking'),
    first: 'task-note',
    fields,
    inputs: () => ({ ...OFFICER_INPUTS, note: 'task-note', receipt: 'task-receipt' }),
    check: () => (given.note.trim() === '' ? ['task-note', text('inputs.note')] : missingOfficer()),
    tell,
    unknownRemedy: text('tasks.unansweredRemedy'),
    onTold,
  });

  function fields(form) {
    return [
      element('p', {}, element('strong', {}, taskName(task)), ` · ${cityName(task.city.code)} · `, element('span', { class: 'code whole' }, task.operationNumber)),
      isOfLetter && handling(form),
      hasReceipt() && receipt(form),
      field('task-note', text('tasks.note'), lines({ id: 'task-note', value: given.note, onInput: (typed) => form.type(() => (given.note = typed)) }), form.wrong('task-note')),
      officerFields({ onChoice: form.change, onType: form.type, wrong: form.wrong }),
      officer.city !== task.city.code && notice('waiting', text('tasks.others', { city: cityName(task.city.code) }), null),
    ];
  }

  /** It is for the office that takes part in the operation: chosen once that is known, unless somebody has chosen by then. */
  async function presetOffice() {
    const before = officer.office;
    const { data } = await ask(OFFICES_OF, { number: task.operationNumber });
    if (officer.office !== before) return;
    presetOfficer({ office: officeIn(data?.operation, task.city.code) });
    const shown = document.querySelector('dialog #officer-office');
    if (shown) shown.value = officer.office; // alone: what is being typed beside it is left in peace
  }

  function handling(form) {
    const options = task.handlings.map((value) => ({ value, label: term('taskHandling', value) }));
    const choose = (value) => form.change(() => (given.handling = value));
    return [
      choices('task-handling', text('tasks.handling'), options, given.handling, choose),
      element('p', { class: 'hint', id: 'task-handling-hint' }, text(`tasks.hints.${given.handling}`)),
    ];
  }

  function receipt(form) {
    const control = line({ id: 'task-receipt', value: given.receipt, longest: 80, onInput: (typed) => form.type(() => (given.receipt = typed)) });
    return [field('task-receipt', text('tasks.receipt'), control, form.wrong('task-receipt')), element('p', { class: 'hint' }, text('tasks.receiptHint'))];
  }

  async function tell() {
    const input = {
      id: task.id,
      officer: officerInput(),
      note: given.note.trim(),
      ...(isOfLetter && { handling: given.handling }),
      ...(hasReceipt() && { receipt: given.receipt.trim() || null }),
    };
    const { data, errors } = await ask(FINISH_TASK, { input });
    return { payload: data?.finished ?? null, errors };
  }
}

/** The office of the city that takes part in an operation; null where that is not known. */
function officeIn(operation, city) {
  if (operation?.addresseeCity.code === city) return operation.addresseeOffice;
  return operation?.requesterCity.code === city ? operation.requesterOffice : null;
}
