"""Random intents about a sandbox's people: most of them rightful, some that acceptance or the city must refuse."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from cooperation.acceptance import Intent
from cooperation.content import (
    AnyContent,
    CardContent,
    CertificationContent,
    DeathNoticeContent,
    InvestigationContent,
    TransferContent,
)
from cooperation.errors import CooperationError, InputRefused, OfficerNotEntitled
from cooperation.kinds import OperationKind
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from legacy_adapters.operations.commands import AssistSubject, CardFunction, CertificationMethod, ReplacementKind
from legacy_adapters.records.cards import CardFunctionStatus
from legacy_adapters.records.pensions import PensionStatus
from legacy_adapters.records.provenance import NationalId
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from legacy_adapters.sandbox.population.world import Card, Pension, Register, World

HANGZHOU, HUANGSHAN = "330100", "341000"
TODAY = "2026-11-23"
"""The worlds' day."""
LETTER_WRITER = "1002"
"""Who drafts letters."""
CARD_KINDS = (
    OperationKind.TEMPORARY_LOSS,
    OperationKind.FORMAL_LOSS,
    OperationKind.RELEASE,
    OperationKind.REPLACEMENT,
)
_WEIGHTS = (5, 4, 4, 2)


@dataclass(frozen=True, slots=True)
class Wish:
    """An intent, and how acceptance must refuse it; None: it is accepted."""

    intent: Intent
    refused_with: type[CooperationError] | None = None


