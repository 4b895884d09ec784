// What an action cannot do without, as fields of its dialog.

import { field, line, lines, select } from '/console/dialogs/fields.js';
import { element } from '/console/dom.js';
import { term, text } from '/console/language.js';

const UNDECIDED = ''; // nobody's verdict is chosen for them
const VERDICTS = ['CONFIRMED', 'NOT_CONFIRMED', 'UNVERIFIABLE'];

/**
 * The needs of a transition, each `{name, first, fields(form), check(), input()}`: the input of `takeAction` that it is, the
 * id of its first field, `[id, remedy]` of what is wrong or null, and what is told. `blamed` is the field where a refusal of it
 * stands, if it is not the first.
 */
export function needsOf({ needs }, operation) {
  return needs.map((name) => NEEDS[name](operation));
}

const NEEDS = {
  reason: () => written('reason', { isLong: true }),
  addition: () => written('addition', { isLong: true }),
  caseNumber: () => written('caseNumber', {}),
  questions,
  investigators,
  findings,
};

function written(name, { isLong = false }) {
  const id = `need-${name}`;
  let typed = '';
  return {
    name,
    first: id,
    fields: (form) => {
      const control = (isLong ? lines : line)({ id, value: typed, onInput: (value) => form.type(() => (typed = value)) });
      return field(id, text(`needs.${name}`), control, form.wrong(id));
    },
    check: () => (typed.trim() === '' ? [id, text(`inputs.${name}`)] : null),
    input: () => typed.trim(),
  };
}

function questions() {
  const need = written('questions', { isLong: true });
  const asked = () => need.input().split('\n').map((each) => each.trim()).filter(Boolean);
  return { ...need, input: asked };
}

function investigators() {
  const typed = ['', ''];
  const ids = ['need-investigator-1', 'need-investigator-2'];
  return {
    name: 'investigators',
    first: ids[0],
    fields: (form) => {
      const one = (id, place) => {
        const control = line({ id, value: typed[place], onInput: (value) => form.type(() => (typed[place] = value.trim())) });
        return field(id, text(`needs.investigator${place + 1}`), control, form.wrong(id));
      };
      return element('div', { class: 'pair' }, ids.map(one));
    },
    check: () => {
      const missing = typed.indexOf('');
      if (missing >= 0) return [ids[missing], text('inputs.investigators')];
      return typed[0].toLowerCase() === typed[1].toLowerCase() ? [ids[1], text('inputs.investigators')] : null;
    },
    input: () => typed,
  };
}

/** One finding per question, in their order. */
function findings({ questions: asked }) {
  const found = asked.map(() => ({ verdict: UNDECIDED, text: '' }));
  const id = (place) => `need-finding-${place}`;
  const verdictId = (place) => `need-verdict-${place}`;
  const one = (form, question, place) =>
    element(
      'fieldset',
      { class: 'finding-fields' },
      element('legend', {}, `${place + 1}. ${question}`),
      field(verdictId(place), text('needs.verdict'), verdict(form, place), form.wrong(verdictId(place))),
      field(id(place), text('needs.finding'), lines({ id: id(place), value: found[place].text, onInput: (value) => form.type(() => (found[place].text = value)) }), form.wrong(id(place))),
    );
  const verdict = (form, place) =>
    select(verdictId(place), [[UNDECIDED, text('needs.undecided')], ...VERDICTS.map((value) => [value, term('verdict', value)])], found[place].verdict, (value) => form.change(() => (found[place].verdict = value)));
  return {
    name: 'findings',
    first: verdictId(0),
    blamed: id(0),
    fields: (form) => asked.map((question, place) => one(form, question, place)),
    check: () => {
      const place = found.findIndex((each) => each.verdict === UNDECIDED || each.text.trim() === '');
      if (place < 0) return null;
      return found[place].verdict === UNDECIDED ? [verdictId(place), text('needs.verdictMissing')] : [id(place), text('inputs.findings')];
    },
    input: () => found.map((each) => ({ verdict: each.verdict, text: each.text.trim() })),
  };
}
