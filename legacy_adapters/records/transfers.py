"""Cases that a city has registered because another city handed them over."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from legacy_adapters.records.cases import CaseStatus
from legacy_adapters.records.provenance import CityCode, CreditCode, NationalId, Provenance


class TransferKind(StrEnum):
    """What kind of case it is."""

    DISPUTE = "DISPUTE"
    INSPECTION = "INSPECTION"
    UNKNOWN = "UNKNOWN"


class TransferRecord(Struct, frozen=True):
    """One case handed over.

    Attributes:
        case_number: the city's own, under which it goes on.
        transfer_number: the sending city's number of the transfer; `sending_case_number` the case's old one.
        worker, employer: whom it concerns; either may be missing.
    """

    case_number: str
    transfer_number: str
    sending_city: CityCode | None
    sending_case_number: str | None
    kind: TransferKind
    worker: NationalId | None
    employer: CreditCode | None
    registered_on: str | None
    status: CaseStatus
    status_raw: str | None
    provenance: Provenance
