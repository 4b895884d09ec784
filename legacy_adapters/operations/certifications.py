"""Living certifications, as every city's operations on them see them."""

from __future__ import annotations

from legacy_adapters.operations.commands import CertificationCommand
from legacy_adapters.operations.outcomes import Observation, Reason, Standing
from legacy_adapters.records.pensions import PensionRecord, PensionStatus
from legacy_adapters.records.provenance import Provenance


def observe_certification(
    pension: PensionRecord | None, command: CertificationCommand, provenance: Provenance
) -> Observation:
    """How a certification stands: in effect once the pension's last one is of the command's day or later."""
    if pension is None:
        return Observation(Standing.IMPOSSIBLE, None, provenance, Reason.SUBJECT_UNKNOWN)
    if pension.national_id != command.national_id:
        return Observation(Standing.IMPOSSIBLE, None, pension.provenance, Reason.PERSON_MISMATCH)
    last = pension.certification_last_passed_on
    if last is not None and last >= command.passed_on:
        return Observation(Standing.IN_EFFECT, pension.status_raw, pension.provenance, since=last)
    if pension.status is PensionStatus.TERMINATED:
        return Observation(Standing.IMPOSSIBLE, pension.status_raw, pension.provenance, Reason.STATE_FORBIDS)
    return Observation(Standing.OPEN, pension.status_raw, pension.provenance, since=last)
