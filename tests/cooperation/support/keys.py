"""Desks of processes that know the former platform key, the present one, or both, over one database."""

from __future__ import annotations

from dataclasses import replace

from cooperation.desk import Desk
from subgraphs.cooperation.sealer import PlatformSealer
from subgraphs.shared.person_key import PlatformKeys

FORMER, PRESENT = bytes(range(64)), bytes(range(64, 128))

BEFORE = PlatformKeys(FORMER)
READING = PlatformKeys(FORMER, PRESENT)
CHANGED = PlatformKeys(PRESENT, FORMER)
AFTERWARDS = PlatformKeys(PRESENT)


def with_keys(desk: Desk, keys: PlatformKeys) -> Desk:
    """The desk of a process that has these keys."""
    return replace(desk, sealer=PlatformSealer(keys))
