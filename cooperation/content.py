"""What an operation is about: kept sealed in the database, for it tells of citizens; nothing of it enters a log.

Each kind of operation has one content. Days are ISO 8601, cities GB/T 2260 codes, digests hexadecimal.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

import msgspec
from msgspec import Struct

from legacy_adapters.operations.commands import (
    AssistSubject,
    CardFunction,
    CertificationMethod,
    ReplacementKind,
    Verdict,
)
from legacy_adapters.records.provenance import NationalId


class SealBroken(Exception):
    """A stored content does not open: it was sealed with a key that this process has not."""


class Sealer(Protocol):
    """Makes what may stand in a database of what may not, with the platform's current key; reads what others made."""

    @property
    def sealed_head(self) -> str:
        """What begins so was sealed with the current key."""

    @property
    def person_head(self) -> str:
        """The same of a person's id."""

    @property
    def has_other_keys(self) -> bool:
        """Whether it reads what was sealed with others than the current key."""

    def seal(self, content: str) -> str: ...

    def open(self, sealed: str) -> str:
        """What was sealed with any known key. Raises SealBroken."""

    def person_id(self, national_id: NationalId) -> str:
        """The graph's `Person.id`: equal for equal numbers, readable with the key only."""

    def person_ids(self, person_id: str) -> tuple[str, ...]:
        """The ids that the same person has under every known key, the current one's first."""

    def fingerprints(self, content: str) -> tuple[str, ...]:
        """Under every known key, the current one's first: equal for equal contents, 32 characters, not to be turned
        back even with the key.
        """


class Content(Struct, frozen=True, tag_field="of"):
    """What every content has; its repr shows nothing."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class CardContent(Content, frozen=True, tag="card"):
    """A card's loss, release or replacement. `pick_up_city` and `replacement` are of a replacement only."""

    card_number: str
    national_id: NationalId
    name: str
    function: CardFunction
    replacement: ReplacementKind | None = None
    pick_up_city: str | None = None
    compensates: str | None = None
    """The number of the operation that this one undoes."""


class CertificationContent(Content, frozen=True, tag="certification"):
    """A living certification that was passed in the requesting city, for the other's pension."""

    national_id: NationalId
    pension_number: str
    method: CertificationMethod
    passed_on: str


class Finding(Struct, frozen=True):
    """What was found of one question."""

    verdict: Verdict
    text: str


class InvestigationContent(Content, frozen=True, tag="investigation"):
    """An entrusted investigation, or an assist in a dispute or an inspection.

    Attributes:
        subject: of an entrusted investigation only.
        case_number: the requesting city's case that it is about.
        credit_code: the employer concerned.
        attachments: digests; the files themselves go other ways.
        additions: what was asked for and supplied since, in order.
    """

    national_id: NationalId | None
    name: str | None
    questions: tuple[str, ...]
    legal_basis: str
    subject: AssistSubject | None = None
    case_number: str | None = None
    credit_code: str | None = None
    attachments: tuple[str, ...] = ()
    investigators: tuple[str, ...] = ()
    additions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    evidence: tuple[str, ...] = ()


class TransferContent(Content, frozen=True, tag="transfer"):
    """A case handed to the city whose it is; `received_case_number` is that city's own, once it is registered."""

    case_number: str
    national_id: NationalId | None
    credit_code: str | None
    grounds: str
    received_case_number: str | None = None


class DeathNoticeContent(Content, frozen=True, tag="death_notice"):
    """A death or a disappearance that the requesting city has learnt of."""

    national_id: NationalId
    happened_on: str | None
    is_missing: bool
    learnt_from: str
    evidence: tuple[str, ...] = ()


AnyContent: TypeAlias = CardContent | CertificationContent | InvestigationContent | TransferContent | DeathNoticeContent

_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER: msgspec.json.Decoder[AnyContent] = msgspec.json.Decoder(AnyContent)


def encode_content(content: AnyContent) -> str:
    """A content as text to be sealed; equal contents have equal texts."""
    return _ENCODER.encode(content).decode()


def decode_content(text: str) -> AnyContent:
    """The content of a text that `encode_content` made."""
    return _DECODER.decode(text)


def ordering_subject(requester_city: str, addressee_city: str, content: AnyContent) -> str | None:
    """What operations must not overtake each other at: a card, or a pension; and a case, which is handed over once.

    None for all others.
    """
    match content:
        case CardContent():
            return card_subject(addressee_city, content.card_number)
        case CertificationContent():
            return f"pension {addressee_city} {content.pension_number}"
        case TransferContent():
            return f"case {requester_city} {content.case_number}"
        case _:
            return None


def card_subject(city: str, card_number: str) -> str:
    """A card, as what operations are ordered and found by."""
    return f"card {city} {card_number}"


def citizen_of(content: AnyContent) -> NationalId | None:
    """The person that an operation is about."""
    return content.national_id
