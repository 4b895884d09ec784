"""Letters of entrusted investigation, as every city's operations on them see them."""

from __future__ import annotations

from legacy_adapters.operations.commands import AssistCreation
from legacy_adapters.operations.outcomes import Observation, Reason, Standing
from legacy_adapters.records.assists import AssistRecord, AssistState
from legacy_adapters.records.provenance import Provenance

_ACCEPTANCE = {
    AssistState.REGISTERED: Standing.OPEN,
    AssistState.ACCEPTED: Standing.IN_EFFECT,
    AssistState.REPLIED: Standing.IN_EFFECT,
}
_REPLY = {AssistState.ACCEPTED: Standing.OPEN, AssistState.REPLIED: Standing.IN_EFFECT}


def observe_creation(letter: AssistRecord | None, command: AssistCreation, provenance: Provenance) -> Observation:
    """How a letter to be entered stands, by what is there under the requesting city's number."""
    if letter is None:
        return Observation(Standing.OPEN, None, provenance)
    if letter.national_id != command.national_id:
        return Observation(Standing.IMPOSSIBLE, letter.state_raw, letter.provenance, Reason.PERSON_MISMATCH)
    return Observation(
        Standing.IN_EFFECT, letter.state_raw, letter.provenance, since=letter.registered_on, receipt=letter.number
    )


def observe_acceptance(letter: AssistRecord | None, provenance: Provenance) -> Observation:
    """How the taking up of a letter stands."""
    since = None if letter is None else letter.accepted_on
    return _observe(letter, _ACCEPTANCE, provenance, since)


def observe_reply(letter: AssistRecord | None, provenance: Provenance) -> Observation:
    """How the answer to a letter stands; impossible before it was taken up."""
    since = None if letter is None else letter.replied_on
    return _observe(letter, _REPLY, provenance, since)


def _observe(
    letter: AssistRecord | None, standings: dict[AssistState, Standing], provenance: Provenance, since: str | None
) -> Observation:
    if letter is None:
        return Observation(Standing.IMPOSSIBLE, None, provenance, Reason.SUBJECT_UNKNOWN)
    standing = standings.get(letter.state)
    if standing is None:
        reason = Reason.OTHER if letter.state is AssistState.UNKNOWN else Reason.STATE_FORBIDS
        return Observation(Standing.IMPOSSIBLE, letter.state_raw, letter.provenance, reason)
    is_so = standing is Standing.IN_EFFECT
    return Observation(
        standing,
        letter.state_raw,
        letter.provenance,
        since=since if is_so else None,
        receipt=letter.number if is_so else None,
    )
