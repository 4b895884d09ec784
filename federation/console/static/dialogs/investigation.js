// Drafts a letter that entrusts another city with an investigation; a second person sends it from the letter's page.

import { cityName, knownCities } from '/console/cities.js';
import { field, line, lines, select } from '/console/dialogs/fields.js';
import { missingOfficer, officerFields, OFFICER_INPUTS } from '/console/dialogs/officer_fields.js';
import { serviceOutcome } from '/console/dialogs/outcome.js';
import { openRequestDialog } from '/console/dialogs/request_dialog.js';
import { DRAFT_INVESTIGATION } from '/console/documents.js';
import { element } from '/console/dom.js';
import { ask } from '/console/graph.js';
import { term, text } from '/console/language.js';
import { nameIn } from '/console/names.js';
import { officer, officerInput, presetOfficer } from '/console/officer.js';
import { machineOf } from '/console/rules.js';

const OFFICES = ['WORK_INJURY_DEPARTMENT', 'INSURANCE_AGENCY'];
const SUBJECTS = ['INJURY_FACTS', 'BENEFIT_FACTS'];
const NO_CASE = '';

/** `holder` is `{person, idNumber}`; `found` is the injury case that it is about, or null. */
export function openInvestigationDialog(app, { holder, found, onTold }) {
  // Whose case it is, entrusts; and of its offices those that may.
  presetOfficer({ city: found?.city.code, office: machineOf('INVESTIGATION')?.requesterOffices[0], duty: 'HANDLER' });
  const letter = { city: null, office: OFFICES[0], subject: SUBJECTS[0], case: found, questions: '', legalBasis: '' };

  openRequestDialog(app, {
    title: text('investigation.title'),
    submitLabel: text('investigation.submit'),
    sending: () => text('common.asking'),
    first: 'officer-city',
    fields,
    inputs: () => ({ ...OFFICER_INPUTS, addressedCity: 'letter-city', questions: 'letter-questions', legalBasis: 'letter-basis', caseNumber: 'letter-case' }),
    check,
    tell,
    outcome: (payload) => serviceOutcome('investigation', payload),
    unknownRemedy: text('request.unansweredRemedy'),
    onTold,
  });

  function fields(form) {
    const choose = (name) => (value) => form.change(() => (letter[name] = value));
    const type = (name) => (value) => form.type(() => (letter[name] = value));
    return [
      element('p', { class: 'hint' }, text('investigation.hint')),
      officerFields({ onChoice: form.change, onType: form.type, wrong: form.wrong }),
      element(
        'div',
        { class: 'pair' },
        field('letter-city', text('investigation.city'), select('letter-city', otherCities().map((code) => [code, cityName(code)]), addressedCity(), choose('city')), form.wrong('letter-city')),
        field('letter-office', text('investigation.office'), select('letter-office', OFFICES.map((name) => [name, term('office', name)]), letter.office, choose('office'))),
        field('letter-subject', text('requests.subject'), select('letter-subject', SUBJECTS.map((name) => [name, term('investigationSubject', name)]), letter.subject, choose('subject'))),
        field('letter-case', text('cases.number'), caseChoice(form), form.wrong('letter-case')),
      ),
      field('letter-questions', text('investigation.questions'), lines({ id: 'letter-questions', value: letter.questions, longest: 2_010, rows: 4, onInput: type('questions') }), form.wrong('letter-questions')),
      field('letter-basis', text('investigation.legalBasis'), line({ id: 'letter-basis', value: letter.legalBasis, longest: 200, onInput: type('legalBasis') }), form.wrong('letter-basis')),
    ];
  }

  /** A letter may be about an injury case of the city that entrusts, and about no other. */
  function caseChoice(form) {
    const options = ownCases().map((each) => [each.caseNumber, each.caseNumber]);
    const choose = (number) => form.change(() => (letter.case = ownCases().find((each) => each.caseNumber === number) ?? null));
    return select('letter-case', [[NO_CASE, text('investigation.noCase')], ...options], chosenCase()?.caseNumber ?? NO_CASE, choose);
  }

  function ownCases() {
    return (holder.person.cases ?? []).filter((each) => each.__typename === 'WorkInjuryCase' && each.city.code === officer.city);
  }

  function chosenCase() {
    return ownCases().find((each) => each === letter.case) ?? null;
  }

  function otherCities() {
    return knownCities().filter((code) => code !== officer.city);
  }

  function addressedCity() {
    return otherCities().includes(letter.city) ? letter.city : (otherCities()[0] ?? null);
  }

  function questions() {
    return letter.questions.split('\n').map((each) => each.trim()).filter(Boolean);
  }

  function check() {
    if (questions().length === 0) return ['letter-questions', text('inputs.questions')];
    if (letter.legalBasis.trim() === '') return ['letter-basis', text('inputs.legalBasis')];
    return missingOfficer();
  }

  async function tell(intent) {
    const { data, errors } = await ask(DRAFT_INVESTIGATION, { input: input(intent) });
    return { payload: data?.drafted ?? null, errors };
  }

  function input(intent) {
    return {
      idempotencyKey: intent,
      officer: officerInput(),
      addressedCity: addressedCity(),
      addressedOffice: letter.office,
      idNumber: holder.idNumber,
      name: nameIn(officer.city, holder.person),
      subject: letter.subject,
      caseNumber: chosenCase()?.caseNumber ?? null,
      questions: questions(),
      legalBasis: letter.legalBasis.trim(),
    };
  }
}
