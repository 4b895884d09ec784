// What a card's loss, release and replacement have in common: whose card it is, and what came of the request.

import { cityName } from '/console/cities.js';
import { missingOfficer, officerFields, OFFICER_INPUTS } from '/console/dialogs/officer_fields.js';
import { holderOf } from '/console/dialogs/holder.js';
import { serviceOutcome } from '/console/dialogs/outcome.js';
import { openRequestDialog } from '/console/dialogs/request_dialog.js';
import { ask } from '/console/graph.js';
import { text } from '/console/language.js';
import { nameIn } from '/console/names.js';
import { officerInput } from '/console/officer.js';

/**
 * `service` names the texts. `holder` is `{person, idNumber}`, `card()` gives the card as it is chosen by then. `document()` is
 * a mutation that answers as `served`, `input()` what it takes beside card, holder and officer; the rest is as
 * `openRequestDialog` says.
 */
export function openCardService(app, { service, holder, card, document, input, fields, inputs = () => ({}), check = () => null, ...rest }) {
  const city = () => cityName(card().city.code);
  const holding = holderOf(holder.person, () => card().city.code);
  openRequestDialog(app, {
    title: text(`${service}.title`),
    submitLabel: text(`${service}.submit`),
    sending: () => text('request.sending', { city: city() }),
    fields: (form) => [fields(form), holding.fields(form), officerFields({ onChoice: form.change, onType: form.type, wrong: form.wrong })],
    inputs: () => ({ ...OFFICER_INPUTS, ...inputs() }),
    check: () => check() ?? holding.check() ?? missingOfficer(),
    tell,
    outcome: (payload) => serviceOutcome(service, payload),
    unknownRemedy: text('request.unansweredRemedy'),
    ...rest,
  });

  async function tell(intent) {
    const variables = { input: { idempotencyKey: intent, officer: officerInput(), ...cardInput(), ...input() } };
    const { data, errors } = await ask(document(), variables);
    return { payload: data?.served ?? null, errors };
  }

  function cardInput() {
    const { person, idNumber } = holder;
    return { issuingCity: card().city.code, cardNumber: card().number, idNumber, name: nameIn(card().city.code, person) };
  }
}
