"""What must hold when all faults are over and nobody works any more: read from the cities' logs and the database."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from cooperation.content import CardContent, TransferContent
from cooperation.kinds import KIND_RULES, OperationKind
from cooperation.states.move import CREATE
from cooperation.store.rows import DeliveryRow
from cooperation.store.tasks import TaskKind
from cooperation.transfers import REGISTER
from legacy_adapters.operations.commands import CardFunction, OperationName
from legacy_adapters.operations.outcomes import OutcomeKind
from legacy_adapters.records.cards import CardFunctionStatus as Status
from legacy_adapters.sandbox.services.write_log import Effect
from tests.cooperation.faults.deadline_invariants import deadline_violations
from tests.cooperation.faults.evidence import Evidence, Records, expected_effects, read_records
from tests.cooperation.faults.intents import HUANGSHAN
from tests.cooperation.faults.letter_invariants import INJURY_SERVICE, letter_violations

CARD_SERVICE = "huangshan_card_service"
"""A system whose log has no reference of ours."""
AT_COUNTER = "counter-"
"""What references begin with that are not the platform's: holders fetch their new cards."""
_CARD_SERVICE_WORDS = {
    OperationName.CARD_TEMPORARY_LOSS: "临时挂失",
    OperationName.CARD_FORMAL_LOSS: "正式挂失",
    OperationName.CARD_RELEASE: "解除挂失",
    OperationName.CARD_REPLACEMENT: "申请社保卡",
}
_REACHED = {
    OperationName.CARD_TEMPORARY_LOSS: (Status.TEMPORARY_LOSS, Status.LOSS),
    OperationName.CARD_FORMAL_LOSS: (Status.LOSS,),
    OperationName.CARD_RELEASE: (Status.NORMAL,),
}
"""The state that a write leads to, and those in which there is nothing to do for it."""
LONGEST_TURN = timedelta(minutes=1)
"""How long after it was opened a turn may send something: one that is overtaken stands still meanwhile."""
_ENDS = ("DONE", "REFUSED", "EXPIRED", "WITHDRAWN", "MANUAL")
_END_OF_TRANSFER = {"CLOSED": "DONE", "REJECTED": "REFUSED"}
"""What the ends of a transfer are called where something is written at once."""


def violations(evidence: Evidence) -> list[str]:
    """Every invariant that does not hold, as a sentence; none when all is well."""
    records = replace(evidence.desk.store.transact_now(read_records), by_hand=evidence.by_hand)
    return [
        *_acceptance(evidence, records),
        *_numbers(records),
        *_histories(records),
        *_ends(evidence, records),
        *_tasks(records),
        *_registrations(evidence, records),
        *_attempts(records),
        *_effects(evidence, records),
        *_order(evidence, records),
        *letter_violations(evidence, records),
        *deadline_violations(evidence.desk, records),
        *_secrecy(evidence, records),
    ]


def _acceptance(evidence: Evidence, records: Records) -> Iterator[str]:
    """Each accepted intent is one operation, by its number, whatever was told how often; nothing else is one."""
    by_key = {(one.requester_city, one.idempotency_key): one.number for one in records.operations}
    accepted: dict[tuple[str, str], str] = {}
    for wish, number in evidence.told:
        key = (wish.intent.officer.city, wish.intent.key)
        if number is None:
            if key in by_key and wish.refused_with is not None and key not in accepted:
                yield f"an intent that was refused with {wish.refused_with.__name__} is operation {by_key[key]}"
        elif accepted.setdefault(key, number) != number or by_key.get(key) != number:
            yield f"operation {number} was told, and {by_key.get(key)} is kept for its key"
    if len(by_key) != len(records.operations) or len(records.operations) != len(accepted):
        yield f"{len(accepted)} intents were accepted, {len(records.operations)} operations are kept"


