"""The letters of entrusted investigation (委托协查) that one city's system keeps. Each service has its own words."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from legacy_adapters.clock import Clock
from legacy_adapters.records.assists import AssistState
from legacy_adapters.sandbox.population.world import Place
from legacy_adapters.sandbox.services.write_log import WriteLog


class Assist(Struct, frozen=True):
    """One letter; lists are text, one entry a line. `subject` is the service's own word."""

    number: str
    letter_number: str
    requesting_city: str
    requesting_office: str
    addressed_city: str
    addressed_office: str
    subject: str
    id_number: str
    name: str
    case_number: str
    questions: str
    legal_basis: str
    due_on: str
    digests: str
    registered_on: str
    state: AssistState = AssistState.REGISTERED
    officers: str = ""
    accepted_on: str = ""
    findings: str = ""
    signed_by: str = ""
    replied_on: str = ""


class AssistResult(StrEnum):
    """Why a write of a letter had no effect."""

    ALREADY = "already"
    WRONG_STATE = "wrong state"


class AssistFile:
    """Letters by the city's own number, and by the requesting city's."""

    def __init__(self, place: Place, clock: Clock, writes: WriteLog) -> None:
        self._prefix = f"{place.case_letters}XC"
        self._clock = clock
        self._assists: dict[str, Assist] = {}
        self._by_letter: dict[tuple[str, str], str] = {}
        for assist in writes.changed(Assist):
            self.keep(assist)

    def get(self, number: str) -> Assist | None:
        """The letter with the city's own number."""
        return self._assists.get(number.strip())

    def by_letter(self, requesting_city: str, letter_number: str) -> Assist | None:
        """The letter with the requesting city's number."""
        number = self._by_letter.get((requesting_city.strip(), letter_number.strip()))
        return None if number is None else self._assists[number]

    def next_number(self) -> str:
        """The number of the next letter."""
        return f"{self._prefix}{self._clock():%Y}{len(self._assists) + 1:05d}"

    def today(self) -> str:
        """The day on the city's clock."""
        return self._clock().date().isoformat()

    def accept(self, assist: Assist, officers: str, accepted_on: str) -> Assist | AssistResult:
        """Take a letter up."""
        if assist.state is AssistState.REGISTERED:
            return replace(assist, state=AssistState.ACCEPTED, officers=officers, accepted_on=accepted_on)
        return AssistResult.ALREADY

    def reply(self, assist: Assist, findings: str, signed_by: str, replied_on: str) -> Assist | AssistResult:
        """Answer a letter that was taken up."""
        match assist.state:
            case AssistState.ACCEPTED:
                state = AssistState.REPLIED
                return replace(assist, state=state, findings=findings, signed_by=signed_by, replied_on=replied_on)
            case AssistState.REPLIED:
                return AssistResult.ALREADY
            case _:
                return AssistResult.WRONG_STATE

    def keep(self, assist: Assist) -> None:
        """Take over a letter that is new or has changed."""
        self._assists[assist.number] = assist
        self._by_letter[assist.requesting_city, assist.letter_number] = assist.number
