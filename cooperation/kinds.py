"""The kinds of operations there are, and which machine and which write of a city's systems each has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cooperation.states.machine import Machine, Side
from cooperation.states.machines import (
    CARD_REPLACEMENT,
    CARD_SERVICE,
    CASE_ASSIST,
    CASE_TRANSFER,
    CERTIFICATION_ASSIST,
    DEATH_NOTICE,
    ENTRUSTED_INVESTIGATION,
)
from legacy_adapters.operations.commands import OperationName


class OperationKind(StrEnum):
    """What an operation is about; the schema's and the database's word."""

    TEMPORARY_LOSS = "TEMPORARY_LOSS"
    FORMAL_LOSS = "FORMAL_LOSS"
    RELEASE = "RELEASE"
    REPLACEMENT = "REPLACEMENT"
    CERTIFICATION = "CERTIFICATION"
    INVESTIGATION = "INVESTIGATION"
    DISPUTE_ASSIST = "DISPUTE_ASSIST"
    INSPECTION_ASSIST = "INSPECTION_ASSIST"
    DISPUTE_TRANSFER = "DISPUTE_TRANSFER"
    INSPECTION_TRANSFER = "INSPECTION_TRANSFER"
    DEATH_NOTICE = "DEATH_NOTICE"


@dataclass(frozen=True, slots=True)
class KindRule:
    """Attributes:
    letter: what its numbers begin with.
    machine: its states and who moves it.
    write: what is asked of the deciding city's system as soon as it is accepted; None where officers move it.
    registration: what is asked of it once its officer says `register`; None where there is nothing to register.
    addressee_input: the input that names the deciding city.
    """

    letter: str
    machine: Machine
    write: OperationName | None = None
    registration: OperationName | None = None
    addressee_input: str = "addressedCity"


_K = OperationKind
_ISSUER, _PAYER = "issuingCity", "payingCity"

KIND_RULES: Mapping[OperationKind, KindRule] = {
    _K.TEMPORARY_LOSS: KindRule("S", CARD_SERVICE, OperationName.CARD_TEMPORARY_LOSS, addressee_input=_ISSUER),
    _K.FORMAL_LOSS: KindRule("S", CARD_SERVICE, OperationName.CARD_FORMAL_LOSS, addressee_input=_ISSUER),
    _K.RELEASE: KindRule("S", CARD_SERVICE, OperationName.CARD_RELEASE, addressee_input=_ISSUER),
    _K.REPLACEMENT: KindRule("S", CARD_REPLACEMENT, OperationName.CARD_REPLACEMENT, addressee_input=_ISSUER),
    _K.CERTIFICATION: KindRule("C", CERTIFICATION_ASSIST, OperationName.PENSION_CERTIFICATION, addressee_input=_PAYER),
    _K.INVESTIGATION: KindRule("I", ENTRUSTED_INVESTIGATION),
    _K.DISPUTE_ASSIST: KindRule("A", CASE_ASSIST),
    _K.INSPECTION_ASSIST: KindRule("A", CASE_ASSIST),
    _K.DISPUTE_TRANSFER: KindRule("T", CASE_TRANSFER, registration=OperationName.DISPUTE_TRANSFER),
    _K.INSPECTION_TRANSFER: KindRule("T", CASE_TRANSFER, registration=OperationName.INSPECTION_TRANSFER),
    _K.DEATH_NOTICE: KindRule("D", DEATH_NOTICE, addressee_input=_PAYER),
}


def requesters_turn() -> list[tuple[str, str]]:
    """Kind and state of all operations that wait for the requesting city; open others wait for the deciding one."""
    return [
        (kind.value, state.name)
        for kind, rule in KIND_RULES.items()
        for state in rule.machine.states
        if rule.machine.awaited(state.name) is Side.REQUESTER
    ]


def machine_of(kind: OperationKind) -> Machine:
    """The states of operations of a kind."""
    return KIND_RULES[kind].machine
