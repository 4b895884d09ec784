"""What one request to a pensions subgraph may load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from legacy_adapters.records.pensions import PensionRecord
from legacy_adapters.records.provenance import NationalId
from legacy_adapters.sources import PensionsSource
from subgraphs.pensions.types import Pension, pension_of
from subgraphs.shared.context import RequestContext
from subgraphs.shared.loaders import RecordLoader


@dataclass(frozen=True, slots=True)
class PensionsLoaders:
    """Attributes:
    source: the city's one source of pensions; its lists are not loaded by key.
    pensions: all pensions of a citizen.
    pensions_by_number: the pension with a number, or None.
    """

    source: PensionsSource
    pensions: RecordLoader[NationalId, Sequence[PensionRecord], list[Pension]]
    pensions_by_number: RecordLoader[str, PensionRecord, Pension | None]


def pensions_loaders(context: RequestContext[PensionsLoaders], sources: Sequence[PensionsSource]) -> PensionsLoaders:
    """The loaders of one request, over the city's one source."""
    (source,) = sources
    convert = partial(pension_of, context)

    def convert_all(records: Sequence[PensionRecord]) -> list[Pension]:
        return [convert(record) for record in records]

    return PensionsLoaders(
        source=source,
        pensions=RecordLoader(source.pensions, convert_all, list),
        pensions_by_number=RecordLoader(source.pensions_by_number, convert, lambda: None),
    )