def _numbers(records: Records) -> Iterator[str]:
    """Each register's numbers are 1 to n; so is the change feed."""
    given = [one.number for one in records.operations]
    given += [one.addressee_number for one in records.operations if one.addressee_number is not None]
    registers: dict[str, list[int]] = defaultdict(list)
    for number in given:
        register, _, serial = number.rpartition("-")
        registers[register].append(int(serial))
    for register, serials in sorted(registers.items()):
        if sorted(serials) != list(range(1, len(serials) + 1)):
            yield f"the register {register} has the numbers {sorted(serials)}"
    if [one.cursor for one in records.changes] != list(range(1, len(records.changes) + 1)):
        yield "the change feed has gaps"
    told = Counter((one.operation_number, one.action) for one in records.changes)
    happened = Counter((event.operation_number, event.action) for one in records.events.values() for event in one)
    letters = [one for one in records.deliveries if records.operation(one).kind == OperationKind.INVESTIGATION]
    happened += Counter(
        (one.operation_number, one.write) for one in letters if one.state in ("DONE", "REFUSED", "MANUAL")
    )
    # Some were dropped in their own turn, some by what an officer did, which is told itself.
    dropped = Counter((one.operation_number, one.write) for one in letters if one.state == "WITHDRAWN")
    # What officers have seen to had an end before, has another one after, and is told in between.
    seen_to = {number for number in records.tasks if any(one.done_by for one in records.tasks[number])}
    excess = {key for key in told - happened - dropped if key[0] not in seen_to or key[1] not in set(OperationName)}
    if happened - told or excess:
        yield f"the change feed is not what happened: {excess} are too many, {happened - told} are missing"


def _histories(records: Records) -> Iterator[str]:
    """Each history is unbroken from `create` to the present state."""
    for operation in records.operations:
        history = records.events[operation.number]
        chain = [None, *(event.target for event in history)]
        if [event.source for event in history] != chain[:-1] or chain[-1] != operation.state:
            yield f"{operation.number} is {operation.state} with the history {records.actions(operation.number)}"
        if [event.sequence for event in history] != list(range(1, operation.version + 1)):
            yield f"{operation.number} has version {operation.version} and {len(history)} events"


def _ends(evidence: Evidence, records: Records) -> Iterator[str]:
    """Whatever a system had to do has an end, or somebody who works at it."""
    for operation in records.operations:
        is_in_production = operation.state == "IN_PRODUCTION" and not evidence.are_cards_fetched
        history = records.actions(operation.number)
        is_written = KIND_RULES[OperationKind(operation.kind)].write is not None or REGISTER in history
        if not is_written or is_in_production:
            continue
        tasks = [TaskKind(one.kind) for one in records.tasks[operation.number] if one.done_at is None]
        state = _END_OF_TRANSFER.get(operation.state, operation.state)
        if state not in _ENDS:
            yield f"{operation.number} is left {operation.state}: {history}"
        if state == "MANUAL" and not tasks:
            yield f"{operation.number} waits for a person, and nobody has the task"
        if state == "DONE" and operation.addressee_number is None and "settle" not in history:
            yield f"{operation.number} is done without a receipt of the deciding city"
    for delivery in records.deliveries:
        operation = records.operation(delivery)
        if operation.kind != OperationKind.INVESTIGATION and delivery.state not in (
            _END_OF_TRANSFER.get(operation.state, operation.state),
            "OPEN" if operation.state == "IN_PRODUCTION" else None,
        ):
            yield f"delivery {delivery.id} is {delivery.state}, its operation {operation.state}"


def _tasks(records: Records) -> Iterator[str]:
    """Whatever has come to its end leaves people nothing to do but to undo it, or to telephone; a notice is verified.

    What letters leave, see `letter_invariants.py`.
    """
    for operation in records.operations:
        kinds = {TaskKind(one.kind) for one in records.tasks[operation.number] if one.done_at is None}
        left = {TaskKind.UNDO} | ({TaskKind.TELEPHONE} if operation.state == "EXPIRED" else set())
        if operation.kind != OperationKind.INVESTIGATION and operation.closed_at is not None and kinds - left:
            yield f"{operation.number} is {operation.state}, and has still the tasks {sorted(kinds)}"
        if operation.state in ("NOTIFIED", "VERIFYING") and kinds != {TaskKind.VERIFY_DEATH}:
            yield f"{operation.number} is {operation.state}, and has the tasks {sorted(kinds)}"
        callers = {one.city for one in records.tasks[operation.number] if one.kind == TaskKind.TELEPHONE}
        if callers - {operation.requester_city}:
            yield f"{operation.number} is to be telephoned about by {sorted(callers)}"


