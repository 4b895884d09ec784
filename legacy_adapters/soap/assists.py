"""Rows of letters of entrusted investigation as records: services call the elements and the states differently."""

from __future__ import annotations

from legacy_adapters.code_lists import CodeList
from legacy_adapters.dates import read_day
from legacy_adapters.identity import normalise_national_id
from legacy_adapters.records.assists import AssistRecord, AssistState
from legacy_adapters.records.provenance import CityCode, Provenance
from legacy_adapters.soap.rows import Row


def read_assist(row: Row, provenance: Provenance, states: CodeList[AssistState]) -> AssistRecord | None:
    """A row of both cities' numbers, person, both cities, state, and the days it was registered, due, accepted and
    replied; None where it has no number of its own or of the requesting city's.
    """
    number, letter, written_id, requesting, addressed, state, registered, due, accepted, replied = row
    if number is None or letter is None:
        return None
    return AssistRecord(
        number,
        letter,
        normalise_national_id(written_id),
        None if requesting is None else CityCode(requesting),
        None if addressed is None else CityCode(addressed),
        states.read(state),
        state,
        read_day(registered),
        read_day(due),
        read_day(accepted),
        read_day(replied),
        provenance,
    )
