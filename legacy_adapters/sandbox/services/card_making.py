"""How far the making of a card has come, as both cities' services tell it: the tags of getAZ03."""

from __future__ import annotations

from legacy_adapters.sandbox.databases.hangzhou import CARD_STATUS_CODES, digits
from legacy_adapters.sandbox.population.world import Card
from legacy_adapters.sandbox.services.card_file import ARRIVAL_DAYS, BATCH_DAYS, Application, CardFile

_STEP_DAYS = (
    ("BANKTIME0", BATCH_DAYS),
    ("BANKFINISHTIME0", 2),
    ("INSURETIME", 2),
    ("INSUREFINISHTIME", 3),
    ("PROVINCETIME", 4),
    ("CITYTIME", ARRIVAL_DAYS),
)
_WITHOUT_BANK = frozenset({"BANKTIME0", "BANKFINISHTIME0"})


def making_of(file: CardFile, card: Card) -> list[tuple[str, str]]:
    """The newest application in place of the card, or how the card itself was made; '' where a step is not reached."""
    application = file.application(card.number)
    if application is None:
        return _first_making(card, file.place.code)
    times = [
        (tag, digits(file.moment(application, days)) if _is_reached(file, application, card, tag, days) else "")
        for tag, days in _STEP_DAYS
    ]
    has_arrived = file.is_past(application, ARRIVAL_DAYS)
    return [
        ("AAZ500", card.number),
        ("AAC002", card.id_number),
        ("CARDTYPE", "1"),
        ("TRANSACTTYPE", application.kind),
        ("APPLYNO", application.number),
        ("BATCHNO", _batch(application) if file.is_past(application, BATCH_DAYS) else ""),
        ("NEWCARD", application.new_card if has_arrived else ""),
        ("AAB301", file.place.code),
        ("AAE008", card.bank_code or ""),
        ("GETCITY", application.pick_up_city),
        ("GETADDR", f"第{int(application.new_card[1:]) % 7 + 1}服务网点" if has_arrived else ""),
        ("APPLYTIME", digits(application.applied_at)),
        *times,
        ("GETTIME", digits(application.fetched_at or "")),
        ("VALIDTAG", "0"),
    ]


def _is_reached(file: CardFile, application: Application, card: Card, tag: str, days: int) -> bool:
    return file.is_past(application, days) and (card.bank_code is not None or tag not in _WITHOUT_BANK)


def _batch(application: Application) -> str:
    return f"{digits(application.applied_at)[:6]}{int(application.new_card[1:]) % 1000:03d}"


def _first_making(card: Card, city: str) -> list[tuple[str, str]]:
    issued = digits(f"{card.issued_on} 09:30:00")
    by_bank = issued if card.bank_code else ""
    return [
        ("AAZ500", card.number),
        ("AAC002", card.id_number),
        ("CARDTYPE", "1"),
        ("TRANSACTTYPE", "1"),
        ("BATCHNO", f"{digits(card.issued_on)[:6]}{int(card.number[1:]) % 1000:03d}"),
        ("AAB301", city),
        ("AAE008", card.bank_code or ""),
        ("APPLYTIME", issued),
        *((tag, by_bank if tag in _WITHOUT_BANK else issued) for tag, _ in _STEP_DAYS),
        ("GETTIME", "" if CARD_STATUS_CODES[card.social.status] == "0" else issued),
        ("VALIDTAG", "0"),
    ]