def _registrations(evidence: Evidence, records: Records) -> Iterator[str]:
    """A case that was registered goes on under the number that its system gave it."""
    for delivery in records.deliveries:
        content = evidence.desk.content_of(records.operation(delivery))
        if not isinstance(content, TransferContent):
            continue
        is_registered = delivery.state == "DONE"
        if is_registered != (content.received_case_number is not None) or (
            is_registered and content.received_case_number != delivery.receipt
        ):
            yield f"{delivery.operation_number} has not the number of its receipt"


def _attempts(records: Records) -> Iterator[str]:
    """Attempts are counted from 1, at most the last one's fate is not known, none was begun too late, and none that
    came to something was withdrawn.
    """
    for delivery in records.deliveries:
        attempts = records.attempts[delivery.id]
        if [one.number for one in attempts] != list(range(1, len(attempts) + 1)):
            yield f"delivery {delivery.id} has the attempts {[one.number for one in attempts]}"
        operation = records.operation(delivery)
        is_looked_at = operation.kind == OperationKind.INVESTIGATION or "resume" in records.actions(operation.number)
        is_taken = any(one.outcome == OutcomeKind.DONE for one in attempts)
        if operation.state == "WITHDRAWN" and is_taken and not is_looked_at:
            yield f"{operation.number} was withdrawn, though its city's system has it"
        limit = delivery.useless_after
        late = [one.number for one in attempts if limit is not None and one.begun_at > limit + LONGEST_TURN]
        if late:
            yield f"delivery {delivery.id} was of use until {limit}, its attempts {late} were begun later"
        is_settled = delivery.state in ("DONE", "REFUSED") and "escalate" not in records.actions(
            delivery.operation_number
        )
        open_ones = [one.number for one in attempts if not one.is_over]
        if open_ones and (is_settled or open_ones != [len(attempts)]):
            yield f"delivery {delivery.id} is {delivery.state}, and its attempts {open_ones} are not over"


def _effects(evidence: Evidence, records: Records) -> Iterator[str]:
    """One effect of each delivery that came about, none of one that did not."""
    unreferenced: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    by_reference = Counter(
        entry.reference
        for system, entries in evidence.logs.items()
        if system not in (CARD_SERVICE, INJURY_SERVICE)
        for entry in entries
        if entry.effect is Effect.DONE and not entry.reference.startswith(AT_COUNTER)
    )
    for delivery in records.deliveries:
        least, most = expected_effects(delivery, records)
        key = _card_service_key(evidence, records, delivery)
        if records.operation(delivery).kind == OperationKind.INVESTIGATION and delivery.city == HUANGSHAN:
            continue  # its log has no reference of ours either: see `letter_invariants.py`
        if key is not None:
            unreferenced[key].append((least, most))
        elif not least <= by_reference[delivery.id] <= most:
            yield (
                f"{delivery.id} ({delivery.write}, {delivery.state} {delivery.outcome}) had "
                f"{by_reference[delivery.id]} effects, expected {least} to {most}"
            )
    known = {delivery.id for delivery in records.deliveries}
    if set(by_reference) - known:
        yield f"effects nobody asked for: {sorted(set(by_reference) - known)}"
    counted = Counter(
        (entry.subject, entry.operation)
        for entry in evidence.logs[CARD_SERVICE]
        if entry.effect is Effect.DONE and entry.operation in _CARD_SERVICE_WORDS.values()
    )
    for key in sorted({*counted, *unreferenced}):
        least, most = (sum(bounds) for bounds in zip(*unreferenced.get(key, [(0, 0)]), strict=True))
        if not least <= counted[key] <= most:
            yield f"the card service did {key[1]} {counted[key]} times on one card, expected {least} to {most}"


