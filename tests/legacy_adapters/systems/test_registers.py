"""The habits of Hangzhou's register: padded and deleted rows, two people under one number, numbers above 2^53."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine

from legacy_adapters.hangzhou_database import tables
from legacy_adapters.hangzhou_database.adapter import open_adapter
from legacy_adapters.records.cards import CardFunctionStatus
from tests.legacy_adapters.support.systems import make_system

LI_SI = "330199198601010133"
OLD = "330199195805120015"


def person(number: int, id_number: str | None, name: str, **other: object) -> dict[str, object]:
    row = {"AAC001": number, "AAC002": id_number, "AAC003": name, "AAC004": "1", "AAC006": "19860101"}
    row |= {"AAC058": "01", "AAC060": "1", "AAB301": "330100", "AAE036": "20251205091000", "AAE100": "1"}
    return row | other


@pytest.fixture
async def register(tmp_path):
    """An adapter on a register that is filled by hand."""
    url = f"sqlite:///{tmp_path}/register.db"
    engine = create_engine(url)
    tables.hangzhou_metadata.create_all(engine)
    adapter = await open_adapter(make_system(url, "hangzhou_database"))

    def fill(table, *rows: dict[str, object]) -> None:
        with engine.begin() as connection:
            connection.execute(table.insert(), list(rows))

    adapter.fill = fill
    yield adapter
    await adapter.aclose()
    engine.dispose()


async def test_two_people_under_one_number_are_both_told(register):
    register.fill(tables.people, person(2**53 + 2, LI_SI, "李四"), person(2**53 + 1, LI_SI, "王五"))
    found = await register.people([LI_SI])
    assert [(each.name, each.personal_number) for each in found[LI_SI]] == [
        ("王五", "9007199254740993"),
        ("李四", "9007199254740994"),
    ]


async def test_every_spelling_of_a_number_is_one_person(register):
    register.fill(
        tables.people,
        person(1, OLD, "张三"),
        person(2, "330199580512001   ", "张三"),
        person(3, "３３０１９９１９５８０５１２００１５", "张三"),
    )
    assert [each.personal_number for each in (await register.people([OLD]))[OLD]] == ["1", "2", "3"]


async def test_deleted_rows_and_other_documents_are_not_shown(register):
    register.fill(
        tables.people,
        person(1, OLD, "删除", AAE100="0"),
        person(2, LI_SI, "护照", AAC058="08"),
        person(3, LI_SI, "无标志", AAE100=None, AAC058=None),
    )
    assert {key: [each.name for each in people] for key, people in (await register.people([OLD, LI_SI])).items()} == {
        LI_SI: ["无标志"]
    }


async def test_a_number_with_a_wrong_check_digit_is_found_as_it_stands(register):
    register.fill(tables.people, person(1, "341099196307200023", "周敏"))
    assert list(await register.people(["341099196307200023"])) == ["341099196307200023"]
    assert await register.people(["341099196307200022"]) == {}


async def test_a_thousand_people_are_asked_in_lists_that_oracle_would_take(register):
    from legacy_adapters.identity import id_check_character

    bodies = [f"33019919860101{serial:03d}" for serial in range(400)]
    ids = [body + id_check_character(body) for body in bodies]
    register.fill(tables.people, *(person(number, each, "甲") for number, each in enumerate(ids)))
    assert set(await register.people(ids)) == set(ids)
    assert register.health().calls == 3


async def test_a_card_shows_the_newest_state_of_its_bank_function_once(register):
    register.fill(tables.people, person(1, OLD, "张三"))
    card = {"AAC001": 1, "AAZ500": "A00000019   ", "AAZ502": "4", "AAZ503": "20190402", "AAE031": "99991231"}
    card |= {"AAE036": "20261120100000", "AAZ165": "20261130100000", "AAE100": "1"}
    register.fill(tables.cards, card)
    old = {"AAZ500": "A00000019   ", "AAE008": "95588", "BAZ502": "A", "AAE036": "20190402100000", "AAZ165": None}
    register.fill(tables.bank_functions, old, {**old, "BAZ502": "L", "AAE036": "20261121100000"})
    (found,) = (await register.cards([OLD]))[OLD]
    assert (found.number, found.expires_on) == ("A00000019", None)
    assert found.social_function.status is CardFunctionStatus.TEMPORARY_LOSS
    assert found.social_function.loss_expires_at == "2026-11-30T10:00:00+08:00"
    assert (found.bank_function.status, found.bank_function.loss_expires_at) == (CardFunctionStatus.LOSS, None)
    assert await register.cards_by_number(["A00000019"]) == {"A00000019": found}


async def test_an_employer_with_an_organisation_code_only_is_named_without_credit_code(register):
    register.fill(tables.people, person(1, OLD, "张三"))
    register.fill(tables.employers, {"AAB001": "1", "AAB004": "徽州竹木制品厂", "AAB998": None, "AAB003": "MA0000045"})
    row = {"AAC001": 1, "AAE140": "310", "AAB001": "1", "AAC031": "7", "AAC049": 201803, "AAC030": "00000000"}
    register.fill(tables.insurances, {**row, "AAE031": "      ", "AAE100": "1"})
    (insurance,) = (await register.insurances([OLD]))[OLD]
    assert (insurance.employer.name, insurance.employer.credit_code) == ("徽州竹木制品厂", None)
    assert (insurance.scheme, insurance.scheme_raw) == ("UNKNOWN", "310")
    assert (insurance.status, insurance.status_raw) == ("UNKNOWN", "7")
    assert (insurance.started_on, insurance.ended_on) == ("2018-03-01", None)
