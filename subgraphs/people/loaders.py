"""What one request to a people subgraph may load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from legacy_adapters.records.people import EmployerRecord, InsuranceRecord, InsuredCountRecord, PersonRecord
from legacy_adapters.records.provenance import CreditCode, NationalId
from legacy_adapters.sources import PeopleSource
from subgraphs.people.types import (
    Employer,
    Insurance,
    InsuredCount,
    RegisterEntry,
    employer_of,
    entry_of,
    insurance_of,
    insured_counts_of,
)
from subgraphs.shared.context import RequestContext
from subgraphs.shared.loaders import RecordLoader

R = TypeVar("R")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class PeopleLoaders:
    """Attributes:
    source: the city's one source of people; its lists are not loaded by key.
    records: a citizen's register entries.
    insurances: a citizen's insurances.
    employers: the employer with a credit code, or None.
    insured_counts: how many an employer insures.
    """

    source: PeopleSource
    records: RecordLoader[NationalId, Sequence[PersonRecord], list[RegisterEntry]]
    insurances: RecordLoader[NationalId, Sequence[InsuranceRecord], list[Insurance]]
    employers: RecordLoader[CreditCode, EmployerRecord, Employer | None]
    insured_counts: RecordLoader[CreditCode, InsuredCountRecord, list[InsuredCount]]


def people_loaders(context: RequestContext[PeopleLoaders], sources: Sequence[PeopleSource]) -> PeopleLoaders:
    """The loaders of one request, over the city's one source."""
    (source,) = sources
    return PeopleLoaders(
        source=source,
        records=RecordLoader(source.people, _each(partial(entry_of, context)), list),
        insurances=RecordLoader(source.insurances, _each(partial(insurance_of, context)), list),
        employers=RecordLoader(source.employers, partial(employer_of, context), lambda: None),
        insured_counts=RecordLoader(source.insured_counts, partial(insured_counts_of, context), list),
    )


def _each(convert: Callable[[R], V]) -> Callable[[Sequence[R]], list[V]]:
    return lambda rows: [convert(row) for row in rows]
