"""The command that a delivery asks of a city's system, from what its operation is about."""

from __future__ import annotations

from cooperation.content import CardContent, CertificationContent
from cooperation.desk import Desk
from cooperation.store.rows import DeliveryRow, OperationRow
from legacy_adapters.operations.commands import (
    CardCommand,
    CertificationCommand,
    Command,
    OperationName,
    ReplacementCommand,
    ReplacementKind,
)
from legacy_adapters.records.provenance import CityCode


def command_of(desk: Desk, operation: OperationRow, delivery: DeliveryRow) -> Command:
    """What to ask; it holds a citizen's data, and is made anew for each turn rather than stored."""
    content = desk.content_of(operation)
    requester = CityCode(operation.requester_city)
    match content:
        case CardContent() if delivery.write == OperationName.CARD_REPLACEMENT:
            return ReplacementCommand(
                content.card_number,
                content.national_id,
                content.name,
                content.replacement or ReplacementKind.REPLACEMENT,
                CityCode(content.pick_up_city or operation.requester_city),
                requester,
            )
        case CardContent():
            return CardCommand(content.card_number, content.national_id, content.name, content.function)
        case CertificationContent():
            return CertificationCommand(
                content.national_id, content.pension_number, content.method, requester, content.passed_on
            )
        case _:
            raise LookupError(f"There is no command {delivery.write} of this content.")