class IntentMaker:
    """Makes wishes about a few cards and pensions, so that several of them meet at one card."""

    def __init__(self, world: World, random: Random, cards: int = 2) -> None:
        self._random = random
        self._count = 0
        registers = {HANGZHOU: world.hangzhou, HUANGSHAN: world.huangshan}
        self.cards = {code: _choice(random, register, cards) for code, register in registers.items()}
        self.pensions = {code: _pension(random, register) for code, register in registers.items()}

    @property
    def secrets(self) -> set[str]:
        """What must stand nowhere in clear: numbers and names of everybody a wish may be about."""
        cards = [card for cards in self.cards.values() for card in cards]
        found = {text for card in cards for text in (card.number, card.id_number, card.name)}
        found |= {text for one in self.pensions.values() for text in (one.number, one.id_number, one.name)}
        return found | {normalise_id_number(text) for text in found}

    @property
    def before(self) -> dict[str, CardFunctionStatus]:
        """How each card's social function stands at first."""
        return {card.number: card.social.status for cards in self.cards.values() for card in cards}

    def wish(self) -> Wish:
        """The next one."""
        chance = self._random.random()
        if chance < 0.12:
            return Wish(self.certification(self._city()))
        if chance < 0.3:
            return Wish(self.investigation(self._city()))
        if chance < 0.4:
            return self._illegal()
        city = self._city()
        card = self._random.choice(self.cards[city])
        kind = self._random.choices(CARD_KINDS, _WEIGHTS)[0]
        return Wish(self.about_card(kind, city, card))

    def about_card(self, kind: OperationKind, city: str, card: Card, **other: object) -> Intent:
        """An intent of the other city's card centre, or now and then of the card's own."""
        content = {
            "card_number": card.number,
            "national_id": NationalId(normalise_id_number(card.id_number)),
            "name": card.name,
            "function": CardFunction.SOCIAL,
            "replacement": ReplacementKind.REPLACEMENT if kind is OperationKind.REPLACEMENT else None,
        }
        officer = self._officer(Office.CARD_CENTRE, city)
        return Intent(kind, officer, city, Office.CARD_CENTRE, CardContent(**(content | other)), self._key())

    def certification(self, city: str) -> Intent:
        """A certification of the city's pensioner, passed on the world's day."""
        pension = self.pensions[city]
        content: AnyContent = CertificationContent(
            NationalId(normalise_id_number(pension.id_number)), pension.number, CertificationMethod.COUNTER, TODAY
        )
        officer = self._officer(Office.INSURANCE_AGENCY, city)
        return Intent(OperationKind.CERTIFICATION, officer, city, Office.INSURANCE_AGENCY, content, self._key())

    def investigation(self, city: str) -> Intent:
        """A letter that officers move on."""
        card = self._random.choice(self.cards[city])
        content: AnyContent = InvestigationContent(
            NationalId(normalise_id_number(card.id_number)),
            card.name,
            ("是否因工受伤?",),
            "工伤保险条例",
            AssistSubject.INJURY_FACTS,
        )
        officer = Officer(LETTER_WRITER, _other(city), Office.INSURANCE_AGENCY, Duty.HANDLER)
        return Intent(OperationKind.INVESTIGATION, officer, city, Office.INSURANCE_AGENCY, content, self._key())

    def transfer(self, kind: OperationKind) -> Intent:
        """A case of Huangshan for Hangzhou, which alone has a system that registers it."""
        card = self._random.choice(self.cards[HANGZHOU])
        content: AnyContent = TransferContent(
            f"HSZC2026{self._count:05}", NationalId(normalise_id_number(card.id_number)), None, "劳动合同履行地在杭州"
        )
        office = Office.ARBITRATION if kind is OperationKind.DISPUTE_TRANSFER else Office.INSPECTION
        officer = Officer(LETTER_WRITER, HUANGSHAN, office, Duty.HANDLER)
        return Intent(kind, officer, HANGZHOU, office, content, self._key())

    def death_notice(self, city: str) -> Intent:
        """The death of the city's pensioner, which the other city has learnt of."""
        content: AnyContent = DeathNoticeContent(
            NationalId(normalise_id_number(self.pensions[city].id_number)), TODAY, False, "殡葬信息"
        )
        officer = Officer(LETTER_WRITER, _other(city), Office.INSURANCE_AGENCY, Duty.HANDLER)
        return Intent(OperationKind.DEATH_NOTICE, officer, city, Office.INSURANCE_AGENCY, content, self._key())

    def _illegal(self) -> Wish:
        city = self._city()
        card = self._random.choice(self.cards[city])
        loss = OperationKind.TEMPORARY_LOSS
        match self._random.randrange(5):
            case 0:  # accepted, and refused by the city
                return Wish(self.about_card(loss, city, card, card_number=f"{card.number[0]}77777777"))
            case 1:
                stranger = NationalId("33019919900101009X")
                return Wish(self.about_card(loss, city, card, national_id=stranger))
            case 2:
                return Wish(self.about_card(loss, city, card, function=CardFunction.BANK))
            case 3:
                intent = self.about_card(loss, city, card)
                reviewer = Officer("1009", intent.officer.city, Office.CARD_CENTRE, Duty.REVIEWER)
                return Wish(_with(intent, officer=reviewer), OfficerNotEntitled)
            case _:
                return Wish(_with(self.about_card(loss, city, card), key="short"), InputRefused)

    def _officer(self, office: Office, city: str) -> Officer:
        own = self._random.random() < 0.15
        return Officer("1001", city if own else _other(city), office, Duty.HANDLER)

    def _city(self) -> str:
        return self._random.choice((HANGZHOU, HUANGSHAN))

    def _key(self) -> str:
        self._count += 1
        return f"fault-run-{self._count:04}"


def _with(intent: Intent, *, officer: Officer | None = None, key: str | None = None) -> Intent:
    return Intent(
        intent.kind,
        officer or intent.officer,
        intent.addressee_city,
        intent.addressee_office,
        intent.content,
        key or intent.key,
    )


def _other(city: str) -> str:
    return HUANGSHAN if city == HANGZHOU else HANGZHOU


def _choice(random: Random, register: Register, count: int) -> list[Card]:
    normal = [card for card in register.cards if card.social.status is CardFunctionStatus.NORMAL]
    chosen = random.sample(normal, count)
    return chosen if random.random() < 0.7 else [*chosen[:-1], random.choice(register.cards)]


def _pension(random: Random, register: Register) -> Pension:
    open_ones = [
        pension
        for pension in register.pensions
        if pension.status is PensionStatus.PAYING and (pension.last_passed_on or "") < "2026-11-01"
    ]
    return random.choice(open_ones)
