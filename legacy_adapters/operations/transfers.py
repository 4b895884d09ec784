"""Cases that another city hands over, as every city's operations on them see them."""

from __future__ import annotations

from legacy_adapters.operations.commands import TransferRegistration
from legacy_adapters.operations.outcomes import Observation, Reason, Standing
from legacy_adapters.records.provenance import Provenance
from legacy_adapters.records.transfers import TransferKind, TransferRecord


def observe_registration(
    found: TransferRecord | None, kind: TransferKind, command: TransferRegistration, provenance: Provenance
) -> Observation:
    """How a case to be registered stands, by what is there under the sending city's number of the transfer."""
    if found is None:
        return Observation(Standing.OPEN, None, provenance)
    if (found.worker, found.employer) != (command.worker, command.employer):
        return Observation(Standing.IMPOSSIBLE, found.status_raw, found.provenance, Reason.PERSON_MISMATCH)
    if (found.kind, found.sending_case_number) != (kind, command.sending_case_number):
        return Observation(Standing.IMPOSSIBLE, found.status_raw, found.provenance, Reason.OTHER)
    return Observation(
        Standing.IN_EFFECT, found.status_raw, found.provenance, since=found.registered_on, receipt=found.case_number
    )
