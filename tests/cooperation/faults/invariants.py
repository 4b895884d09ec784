"""What must hold when all faults are over and nobody works any more: read from the cities' logs and the database."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, MetaData, Table, inspect, select

from cooperation.content import CardContent
from cooperation.desk import Desk
from cooperation.kinds import KIND_RULES, OperationKind
from cooperation.store.rows import AttemptRow, DeliveryRow, EventRow, OperationRow, TaskRow, record_of
from cooperation.store.tables import ATTEMPTS, CHANGES, DELIVERIES, EVENTS, OPERATIONS, TASKS
from cooperation.store.tasks import TaskKind
from legacy_adapters.operations.commands import CardFunction, OperationName
from legacy_adapters.operations.outcomes import OutcomeKind
from legacy_adapters.records.cards import CardFunctionStatus as Status
from legacy_adapters.sandbox.services.write_log import Effect, WriteEntry
from tests.cooperation.faults.intents import HUANGSHAN, Wish

CARD_SERVICE = "huangshan_card_service"
"""The one system whose log has no reference of ours."""
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
_ENDS = ("DONE", "REFUSED", "EXPIRED", "WITHDRAWN", "MANUAL")


@dataclass
class Evidence:
    """What a run leaves.

    Attributes:
        told: every wish with the number it was answered; None where it was refused.
        logs: what each system has written.
        secrets: what must stand nowhere in clear.
        before: how the social function of each card stood at first, by the card's number.
        texts: what our processes have logged.
        are_cards_fetched: whether holders have fetched their new cards; else these are in production still.
    """

    desk: Desk
    told: Sequence[tuple[Wish, str | None]]
    logs: Mapping[str, Sequence[WriteEntry]]
    secrets: set[str]
    before: Mapping[str, Status]
    texts: Sequence[str] = ()
    are_cards_fetched: bool = True


@dataclass
class _Records:
    """The database's rows by what they belong to."""

    operations: list[OperationRow]
    deliveries: list[DeliveryRow]
    events: dict[str, list[EventRow]]
    attempts: dict[str, list[AttemptRow]]
    tasks: dict[str, list[TaskRow]]
    cursors: list[int]
    dump: str = field(repr=False)

    def operation(self, delivery: DeliveryRow) -> OperationRow:
        return next(one for one in self.operations if one.number == delivery.operation_number)

    def actions(self, number: str) -> list[str]:
        return [event.action for event in self.events[number]]


def violations(evidence: Evidence) -> list[str]:
    """Every invariant that does not hold, as a sentence; none when all is well."""
    records = evidence.desk.store.transact_now(_read)
    return [
        *_acceptance(evidence, records),
        *_numbers(records),
        *_histories(records),
        *_ends(evidence, records),
        *_attempts(records),
        *_effects(evidence, records),
        *_order(evidence, records),
        *_secrecy(evidence, records),
    ]


def _read(connection: Connection) -> _Records:
    rows = {
        table: list(connection.execute(select(table).order_by(*table.primary_key.columns)))
        for table in (OPERATIONS, DELIVERIES, EVENTS, ATTEMPTS, TASKS, CHANGES)
    }
    events: dict[str, list[EventRow]] = defaultdict(list)
    attempts: dict[str, list[AttemptRow]] = defaultdict(list)
    tasks: dict[str, list[TaskRow]] = defaultdict(list)
    for row in rows[EVENTS]:
        events[row.operation_number].append(record_of(EventRow, row))
    for row in rows[ATTEMPTS]:
        attempts[row.delivery_id].append(record_of(AttemptRow, row))
    for row in rows[TASKS]:
        tasks[row.operation_number].append(record_of(TaskRow, row))
    return _Records(
        [record_of(OperationRow, row) for row in rows[OPERATIONS]],
        [record_of(DeliveryRow, row) for row in rows[DELIVERIES]],
        events,
        attempts,
        tasks,
        [row.cursor for row in rows[CHANGES]],
        _dump(connection),
    )


def _dump(connection: Connection) -> str:
    """Every value of every table, those of the workflow engine too."""
    lines = []
    inspector = inspect(connection)
    for schema in inspector.get_schema_names():
        if schema in ("information_schema", "pg_catalog"):
            continue
        for name in inspector.get_table_names(schema):
            table = Table(name, MetaData(), schema=schema, autoload_with=connection)
            lines += [repr(tuple(row)) for row in connection.execute(select(table))]
    return "\n".join(lines)


def _acceptance(evidence: Evidence, records: _Records) -> Iterator[str]:
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


def _numbers(records: _Records) -> Iterator[str]:
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
    if records.cursors != list(range(1, len(records.cursors) + 1)):
        yield "the change feed has gaps"
    if len(records.cursors) != sum(map(len, records.events.values())):
        yield "the change feed is not the histories"


def _histories(records: _Records) -> Iterator[str]:
    """Each history is unbroken from `create` to the present state."""
    for operation in records.operations:
        history = records.events[operation.number]
        chain = [None, *(event.target for event in history)]
        if [event.source for event in history] != chain[:-1] or chain[-1] != operation.state:
            yield f"{operation.number} is {operation.state} with the history {records.actions(operation.number)}"
        if [event.sequence for event in history] != list(range(1, operation.version + 1)):
            yield f"{operation.number} has version {operation.version} and {len(history)} events"


