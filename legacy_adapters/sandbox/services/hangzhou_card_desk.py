"""Hangzhou's core service, its operations on cards: both functions of a card, each by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from legacy_adapters.sandbox.databases.hangzhou import (
    BANK_STATUS_LETTERS,
    CARD_STATUS_CODES,
    digits,
    personal_number,
)
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from legacy_adapters.sandbox.population.world import Card
from legacy_adapters.sandbox.services.card_file import Application, CardFile, CardResult, CardWrite
from legacy_adapters.sandbox.services.card_making import making_of
from legacy_adapters.sandbox.services.hangzhou_answers import (
    ALREADY_SO,
    BAD_ARGUMENT,
    NO_CARD,
    WRONG_PERSON,
    WRONG_STATE,
    Arguments,
    Handler,
    Refusal,
    all_rows,
    row,
)
from legacy_adapters.sandbox.services.hangzhou_serials import Done, Serials
from legacy_adapters.sandbox.services.names import is_same_name
from legacy_adapters.sandbox.services.write_log import Changes

_HOLDER = ("token", "AAZ500", "AAC147", "AAC003")
CARD_OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "queryCard": ("token", "AAZ500"),
    "queryCardProgress": ("token", "AAZ500"),
    "reportCardLoss": (*_HOLDER, "BAZ500", "BAZ501", "serial"),
    "releaseCard": (*_HOLDER, "BAZ500", "serial"),
    "activateCard": (*_HOLDER, "serial"),
    "applyCard": (*_HOLDER, "ACA017", "AAB301", "BAB301", "serial"),
}
_LOSSES = {"1": CardWrite.TEMPORARY_LOSS, "2": CardWrite.FORMAL_LOSS}


class CardDesk:
    """Answers for the cards."""

    def __init__(self, cards: CardFile, serials: Serials) -> None:
        self._cards = cards
        self._serials = serials
        self.handlers: Mapping[str, Handler] = {
            "queryCard": self._query,
            "queryCardProgress": self._query_progress,
            "reportCardLoss": self._report_loss,
            "releaseCard": self._release,
            "activateCard": self._activate,
            "applyCard": self._apply,
        }

    def _query(self, arguments: Arguments) -> str:
        card = self._cards.get(arguments["AAZ500"].strip())
        return all_rows([] if card is None else [_card_row(card)], NO_CARD)

    def _query_progress(self, arguments: Arguments) -> str:
        card = self._cards.get(arguments["AAZ500"].strip())
        return all_rows([] if card is None else [row(making_of(self._cards, card))], NO_CARD)

    def _report_loss(self, arguments: Arguments) -> str:
        write = _LOSSES.get(arguments["BAZ501"])
        return self._change("reportCardLoss", arguments, write, arguments["BAZ500"])

    def _release(self, arguments: Arguments) -> str:
        return self._change("releaseCard", arguments, CardWrite.RELEASE, arguments["BAZ500"])

    def _activate(self, arguments: Arguments) -> str:
        return self._change("activateCard", arguments, CardWrite.ACTIVATION, "1")

    def _change(self, operation: str, arguments: Arguments, write: CardWrite | None, function: str) -> str:
        def effect(card: Card) -> tuple[CardResult, Changes] | Refusal:
            if write is None or function not in ("1", "2"):
                return BAD_ARGUMENT
            if function == "2" and card.bank is None:
                return WRONG_STATE
            return self._cards.change(write, card, of_bank=function == "2")

        return self._write(operation, arguments, effect)

    def _apply(self, arguments: Arguments) -> str:
        def effect(card: Card) -> tuple[CardResult, Changes] | Refusal:
            kind, cities = arguments["ACA017"], (arguments["AAB301"], arguments["BAB301"])
            if kind not in ("2", "3") or any(len(city) != 6 for city in cities):
                return BAD_ARGUMENT
            if self._cards.application(card.number) is not None:
                return ALREADY_SO
            return self._cards.apply(card, kind, cities[0])

        return self._write("applyCard", arguments, effect)

    def _write(
        self,
        operation: str,
        arguments: Arguments,
        effect: Callable[[Card], tuple[CardResult, Changes] | Refusal],
    ) -> str:
        number = arguments["AAZ500"].strip()

        def checked() -> Done | Refusal:
            card = self._cards.get(number)
            if card is None:
                return NO_CARD
            if not _is_holder(card, arguments):
                return WRONG_PERSON
            came_to = effect(card)
            if isinstance(came_to, Refusal):
                return came_to
            result, changes = came_to
            if result is not CardResult.DONE:
                return ALREADY_SO if result is CardResult.ALREADY else WRONG_STATE
            self._cards.keep(changes)
            made = (change.number for _, change in changes if isinstance(change, Application))
            return Done(changes, next(made, None) if operation == "applyCard" else None)

        return self._serials.write(operation, number, arguments["serial"], checked)


def _is_holder(card: Card, arguments: Arguments) -> bool:
    is_same_number = normalise_id_number(card.id_number) == normalise_id_number(arguments["AAC147"])
    return is_same_number and is_same_name(card.name, arguments["AAC003"])


def _card_row(card: Card) -> str:
    bank = card.bank
    return row(
        (
            ("AAC001", str(personal_number(card.person))),
            ("AAC147", card.id_number),
            ("AAC003", card.name),
            ("AAZ500", card.number),
            ("AAZ502", CARD_STATUS_CODES[card.social.status]),
            ("AAE036", digits(card.social.since)),
            ("AAZ165", card.social.expires_at and digits(card.social.expires_at)),
            ("AAZ503", digits(card.issued_on)),
            ("AAE031", "99991231" if card.expires_on is None else digits(card.expires_on)),
            ("AAE008", card.bank_code),
            ("BAZ502", None if bank is None else BANK_STATUS_LETTERS[bank.status]),
            ("BAE036", None if bank is None else digits(bank.since)),
            ("BAZ165", None if bank is None or bank.expires_at is None else digits(bank.expires_at)),
        )
    )