def _card_service_key(evidence: Evidence, records: Records, delivery: DeliveryRow) -> tuple[str, str] | None:
    content = evidence.desk.content_of(records.operation(delivery))
    if delivery.city != HUANGSHAN or not isinstance(content, CardContent):
        return None
    return content.card_number, _CARD_SERVICE_WORDS[OperationName(delivery.write)]


def _order(evidence: Evidence, records: Records) -> Iterator[str]:
    """Effects on one card came about in the order in which they were accepted, but for what people had done again."""
    lines: dict[str, list[DeliveryRow]] = defaultdict(list)
    accepted = {one.operation_number: one.cursor for one in records.changes if one.action == CREATE}
    for delivery in sorted(records.deliveries, key=lambda one: (accepted[one.operation_number], one.id)):
        content = evidence.desk.content_of(records.operation(delivery))
        if isinstance(content, CardContent) and content.function is CardFunction.SOCIAL:
            lines[f"{delivery.city} {content.card_number}"].append(delivery)
    for deliveries in lines.values():
        if any({"resume", "escalate"} & set(records.actions(one.operation_number)) for one in deliveries):
            continue
        yield from _order_of_card(evidence, records, deliveries)
        yield from _needlessness(evidence, records, deliveries)


def _order_of_card(evidence: Evidence, records: Records, deliveries: list[DeliveryRow]) -> Iterator[str]:
    if deliveries[0].city != HUANGSHAN:
        place = {delivery.id: index for index, delivery in enumerate(deliveries)}
        entries = evidence.logs["hangzhou_core_service"]
        done = [place[one.reference] for one in entries if one.effect is Effect.DONE and one.reference in place]
        if done != sorted(done):
            yield f"effects of {[one.id for one in deliveries]} came in the order {done}"
        return
    keys = [_card_service_key(evidence, records, one) for one in deliveries]
    card = next(key[0] for key in keys if key is not None)
    entries = evidence.logs[CARD_SERVICE]
    words = _CARD_SERVICE_WORDS.values()
    made = [
        one.operation for one in entries if one.effect is Effect.DONE and one.subject == card and one.operation in words
    ]
    steps = [
        (key[1], expected_effects(one, records)) for key, one in zip(keys, deliveries, strict=True) if key is not None
    ]
    if not _fits(steps, made):
        yield f"effects of {[one.id for one in deliveries]} came in the order {made}, expected {steps}"


def _needlessness(evidence: Evidence, records: Records, deliveries: list[DeliveryRow]) -> Iterator[str]:
    """What was done without a write was so already by what had been accepted before it, not by what came after."""
    content = evidence.desk.content_of(records.operation(deliveries[0]))
    state = evidence.before.get(content.card_number) if isinstance(content, CardContent) else None
    for delivery in deliveries:
        write = OperationName(delivery.write)
        if state is None or write not in _REACHED:
            return
        if delivery.state != "DONE":
            continue
        if not records.attempts[delivery.id] and state not in _REACHED[write]:
            yield f"{delivery.id} ({write}) was done without a write, on a card that was {state} by what came before it"
        state = state if state in _REACHED[write] else _REACHED[write][0]


def _fits(steps: list[tuple[str, tuple[int, int]]], made: list[str]) -> bool:
    if not steps:
        return not made
    (word, (least, most)), rest = steps[0], steps[1:]
    return any(
        made[:times] == [word] * times and _fits(rest, made[times:])
        for times in range(least, most + 1)
        if times <= len(made)
    )


def _secrecy(evidence: Evidence, records: Records) -> Iterator[str]:
    secrets = re.compile("|".join(map(re.escape, sorted(evidence.secrets))))
    for place, text in (("the database", records.dump), ("a log", "\n".join(evidence.texts))):
        found = secrets.search(text)
        if found is not None:
            yield f"{place} holds a citizen's data in clear: …{text[max(0, found.start() - 60) : found.start()]}"
