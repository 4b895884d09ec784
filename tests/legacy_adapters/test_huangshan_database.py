"""Huangshan's database where its rows are doubled: passes of one second, one credit code twice, one number twice."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import create_engine, insert

from legacy_adapters.huangshan_database import tables
from legacy_adapters.huangshan_database.adapter import open_adapter
from legacy_adapters.sources import PensionsQuery, PeopleQuery
from legacy_adapters.sql.people import sum_by_code
from tests.legacy_adapters.support.systems import make_system

ZHANG, LI = "330199195805120015", "33019919620304002X"


def person(number: str, national_id: str, born: str, changed: str = "2026-01-01 08:00:00") -> dict[str, object]:
    return {"rybh": number, "sfzh": national_id, "xm": f"名{number}", "csrq": born, "gxsj": changed}


def pension(number: str, person_number: str, due: str) -> dict[str, object]:
    return {"dybh": number, "rybh": person_number, "dylb": "职工养老", "dyzt": "Z正常", "rzdqr": due}


def passed(person_number: str, second: int, method: str, place: str) -> dict[str, object]:
    moment = datetime.fromisoformat(f"2026-10-01T08:00:0{second}")
    return {"rybh": person_number, "rzrq": moment, "rzfs": method, "rzdd": place, "jg": "通过"}


@pytest.fixture
async def register(tmp_path):
    """Fills tables; gives the adapter over them."""
    engine = create_engine(f"sqlite:///{tmp_path}/huangshan.db")
    tables.huangshan_metadata.create_all(engine)
    opened = []

    async def fill(**rows: list[dict[str, object]]):
        with engine.begin() as connection:
            for name, each in rows.items():
                connection.execute(insert(getattr(tables, name)), each)
        opened.append(await open_adapter(make_system(f"sqlite:///{tmp_path}/huangshan.db")))
        return opened[0]

    yield fill
    for adapter in opened:
        await adapter.aclose()
    engine.dispose()


async def test_passes_of_one_second_do_not_double_their_pension(register):
    adapter = await register(
        people=[person("1", ZHANG, "1958.05.12"), person("2", LI, "1962.03.04")],
        pensions=[pension("P1", "1", "2026.12.01"), pension("P2", "2", "2026.12.02")],
        certifications=[
            passed("1", 0, "窗口", "本市"),
            passed("1", 9, "窗口", "杭州市"),
            passed("1", 9, "刷脸", "本市"),
            passed("1", 9, "刷脸", "本市"),
        ],
    )
    page = await adapter.list_pensions(PensionsQuery(), 2, None)
    assert [record.pension_number for record in page.records] == ["P1", "P2"]
    assert (page.total, page.has_next) == (2, False)
    first, second = page.records
    assert (first.certification_last_passed_on, second.certification_last_passed_on) == ("2026-10-01", None)
    of_one_row = (first.certification_last_method, first.certification_last_elsewhere)
    assert of_one_row in {("刷脸", False), ("窗口", True)}
    assert await adapter.pensions([ZHANG]) == {ZHANG: [first]}
    assert await adapter.pensions_by_number(["P1"]) == {"P1": first}


async def test_a_list_of_people_counts_citizens(register):
    adapter = await register(
        people=[
            person("1", ZHANG, "1958.05.12"),
            person("2", ZHANG, "1985.05.12"),
            person("3", "330199580512001", "1958.05.12"),
            person("4", LI, "1962.03.04"),
            person("5", LI.lower(), "1962.03.04"),
        ]
    )
    page = await adapter.list_people(PeopleQuery(), 9, None)
    assert [record.personal_number for record in page.records] == ["1", "3", "4", "5", "2"]
    assert page.total == 2
    empty = await adapter.list_people(PeopleQuery(), 9, page.end)
    assert (empty.records, empty.total) == ((), 2)


def test_an_employer_whose_code_stands_in_two_spellings_insures_all_of_both():
    code = "91330199MA0000001W"
    assert sum_by_code([(code, 3), (f" {code.lower()}", 4), ("无", 9), (None, 1)]) == {code: 7}
