"""What the reference queries must answer, worked out from the sandbox's own world and from nothing else."""

from __future__ import annotations

import unicodedata
from typing import Any

from legacy_adapters.sandbox.population.national_ids import compose_id_number
from legacy_adapters.sandbox.population.world import City, Person, Register, World

CITY_NAMES = {"330100": "杭州市", "341000": "黄山市"}
BANK_NAMES = {"95588": "工商银行", "95599": "农业银行", "95566": "中国银行", "95533": "建设银行"}


def plain_number(id_number: str) -> str:
    """An id number as the graph knows it, whatever a clerk typed."""
    text = unicodedata.normalize("NFKC", id_number).strip().upper()
    if len(text) == 15:
        return compose_id_number(text[:6], f"19{text[6:12]}", int(text[12:]))
    return text


def city_of(register: Register) -> dict[str, str]:
    """`city { code name }`."""
    return {"code": str(register.city), "name": CITY_NAMES[register.city]}


def registered(register: Register, national_id: str) -> list[Person]:
    """What a city shows under this number. Huangshan's register cannot mark an entry as deleted: it shows all."""
    return [
        person
        for person in register.people
        if plain_number(person.id_number) == national_id
        and not (person.deleted and register.place.like is City.HANGZHOU)
    ]


def in_order(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same values in an order of their own, for comparing lists whose order a source is free to choose."""
    return sorted(values, key=repr)


def expected_cards(world: World, national_id: str) -> list[dict[str, Any]]:
    """`cards { city { code } number issuedOn socialFunction { status } bankFunction { status bank { name } } }`."""
    return in_order(
        [
            {
                "city": {"code": str(register.city)},
                "number": card.number,
                "issuedOn": card.issued_on,
                "socialFunction": {"status": str(card.social.status)},
                "bankFunction": None
                if card.bank is None
                else {"status": str(card.bank.status), "bank": {"name": BANK_NAMES.get(card.bank_code or "")}},
            }
            for register in (world.hangzhou, world.huangshan)
            for card in register.cards
            if plain_number(card.id_number) == national_id
        ]
    )


def expected_pensions(world: World, national_id: str) -> list[dict[str, Any]]:
    """`pensions { city { code } scheme status monthlyAmount { yuan } certification { dueOn lastPassedOn } }`."""
    return in_order(
        [
            {
                "city": {"code": str(register.city)},
                "scheme": str(pension.scheme),
                "status": str(pension.status),
                "monthlyAmount": {"yuan": f"{pension.amount_fen // 100}.{pension.amount_fen % 100:02}"},
                "certification": {"dueOn": pension.due_on, "lastPassedOn": pension.last_passed_on},
            }
            for register in (world.hangzhou, world.huangshan)
            for pension in register.pensions
            if plain_number(pension.id_number) == national_id
        ]
    )


def expected_insurances(world: World, national_id: str) -> list[dict[str, Any]]:
    """`insurances { city { code } scheme status startedOn endedOn }`."""
    return in_order(
        [
            {
                "city": {"code": str(register.city)},
                "scheme": str(insurance.scheme),
                "status": str(insurance.status),
                "startedOn": insurance.started_on,
                "endedOn": insurance.ended_on,
            }
            for register in (world.hangzhou, world.huangshan)
            for person in registered(register, national_id)
            for insurance in register.insurances
            if insurance.person == person.number
        ]
    )


def expected_cases(world: World, national_id: str) -> list[dict[str, Any]]:
    """`cases { __typename caseNumber city { code } }` of work injuries and disputes."""
    registers = (world.hangzhou, world.huangshan)
    injuries = [("WorkInjuryCase", register.city, case) for register in registers for case in register.injuries]
    disputes = [("DisputeCase", register.city, case) for register in registers for case in register.disputes]
    return in_order(
        [
            {"__typename": typename, "caseNumber": case.number, "city": {"code": str(city)}, "status": str(case.status)}
            for typename, city, case in (*injuries, *disputes)
            if plain_number(case.id_number) == national_id
        ]
    )
