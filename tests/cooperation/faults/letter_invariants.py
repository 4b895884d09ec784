"""What must hold of letters of investigation: what each city's system was owed, got, and keeps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from cooperation.kinds import OperationKind
from cooperation.store.rows import DeliveryRow, OperationRow
from cooperation.store.tasks import TaskKind
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.sandbox.services.assist_file import Assist
from legacy_adapters.sandbox.services.write_log import Effect
from tests.cooperation.faults.evidence import Evidence, Records, expected_effects
from tests.cooperation.faults.intents import HANGZHOU, HUANGSHAN

INJURY_SERVICE = "huangshan_injury_service"
"""Huangshan's system for letters; its log has no reference of ours."""
SYSTEMS = {HANGZHOU: "hangzhou_core_service", HUANGSHAN: INJURY_SERVICE}
_CREATION, _ACCEPTANCE, _REPLY = (
    OperationName.ASSIST_CREATION,
    OperationName.ASSIST_ACCEPTANCE,
    OperationName.ASSIST_REPLY,
)
_OPERATIONS = {
    HANGZHOU: {_CREATION: "createAssist", _ACCEPTANCE: "acceptAssist", _REPLY: "replyAssist"},
    HUANGSHAN: {_CREATION: "C030001", _ACCEPTANCE: "C030002", _REPLY: "C030003"},
}


def letter_violations(evidence: Evidence, records: Records) -> Iterator[str]:
    """Every invariant of letters that does not hold."""
    letters = [one for one in records.operations if one.kind == OperationKind.INVESTIGATION]
    for letter in letters:
        yield from _owed(letter, records)
        yield from _deliveries_end(letter, records)
        yield from _tasks(letter, records)
        yield from _undone(evidence, letter, records)
        for city in SYSTEMS:
            yield from _effects(evidence, records, letter, city)
            yield from _kept(evidence, records, letter, city)
    yield from _strangers(evidence, letters)


def _owed(letter: OperationRow, records: Records) -> Iterator[str]:
    """Each city is owed one creation, one acceptance, and a reply for each report."""
    actions = Counter(records.actions(letter.number))
    wanted = Counter(
        {_CREATION: actions["send"], _ACCEPTANCE: min(1, actions["investigate"]), _REPLY: actions["report"]}
    )
    for city in SYSTEMS:
        owed = Counter(OperationName(one.write) for one in records.deliveries_of(letter) if one.city == city)
        if owed != +wanted:
            yield f"{letter.number} owed {city} {dict(owed)}, expected {dict(+wanted)}"


def _deliveries_end(letter: OperationRow, records: Records) -> Iterator[str]:
    """Each delivery is done, or a task of its city, or has lost its purpose."""
    for delivery in records.deliveries_of(letter):
        match delivery.state:
            case "DONE":
                continue
            case "MANUAL" | "REFUSED":
                if not _may_be_void(letter, delivery, records) and not _has_task(letter, delivery, records):
                    yield f"{delivery.id} ({delivery.write}) is {delivery.state}, and {delivery.city} has no task"
            case "WITHDRAWN":
                if not _may_be_void(letter, delivery, records):
                    yield f"{delivery.id} ({delivery.write}) was dropped though {letter.number} is {letter.state}"
            case _:
                yield f"{delivery.id} ({delivery.write}) is left {delivery.state}"
        if any(not attempt.is_over for attempt in records.attempts[delivery.id]):
            yield f"{delivery.id} is {delivery.state}, and an attempt of it is not over"


def _has_task(letter: OperationRow, delivery: DeliveryRow, records: Records) -> bool:
    """Whether the city's people have it before them, or the entry that it goes on with."""
    entries = {one.id for one in records.deliveries_of(letter) if (one.write, one.city) == (_CREATION, delivery.city)}
    about = {task.delivery_id for task in records.tasks[letter.number] if task.done_at is None}
    return bool(about & (entries | {delivery.id}))


def _tasks(letter: OperationRow, records: Records) -> Iterator[str]:
    """An open task is about a write of its city that was not taken, and has a purpose; each has one at most."""
    stuck = {one.id: one for one in records.deliveries_of(letter) if one.state in ("MANUAL", "REFUSED")}
    tasks = [one for one in records.tasks[letter.number] if one.done_at is None and one.kind != TaskKind.UNDO]
    for task in tasks:
        delivery = stuck.get(task.delivery_id or "")
        if delivery is None or delivery.city != task.city or _may_be_void(letter, delivery, records):
            yield f"{letter.number} is {letter.state}, and {task.city} has still the task {task.kind}"
    if len({task.delivery_id for task in tasks}) < len(tasks):
        yield f"{letter.number} has several tasks about one write"


