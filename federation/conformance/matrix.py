"""What a city's subgraph supports of its domain's contract, as rows for people and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from unicodedata import east_asian_width


class Verdict(StrEnum):
    """How far one thing is supported; UNASKED where nothing was known to ask with."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    NOT = "not"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was tried. Never a value of an answer.

    Attributes:
        coordinate: of the contract, e.g. `Query.card`, `Card.issuedOn`, `Person @key`.
        check: what of it.
        verdict: whether it is supported.
        seen: numbers, codes, types: what came back.
        remedy: what the city should do; None where nothing is wrong.
        milliseconds: how long the answer took; None where nothing was asked for this row alone.
    """

    coordinate: str
    check: str
    verdict: Verdict
    seen: str
    remedy: str | None = None
    milliseconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As one object."""
        return {
            "coordinate": self.coordinate,
            "check": self.check,
            "verdict": self.verdict.value,
            "seen": self.seen,
            "remedy": self.remedy,
            "milliseconds": self.milliseconds,
        }


@dataclass(frozen=True, slots=True)
class Matrix:
    """All rows of one city's subgraph of one domain."""

    domain: str
    city: str
    rows: tuple[Row, ...]

    @property
    def conforms(self) -> bool:
        """Whether nothing that was asked is wanting."""
        return not any(row.verdict in (Verdict.NOT, Verdict.PARTLY) for row in self.rows)

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many rows there are of each verdict."""
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in Verdict}

    def as_json(self) -> dict[str, Any]:
        """As one document."""
        return {
            "domain": self.domain,
            "city": self.city,
            "conforms": self.conforms,
            "counts": {verdict.value: count for verdict, count in self.counts.items()},
            "rows": [row.as_json() for row in self.rows],
        }

    def as_text(self) -> str:
        """As a table; remedies stand below their rows."""
        lines = [f"{self.domain} of {self.city}", "", *_lines(self.rows), ""]
        counts = ", ".join(f"{count} {verdict.value}" for verdict, count in self.counts.items())
        return "\n".join([*lines, f"{'conforms' if self.conforms else 'does not conform'}: {counts}"])


def counted(count: int, one: str, many: str = "") -> str:
    """`1 row`, `2 rows`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def _lines(rows: tuple[Row, ...]) -> Iterator[str]:
    columns = [(row.verdict.value, row.coordinate, row.check, row.seen) for row in rows]
    widths = [max(map(_width, column)) for column in zip(*columns, strict=True)]
    for row, cells in zip(rows, columns, strict=True):
        time = "" if row.milliseconds is None else f"{row.milliseconds:.0f} ms"
        padded = [cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)]
        yield "  ".join([*padded, time]).rstrip()
        if row.remedy is not None:
            yield f"{' ' * widths[0]}  → {row.remedy}"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
