// Cross-city operations about a person, or the reason why they are missing.

import { cityName } from '/console/cities.js';
import { element } from '/console/dom.js';
import { moment } from '/console/format.js';
import { term, text } from '/console/language.js';
import { badge, failure, loading, missedOf, section } from '/console/parts.js';
import { table } from '/console/tables.js';

const SHOWN = 20;

/** `answer` is null while they are asked for; `onList` leads to all of them. */
export function requestsOf(answer, { onFollow, onList, onEntrust, askAgain }) {
  const title = text('personRequests.title');
  const entrust = element('button', { id: 'entrust', type: 'button', onclick: onEntrust }, text('investigation.open'));
  const content = () => {
    if (answer === null) return loading(text('common.asking'));
    const operations = answer.data?.operations;
    if (!operations) return answer.errors.map((error) => failure(error, askAgain));
    return [missedOf(answer, askAgain), listed(title, operations, { onFollow, onList })];
  };
  return section('person-requests', title, content(), element('div', { class: 'buttons' }, entrust));
}

function listed(title, { nodes, totalCount }, { onFollow, onList }) {
  const follow = ({ number }) =>
    element('button', { id: `follow-${number}`, type: 'button', 'aria-label': text('requests.followOne', { number }), onclick: () => onFollow(number) }, text('requests.follow'));
  const columns = [
    { label: text('requests.number'), cell: (row) => element('span', { class: 'code' }, row.number) },
    { label: text('requests.kind'), cell: (row) => term('operationKind', row.kind) },
    { label: text('common.state'), cell: (row) => badge('operationState', row.state) },
    { label: text('requests.requester'), cell: (row) => cityName(row.requesterCity.code) },
    { label: text('requests.addressee'), cell: (row) => cityName(row.addresseeCity.code) },
    { label: text('requests.updated'), cell: (row) => moment(row.updatedAt) },
    { label: text('requests.action'), kind: 'action', cell: follow },
  ];
  const rows = nodes.slice(0, SHOWN);
  const more = totalCount - rows.length;
  return [
    table({ label: title, columns, rows, empty: text('personRequests.empty') }),
    more > 0 && element('p', { class: 'hint' }, text('common.more', { count: more }), ' ', element('button', { id: 'all-requests', type: 'button', class: 'quiet', onclick: onList }, text('personRequests.all'))),
  ];
}
