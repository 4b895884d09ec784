"""Code lists: a source's raw value as a word of the domain contract.

A list belongs to one source (the same code means something else next door). A value outside it is UNKNOWN with its raw
value kept, never a guess, and never costs the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class CodeList(Generic[E]):
    """One source's values of one list.

    Attributes:
        name: the list as the source calls it, e.g. `AAE116`.
        meanings: what each raw value means; values come and are compared without blanks around them.
        unknown: what any other value means.
    """

    name: str
    meanings: Mapping[str, E]
    unknown: E

    def read(self, raw: str | int | None) -> E:
        """What `raw` means; blank and missing values are unknown too."""
        return self.unknown if raw is None else self.meanings.get(str(raw).strip(), self.unknown)

    def raws(self, meaning: E) -> tuple[str, ...]:
        """The raw values of a meaning, to ask a source for it."""
        return tuple(raw for raw, value in self.meanings.items() if value is meaning)


def raw_text(raw: str | int | None) -> str | None:
    """A raw code as records keep it: without blanks around it, None where there is none."""
    return None if raw is None else str(raw).strip() or None
