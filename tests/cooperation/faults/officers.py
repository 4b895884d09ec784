"""Officers of both cities who move letters of investigation on: most of the time as they may, now and then not.

What they may is written down here once more, apart from the machine's table.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random

from sqlalchemy import Connection

from cooperation.actions import Given, take_action
from cooperation.content import Finding, InvestigationContent
from cooperation.desk import Desk
from cooperation.errors import (
    ContentMissing,
    CooperationError,
    InputRefused,
    OfficerNotEntitled,
    SecondPersonRequired,
    TransitionRefused,
)
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from cooperation.store.operations import read_history, read_operation
from cooperation.store.rows import OperationRow
from cooperation.store.store import DatabaseUnavailable
from legacy_adapters.operations.commands import Verdict
from tests.cooperation.faults.intents import LETTER_WRITER
from tests.cooperation.faults.report import Report
from tests.cooperation.faults.seams import SCRIPT, Script

PATIENCE = 100
_HANDLER, _REVIEWER = Duty.HANDLER, Duty.REVIEWER
_ASKING, _ASKED = "asking", "asked"


@dataclass(frozen=True)
class Rule:
    """Who takes an action: which side, with which duty (None: any), and how often it is chosen."""

    action: str
    side: str
    duty: Duty | None
    weight: float


_WITHDRAW = Rule("withdraw", _ASKING, None, 0.4)
_INVESTIGATE = Rule("investigate", _ASKED, _HANDLER, 8)
_EXTEND = Rule("extend", _ASKED, _REVIEWER, 1)
RULES: Mapping[str, tuple[Rule, ...]] = {
    "DRAFT": (Rule("send", _ASKING, _REVIEWER, 12), _WITHDRAW),
    "SENT": (Rule("receive", _ASKED, _HANDLER, 10), _WITHDRAW),
    "RECEIVED": (Rule("accept", _ASKED, _HANDLER, 9), Rule("reject", _ASKED, _HANDLER, 1), _WITHDRAW),
    "ACCEPTED": (_INVESTIGATE, _EXTEND, _WITHDRAW),
    "INVESTIGATING": (
        Rule("draft_report", _ASKED, _HANDLER, 4),
        Rule("report", _ASKED, _REVIEWER, 8),
        Rule("ask_for_more", _ASKED, _HANDLER, 1),
        _EXTEND,
        _WITHDRAW,
    ),
    "NEED_MORE": (Rule("supply", _ASKING, _HANDLER, 10), _WITHDRAW),
    "REPORTED": (Rule("close", _ASKING, _HANDLER, 2), Rule("reopen", _ASKING, _HANDLER, 3)),
    "REOPENED": (_INVESTIGATE,),
}
_ACTIONS = tuple(dict.fromkeys(rule.action for rules in RULES.values() for rule in rules))
_NEEDY = ("withdraw", "reject", "investigate", "ask_for_more", "supply", "extend", "draft_report", "reopen")
_REPEATABLE = ("draft_report",)


@dataclass(frozen=True)
class Move:
    """An action that is going to be taken, and what it must be refused with; None: it is rightful."""

    action: str
    officer: Officer
    given: Given
    refused_with: type[CooperationError] | None = None


@dataclass(frozen=True)
class Letter:
    """Where a letter stands."""

    row: OperationRow
    content: InvestigationContent
    actions: tuple[str, ...]

    def rules(self) -> list[Rule]:
        """What may be done now."""
        impossible = {"extend"} & set(self.actions) | (set() if self.content.findings else {"report"})
        return [rule for rule in RULES.get(self.row.state, ()) if rule.action not in impossible]


class Officers:
    """Attributes:
    signed: the findings of each report that was signed, by the letter's number, in order.
    secrets: what they have written, and must stand nowhere in clear.
    """

    def __init__(self, desk: Desk, random: Random, report: Report) -> None:
        self._desk = desk
        self._random = random
        self._report = report
        self._texts = 0
        self.signed: dict[str, list[list[str]]] = defaultdict(list)
        self.secrets: set[str] = set()

    async def move(self, number: str) -> bool:
        """Take one action of any sort. False if its process died before it could begin with what is owed by it."""
        letter = self._read(number)
        if not letter.rules():
            return True
        if self._random.random() < 0.2:
            await self._try_unlawful(letter)
            return True
        move = self._rightful(letter, self._random.choices(letter.rules(), [one.weight for one in letter.rules()])[0])
        chance = self._random.random()
        if chance < 0.1:
            await self._twice_at_once(letter, move)
        elif chance < 0.2:
            await self._without_answer(letter, move)
        else:
            await self.take(letter.row.number, move)
        if self._random.random() < 0.2:
            self._report.faults["killed after an action"] += 1
            return False
        return True

    async def act(self, number: str, action: str) -> None:
        """Take one named action, rightful now."""
        letter = self._read(number)
        await self.take(number, self._rightful(letter, next(one for one in letter.rules() if one.action == action)))

    async def take(self, number: str, move: Move, script: Script | None = None) -> type[Exception] | None:
        """Take an action; what it was refused with."""
        before = self._read(number)
        token = SCRIPT.set(script or Script())
        refusal: type[Exception] | None = None
        try:
            await take_action(self._desk, number, move.action, move.officer, move.given)
        except (CooperationError, DatabaseUnavailable) as error:
            refusal = type(error)
        finally:
            SCRIPT.reset(token)
        self._note(before, move, refusal)
        return refusal

    def _note(self, before: Letter, move: Move, refusal: type[Exception] | None) -> None:
        after = self._read(before.row.number)
        taken = after.row.version - before.row.version
        if refusal is not DatabaseUnavailable and (refusal is not move.refused_with or taken != (refusal is None)):
            found = "nothing" if refusal is None else refusal.__name__
            wanted = "nothing" if move.refused_with is None else move.refused_with.__name__
            self._violate(f"{move.action} in {before.row.state} was refused with {found}, expected {wanted}")
        self._note_signature(before, move)
        if taken:
            self._report.faults[f"letter: {move.action}"] += 1

    def _note_signature(self, before: Letter, move: Move) -> None:
        if move.action == "report" and self._read(before.row.number).row.version > before.row.version:
            self.signed[before.row.number].append([finding.text for finding in before.content.findings])

    # What may be.

    def _rightful(self, letter: Letter, rule: Rule) -> Move:
        return Move(rule.action, _officer(letter, rule.side, rule.duty), self._given(letter, rule.action))

    def _given(self, letter: Letter, action: str) -> Given:
        match action:
            case "withdraw" | "reject" | "extend":
                return Given(reason=self._text())
            case "investigate":
                return Given(investigators=("3001", "3003"))
            case "ask_for_more" | "supply":
                return Given(addition=self._text())
            case "draft_report":
                return Given(findings=tuple(Finding(Verdict.CONFIRMED, self._text()) for _ in letter.content.questions))
            case "reopen":
                return Given(questions=(self._text(),))
            case _:
                return Given()

    def _text(self) -> str:
        self._texts += 1
        text = f"内情{self._texts:04}"
        self.secrets.add(text)
        return text

    # What may not be, and what goes wrong.

    async def _try_unlawful(self, letter: Letter) -> None:
        wrongs = [self._out_of_turn(letter), *map(self._by_another, [letter] * 2), *self._insufficient(letter)]
        move = self._random.choice([one for one in wrongs if one is not None])
        self._report.faults[f"unlawful: {move.refused_with.__name__ if move.refused_with else ''}"] += 1
        await self.take(letter.row.number, move)

    def _out_of_turn(self, letter: Letter) -> Move:
        known = {rule.action for rule in RULES[letter.row.state]} - ({"extend"} & set(letter.actions))
        action = self._random.choice([one for one in _ACTIONS if one not in known])
        officer = _officer(letter, self._random.choice((_ASKING, _ASKED)), self._random.choice(list(Duty)))
        return Move(action, officer, self._given(letter, action), TransitionRefused)

    def _by_another(self, letter: Letter) -> Move:
        rule = self._random.choice(letter.rules())
        move = self._rightful(letter, rule)
        other = Duty.REVIEWER if rule.duty is Duty.HANDLER else Duty.HANDLER
        if rule.duty is not None and self._random.random() < 0.5:
            return replace(move, officer=replace(move.officer, duty=other), refused_with=OfficerNotEntitled)
        side = _ASKED if rule.side == _ASKING else _ASKING
        return replace(move, officer=_officer(letter, side, rule.duty), refused_with=OfficerNotEntitled)

    def _insufficient(self, letter: Letter) -> list[Move]:
        """By the same person again, with nothing that it needs, or with too little or too much."""
        moves = []
        for rule in letter.rules():
            move = self._rightful(letter, rule)
            if rule.action in _NEEDY:
                moves.append(replace(move, given=Given(), refused_with=ContentMissing))
            if rule.action == "investigate":
                moves.append(replace(move, given=Given(investigators=("3001",)), refused_with=InputRefused))
            if rule.action == "draft_report":
                one_more = (*move.given.findings, Finding(Verdict.CONFIRMED, self._text()))
                moves.append(replace(move, given=Given(findings=one_more), refused_with=InputRefused))
            maker = {"send": LETTER_WRITER, "report": "3001"}.get(rule.action)
            if maker is not None:
                moves.append(replace(move, officer=replace(move.officer, id=maker), refused_with=SecondPersonRequired))
        if letter.row.state == "INVESTIGATING" and not letter.content.findings:
            moves.append(Move("report", _officer(letter, _ASKED, _REVIEWER), Given(), ContentMissing))
        return moves

    async def _twice_at_once(self, letter: Letter, move: Move) -> None:
        """Two clicks, or two officers: one of them is too late, unless it may be done again."""
        self._report.faults["action doubled"] += 1
        number, desk = letter.row.number, self._desk
        acts = (take_action(desk, number, move.action, move.officer, move.given) for _ in range(2))
        token = SCRIPT.set(Script())
        try:
            results = await asyncio.gather(*acts, return_exceptions=True)
        finally:
            SCRIPT.reset(token)
        refusals = [type(one) for one in results if isinstance(one, BaseException)]
        wanted = [] if move.action in _REPEATABLE else [TransitionRefused]
        if DatabaseUnavailable not in refusals and refusals != wanted:
            self._violate(f"{move.action} twice at once was refused with {[one.__name__ for one in refusals]}")
        self._note_signature(letter, move)
        self._report.faults[f"letter: {move.action}"] += 1

    async def _without_answer(self, letter: Letter, move: Move) -> None:
        """The database goes away before or after the commit; the officer tries again."""
        self._report.faults["database in an action"] += 1
        number = letter.row.number
        await self.take(number, move, Script(database=(0, self._random.random() < 0.5)))
        is_done = self._read(number).row.version > letter.row.version and move.action not in _REPEATABLE
        await self.take(number, replace(move, refused_with=TransitionRefused if is_done else None))

    def _violate(self, sentence: str) -> None:
        self._report.violations.append(sentence)

    def _read(self, number: str) -> Letter:
        def work(connection: Connection) -> Letter:
            row = read_operation(connection, number)
            content = self._desk.content_of(row)
            assert isinstance(content, InvestigationContent)
            return Letter(row, content, tuple(event.action for event in read_history(connection, number)))

        for _ in range(PATIENCE):
            with suppress(DatabaseUnavailable):
                return self._desk.store.transact_now(work)
            time.sleep(0.1)  # where real processes work, the server is made to break connections
        raise DatabaseUnavailable("The cooperation database does not answer.")


def _officer(letter: Letter, side: str, duty: Duty | None) -> Officer:
    duty = duty or Duty.HANDLER
    if side == _ASKING:
        id_, city, office = LETTER_WRITER, letter.row.requester_city, letter.row.requester_office
    else:
        id_, city, office = "3001", letter.row.addressee_city, letter.row.addressee_office
    return Officer(id_ if duty is _HANDLER else f"{id_}9", city, Office(office), duty)
