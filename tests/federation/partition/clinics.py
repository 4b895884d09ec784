"""A small domain that uses every rule: visits to clinics. What a city answers is a function of its records alone.

Every field of the contract is defined so that the answer over all records is the merge of the cities' answers, which
is the law that `test_laws.py` proves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.federation.partition.cities import MemoryCity
from tests.federation.partition.contracts import read_contract

SDL = (Path(__file__).parent / "clinics.graphql").read_text(encoding="utf-8")
LEVELS = ("LOW", "MIDDLE", "HIGH")


def clinics(count: int = 2) -> Any:
    """The contract, served by `count` cities."""
    return read_contract(SDL, count)


@dataclass(frozen=True, slots=True)
class Record:
    """One visit as a city keeps it; `number` is unique in the country, `serial` orders equal dates."""

    number: int
    city: str
    patient: str
    seen_at: str
    opened_on: str | None
    paid: int
    level: str

    @property
    def visit(self) -> dict[str, Any]:
        return {
            "__typename": "Visit",
            "city": self.place,
            "number": str(self.number),
            "seenAt": self.seen_at,
            "ward": self.ward,
        }

    @property
    def ward(self) -> dict[str, Any]:
        return {"city": self.place, "number": str(self.number % 3), "openedOn": self.opened_on, "beds": 2}

    @property
    def place(self) -> dict[str, str]:
        return {"code": self.city, "name": f"city {self.city}"}

    @property
    def call(self) -> dict[str, Any]:
        return {"__typename": "Call", "city": self.place, "seenAt": self.seen_at, "seconds": self.number}


def city_of(records: Sequence[Record]) -> MemoryCity:
    """A city that keeps these records."""
    return MemoryCity(clinics().schema, root_of(records))


def root_of(records: Sequence[Record]) -> dict[str, Any]:
    """What a subgraph over these records answers."""
    by_opening = sorted(records, key=lambda record: (record.opened_on is None, record.opened_on))
    by_age = sorted(records, key=lambda record: record.seen_at, reverse=True)
    return {
        "patient": lambda **arguments: _patient(records, arguments["id"]),
        "visits": lambda first, after=None, **arguments: _page(_kept(by_opening, arguments), first, after),
        "newest": lambda first=None, after=None: _page(by_age, first, after),
        "wards": _wards(records),
        "tags": list(dict.fromkeys(record.level for record in records)) or None,
        "statistics": {**_statistics(records), "inner": _statistics(records)} if records else None,
        "_entities": lambda representation: _entity(records, representation),
    }


def _kept(records: Sequence[Record], arguments: dict[str, Any]) -> list[Record]:
    cities = (arguments.get("filter") or {}).get("city")
    return [record for record in records if cities is None or record.city in cities]


def _entity(records: Sequence[Record], representation: dict[str, Any]) -> dict[str, Any] | None:
    if representation["__typename"] == "Patient":
        patient = _patient(records, representation["id"])
        return patient and {"__typename": "Patient", **patient}
    key = (representation["city"]["code"], representation["number"])
    found = (record.visit for record in records if (record.city, str(record.number)) == key)
    return next(found, None)


def _statistics(records: Sequence[Record]) -> dict[str, Any]:
    return {"visits": len(records), "busiest": max((record.paid for record in records), default=None), "title": "all"}


def _patient(records: Sequence[Record], patient: str) -> dict[str, Any] | None:
    own = [record for record in records if record.patient == patient]
    if not own:
        return None
    latest = max(own, key=lambda record: record.seen_at)
    by_age = sorted(own, key=lambda record: record.seen_at)
    return {
        "id": patient,
        "name": f"name {patient}",
        "note": f"note {latest.number}",
        "updatedAt": latest.seen_at,
        "firstSeenAt": by_age[0].seen_at,
        "visitCount": len(own),
        "paid": f"{sum(record.paid for record in own) / 100:.2f}",
        "isFlagged": any(record.level == "HIGH" for record in own),
        "isSettled": all(record.paid for record in own),
        "level": max((record.level for record in own), key=LEVELS.index),
        "address": {"street": f"street {patient}", "lines": [patient]},
        "doctor": {"id": "d", "name": "doctor"},
        "visits": [record.visit for record in own],
        "events": [record.visit if record.number % 2 else record.call for record in own],
        "wards": _wards(own),
        "history": lambda _info, first=None, after=None: _page(by_age, first, after),
    }


def _wards(records: Sequence[Record]) -> list[dict[str, Any]]:
    wards: dict[tuple[str, str], dict[str, Any]] = {}
    for record in records:
        ward = record.ward
        wards.setdefault((record.city, ward["number"]), ward)
    return list(wards.values())


def _page(records: Sequence[Record], first: int | None, after: str | None) -> dict[str, Any]:
    """A page as a city gives it; its own cursors are the records' numbers."""
    numbers = [str(record.number) for record in records]
    start = numbers.index(after) + 1 if after in numbers else 0
    end = len(records) if first is None else min(start + first, len(records))
    rows = records[start:end]
    return {
        "edges": [{"cursor": str(row.number), "node": row.visit} for row in rows],
        "nodes": [row.visit for row in rows],
        "pageInfo": {
            "hasNextPage": end < len(records),
            "hasPreviousPage": start > 0,
            "startCursor": str(rows[0].number) if rows else None,
            "endCursor": str(rows[-1].number) if rows else None,
        },
        "totalCount": len(records),
    }
