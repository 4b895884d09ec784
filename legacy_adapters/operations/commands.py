"""What can be asked of a city. Commands hold citizens' data: their repr shows none, and they belong in no log.

Days are ISO 8601. Cities are GB/T 2260 codes. A command of one operation means the same in every city.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from legacy_adapters.records.provenance import CityCode, CreditCode, NationalId


class OperationName(StrEnum):
    """Every operation there is; what a city offers of them is data (`CityOperations.capabilities`)."""

    CARD_TEMPORARY_LOSS = "card_temporary_loss"
    CARD_FORMAL_LOSS = "card_formal_loss"
    CARD_RELEASE = "card_release"
    CARD_REPLACEMENT = "card_replacement"
    CARD_ACTIVATION = "card_activation"
    PENSION_CERTIFICATION = "pension_certification"
    ASSIST_CREATION = "assist_creation"
    ASSIST_ACCEPTANCE = "assist_acceptance"
    ASSIST_REPLY = "assist_reply"
    DISPUTE_TRANSFER = "dispute_transfer"
    DISPUTE_ASSIST = "dispute_assist"
    INSPECTION_TRANSFER = "inspection_transfer"
    INSPECTION_ASSIST = "inspection_assist"


class CardFunction(StrEnum):
    """The two functions of one card, which are lost and found apart from each other."""

    SOCIAL = "social"
    BANK = "bank"


class Command(Struct, frozen=True):
    """Something asked of a system; its repr is its name alone."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class CardCommand(Command, frozen=True):
    """Of a card's loss, release and activation.

    Attributes:
        card_number: as the issuing city has it, e.g. H00000001.
        national_id, name: the holder's, which the systems compare with their own; the name in any spelling of its dot.
        function: which of the card's functions; one command reaches one. Activation is of the social function.
    """

    card_number: str
    national_id: NationalId
    name: str
    function: CardFunction = CardFunction.SOCIAL


class ReplacementKind(StrEnum):
    """ACA017 of an application for a card in place of another."""

    REPLACEMENT = "2"
    """补卡: of a card formally lost; its old card is cancelled when the new one is taken."""
    EXCHANGE = "3"
    """换卡: of a card damaged, expiring, or with a name or bank that has changed."""


class ReplacementCommand(Command, frozen=True):
    """An application for a new card, accepted here and decided by the issuing city.

    Attributes:
        card_number: the old card's.
        pick_up_city: where the holder wants to fetch the new one.
        identity_seen_by: the city whose counter has seen the holder's identity document; no issuing city goes without.
        application_number: that the issuing city gave it, once it has taken it; it is not sent.
    """

    card_number: str
    national_id: NationalId
    name: str
    kind: ReplacementKind
    pick_up_city: CityCode
    identity_seen_by: CityCode
    application_number: str | None = None


class CertificationMethod(StrEnum):
    """How somebody was seen to live."""

    FACE = "FACE"
    COUNTER = "COUNTER"
    HOME_VISIT = "HOME_VISIT"
    SILENT_MATCH = "SILENT_MATCH"


class CertificationCommand(Command, frozen=True):
    """A certification that was passed in `helper_city`, for a pension that the system's city pays.

    Attributes:
        passed_on: the day it was passed; a pension certified on this day or later is certified.
    """

    national_id: NationalId
    pension_number: str
    method: CertificationMethod
    helper_city: CityCode
    passed_on: str


class AssistSubject(StrEnum):
    """What another city may be asked to look into. Source: the two cities' agreement."""

    INJURY_FACTS = "INJURY_FACTS"
    """因工受伤."""
    BENEFIT_FACTS = "BENEFIT_FACTS"
    """待遇享受."""


class AssistCreation(Command, frozen=True):
    """An entrusted investigation (委托协查) to be entered in one city's system; both cities enter the same letter.

    Attributes:
        letter_number: the requesting city's number of the letter, at most 40 characters; every system keeps it beside
            its own number, so that either finds the letter. It is what makes a creation one.
        requesting_office, addressed_office: names of the offices.
        case_number: the injury case that it is about, in the requesting city.
        questions: one to ten, each at most 200 characters.
        attachment_digests: SM3 of each attachment in hexadecimal; the files themselves go other ways.
    """

    letter_number: str
    requesting_city: CityCode
    requesting_office: str
    addressed_city: CityCode
    addressed_office: str
    subject: AssistSubject
    national_id: NationalId
    name: str
    case_number: str | None
    questions: tuple[str, ...]
    legal_basis: str
    due_on: str
    attachment_digests: tuple[str, ...] = ()


class AssistAcceptance(Command, frozen=True):
    """The addressed city takes a letter up. `number` is the number that this system gave it (the creation's receipt).

    Attributes:
        officers: the two who investigate.
    """

    number: str
    officers: tuple[str, str]
    accepted_on: str


class Verdict(StrEnum):
    """What was found of one question."""

    CONFIRMED = "CONFIRMED"
    """属实."""
    NOT_CONFIRMED = "NOT_CONFIRMED"
    """不属实."""
    UNVERIFIABLE = "UNVERIFIABLE"
    """无法查实."""


class Finding(Command, frozen=True):
    """The answer to one question; `text` at most 500 characters."""

    verdict: Verdict
    text: str


class AssistReply(Command, frozen=True):
    """What was found: one finding a question, in the questions' order. `number` as in the acceptance."""

    number: str
    findings: tuple[Finding, ...]
    signed_by: str
    replied_on: str
    evidence_digests: tuple[str, ...] = ()


class TransferRegistration(Command, frozen=True):
    """A case that another city hands over (案件移送), to be registered (立案) as the system's city's own.

    The command is the same for a dispute and an inspection: the operation says which it is.

    Attributes:
        transfer_number: the sending city's number of the transfer, at most 40 characters; with the city it is what
            makes a registration one.
        sending_case_number: of the case, in the sending city.
        worker, employer: whom it concerns; at least one.
        grounds: why it is this city's, at most 500 characters.
    """

    transfer_number: str
    sending_city: CityCode
    sending_case_number: str
    worker: NationalId | None
    employer: CreditCode | None
    grounds: str
