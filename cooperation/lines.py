"""The lines that deliveries stand in, by name: what one of them does is over before the next one of it begins.

The line of a card or a pension bears a keyed digest, and has a name for each platform key; all others bear numbers.
"""

from __future__ import annotations

from cooperation.content import ordering_subject
from cooperation.desk import Desk
from cooperation.store.rows import DeliveryRow, OperationRow


def line_names(desk: Desk, operation: OperationRow, delivery: DeliveryRow) -> tuple[str, ...]:
    """Every name of the line that a delivery stands in, the one of the current platform key first."""
    names = subject_names(desk, operation)
    return names if delivery.subject in names else (delivery.subject,)


def line_to_rejoin(desk: Desk, operation: OperationRow, delivery: DeliveryRow) -> str:
    """The line that a delivery stands in again which is done anew: it may have left that of its card or pension."""
    if delivery.subject != delivery.id:
        return delivery.subject
    return next(iter(subject_names(desk, operation)), delivery.subject)


def subject_names(desk: Desk, operation: OperationRow) -> tuple[str, ...]:
    """Every name of the card, pension or handed-over case of an operation; none where it has no such, or was erased."""
    if operation.content_sealed is None:
        return ()
    subject = ordering_subject(operation.requester_city, operation.addressee_city, desk.content_of(operation))
    return () if subject is None else desk.sealer.fingerprints(subject)