def _ends(evidence: Evidence, records: _Records) -> Iterator[str]:
    """Whatever a system had to do has an end, or somebody who works at it."""
    for operation in records.operations:
        is_in_production = operation.state == "IN_PRODUCTION" and not evidence.are_cards_fetched
        if KIND_RULES[OperationKind(operation.kind)].write is None or is_in_production:
            continue
        tasks = [TaskKind(one.kind) for one in records.tasks[operation.number] if one.done_at is None]
        history = records.actions(operation.number)
        if operation.state not in _ENDS:
            yield f"{operation.number} is left {operation.state}: {history}"
        if operation.state == "MANUAL" and not tasks:
            yield f"{operation.number} waits for a person, and nobody has the task"
        if operation.state in ("DONE", "REFUSED", "WITHDRAWN") and set(tasks) - {TaskKind.UNDO}:
            yield f"{operation.number} is {operation.state}, and has still the tasks {tasks}"
        if operation.state == "DONE" and operation.addressee_number is None and "settle" not in history:
            yield f"{operation.number} is done without a receipt of the deciding city"
    for delivery in records.deliveries:
        operation = records.operation(delivery)
        if delivery.state not in (operation.state, "OPEN" if operation.state == "IN_PRODUCTION" else None):
            yield f"delivery {delivery.id} is {delivery.state}, its operation {operation.state}"


def _attempts(records: _Records) -> Iterator[str]:
    """Attempts are counted from 1, and at most the last one's fate is not known."""
    for delivery in records.deliveries:
        attempts = records.attempts[delivery.id]
        if [one.number for one in attempts] != list(range(1, len(attempts) + 1)):
            yield f"delivery {delivery.id} has the attempts {[one.number for one in attempts]}"
        is_settled = delivery.state in ("DONE", "REFUSED") and "escalate" not in records.actions(
            delivery.operation_number
        )
        open_ones = [one.number for one in attempts if not one.is_over]
        if open_ones and (is_settled or open_ones != [len(attempts)]):
            yield f"delivery {delivery.id} is {delivery.state}, and its attempts {open_ones} are not over"


def _effects(evidence: Evidence, records: _Records) -> Iterator[str]:
    """One effect of each delivery that came about, none of one that did not."""
    unreferenced: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    by_reference = Counter(
        entry.reference
        for system, entries in evidence.logs.items()
        if system != CARD_SERVICE
        for entry in entries
        if entry.effect is Effect.DONE and not entry.reference.startswith(AT_COUNTER)
    )
    for delivery in records.deliveries:
        least, most = _expected(delivery, records)
        key = _card_service_key(evidence, records, delivery)
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


def _expected(delivery: DeliveryRow, records: _Records) -> tuple[int, int]:
    """How many effects a delivery must at least and may at most have had, by what is kept of it."""
    attempts = records.attempts[delivery.id]
    if not attempts:
        return 0, 0
    if delivery.state == "DONE" and OutcomeKind.DONE in (delivery.outcome, attempts[-1].outcome):
        return 1, 1
    surely_void = (OutcomeKind.REFUSED, OutcomeKind.NOT_NOW)
    if all(one.outcome in surely_void for one in attempts):
        return 0, 0
    return 0, 1


def _card_service_key(evidence: Evidence, records: _Records, delivery: DeliveryRow) -> tuple[str, str] | None:
    content = evidence.desk.content_of(records.operation(delivery))
    if delivery.city != HUANGSHAN or not isinstance(content, CardContent):
        return None
    return content.card_number, _CARD_SERVICE_WORDS[OperationName(delivery.write)]


def _order(evidence: Evidence, records: _Records) -> Iterator[str]:
    """Effects on one card came about in the order in which they were accepted, but for what people had done again."""
    lines: dict[str, list[DeliveryRow]] = defaultdict(list)
    for delivery in sorted(records.deliveries, key=lambda one: (one.created_at, one.id)):
        content = evidence.desk.content_of(records.operation(delivery))
        if isinstance(content, CardContent) and content.function is CardFunction.SOCIAL:
            lines[f"{delivery.city} {content.card_number}"].append(delivery)
    for deliveries in lines.values():
        if any({"resume", "escalate"} & set(records.actions(one.operation_number)) for one in deliveries):
            continue
        yield from _order_of_card(evidence, records, deliveries)
        yield from _needlessness(evidence, records, deliveries)


def _order_of_card(evidence: Evidence, records: _Records, deliveries: list[DeliveryRow]) -> Iterator[str]:
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
    steps = [(key[1], _expected(one, records)) for key, one in zip(keys, deliveries, strict=True) if key is not None]
    if not _fits(steps, made):
        yield f"effects of {[one.id for one in deliveries]} came in the order {made}, expected {steps}"


def _needlessness(evidence: Evidence, records: _Records, deliveries: list[DeliveryRow]) -> Iterator[str]:
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


def _secrecy(evidence: Evidence, records: _Records) -> Iterator[str]:
    secrets = re.compile("|".join(map(re.escape, sorted(evidence.secrets))))
    for place, text in (("the database", records.dump), ("a log", "\n".join(evidence.texts))):
        found = secrets.search(text)
        if found is not None:
            yield f"{place} holds a citizen's data in clear: …{text[max(0, found.start() - 60) : found.start()]}"