def _undone(evidence: Evidence, letter: OperationRow, records: Records) -> Iterator[str]:
    """Whose system has a letter that came to nothing, or may have it, has the task to mark it; nobody else has."""
    entries = {one.city: one for one in records.deliveries_of(letter) if one.write == _CREATION}
    is_given_up = letter.state in ("WITHDRAWN", "REJECTED")
    entered = {city for city in SYSTEMS if is_given_up and letter.number in _stored(evidence, city)}
    entered |= {city for city, one in entries.items() if is_given_up and one.state == "DONE"}
    uncertain = {city for city, one in entries.items() if is_given_up and expected_effects(one, records) == (0, 1)}
    told = {task.city for task in records.tasks[letter.number] if task.kind == TaskKind.UNDO}
    if entered - told or told - entered - uncertain:
        yield f"{letter.number} is {letter.state}, to be undone in {sorted(entered)}, but {sorted(told)} have the task"


def _may_be_void(letter: OperationRow, delivery: DeliveryRow, records: Records) -> bool:
    if letter.state in ("WITHDRAWN", "REJECTED"):
        return True
    return delivery.write == _REPLY and _round(delivery, records) < records.actions(letter.number).count("reopen")


def _round(delivery: DeliveryRow, records: Records) -> int:
    """Of which report a reply is, counted from 0."""
    siblings = records.deliveries_of(records.operation(delivery))
    return [one.id for one in siblings if (one.write, one.city) == (_REPLY, delivery.city)].index(delivery.id)


def _effects(evidence: Evidence, records: Records, letter: OperationRow, city: str) -> Iterator[str]:
    """The city's own log shows one effect of each write that came about, and never two."""
    stored = _stored(evidence, city).get(letter.number)
    subjects = {letter.number, None if stored is None else stored.number}
    made = Counter(
        entry.operation
        for entry in evidence.logs[SYSTEMS[city]]
        if entry.effect is Effect.DONE and entry.subject in subjects
    )
    for write, operation in _OPERATIONS[city].items():
        deliveries = [one for one in records.deliveries_of(letter) if (one.write, one.city) == (write, city)]
        bounds = [expected_effects(one, records) for one in deliveries]
        by_hand = sum(records.by_hand.get(one.id, False) for one in deliveries)
        least, most = (sum(ends) + by_hand for ends in zip(*bounds, strict=True)) if bounds else (0, 0)
        most = min(1, most)
        if not least <= made[operation] <= most:
            ends = [(one.id, one.state, one.outcome) for one in deliveries]
            yield f"{city} did {operation} {made[operation]} times, expected {least} to {most} by {ends}"


def _kept(evidence: Evidence, records: Records, letter: OperationRow, city: str) -> Iterator[str]:
    """What the system keeps of a letter is what was signed, and of the report whose reply is done."""
    stored = _stored(evidence, city).get(letter.number)
    signed = list(evidence.signed.get(letter.number, ()))
    if len(signed) != records.actions(letter.number).count("report"):
        yield f"{letter.number} has {records.actions(letter.number).count('report')} reports, {len(signed)} were signed"
        return
    found = (
        []
        if stored is None or not stored.findings
        else [line.partition("|")[2] for line in stored.findings.split("\n")]
    )
    if found and found not in [list(one) for one in signed]:
        yield f"{city} keeps findings of {letter.number} that nobody has signed"
    for delivery in records.deliveries_of(letter):
        if delivery.city != city or delivery.state != "DONE":
            continue
        if stored is None:
            yield f"{delivery.id} ({delivery.write}) is done, and {city} keeps no such letter"
        elif delivery.write == _REPLY and found != list(signed[_round(delivery, records)]):
            yield f"{delivery.id} is done, and {city} keeps the findings of another report"


def _strangers(evidence: Evidence, letters: list[OperationRow]) -> Iterator[str]:
    known = {letter.number for letter in letters}
    for city in SYSTEMS:
        if strangers := set(_stored(evidence, city)) - known:
            yield f"{city} keeps letters that nobody wrote: {sorted(strangers)}"


def _stored(evidence: Evidence, city: str) -> dict[str, Assist]:
    """The city's letters by the requesting city's number; two of one number would be told as strangers."""
    found: dict[str, Assist] = {}
    doubles: dict[str, int] = defaultdict(int)
    for assist in evidence.letters.get(SYSTEMS[city], ()):
        doubles[assist.letter_number] += 1
        times = doubles[assist.letter_number]
        found[assist.letter_number if times == 1 else f"{assist.letter_number} ({times})"] = assist
    return found
