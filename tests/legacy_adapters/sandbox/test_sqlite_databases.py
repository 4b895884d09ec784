"""What the SQLite files hold, when they are made again, and how they fail."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from legacy_adapters.sandbox.databases.definition import stamp_of
from legacy_adapters.sandbox.databases.legacy_database import DatabaseUnusable
from legacy_adapters.sandbox.databases.opening import DEFINITIONS, FILES, open_database
from legacy_adapters.sandbox.faults import Fault, FaultKind
from legacy_adapters.sandbox.population.world import Parameters, World

HANGZHOU, HUANGSHAN, LABOUR = DEFINITIONS
STAMP = "made for a test"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, world: World) -> Path:
    """All three databases, to be read only."""
    made = tmp_path_factory.mktemp("databases")
    for definition in DEFINITIONS:
        asyncio.run(open_database(definition, None, made / FILES[definition.system]).load(lambda: world, STAMP))
    return made


def rows(folder: Path, system: str, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / FILES[system])) as connection:
        return connection.execute(query).fetchall()


def test_hangzhou_pads_char_columns_with_blanks(folder: Path) -> None:
    old_numbers = rows(folder, HANGZHOU.system, 'SELECT "AAC002" FROM "V_AC01" WHERE length(rtrim("AAC002")) = 15')
    assert old_numbers
    assert {len(str(number)) for (number,) in old_numbers} == {18}
    assert rows(folder, HANGZHOU.system, """SELECT "AAC001" FROM "V_AZ23" WHERE "AAZ500" = 'A00000019   '""") == [
        (9330100000000001,)
    ]


def test_hangzhou_holds_the_named_person_as_the_register_writes_him(folder: Path) -> None:
    query = """SELECT * FROM "V_AC01" WHERE "AAC002" = '330199195805120015'"""
    assert rows(folder, HANGZHOU.system, query) == [
        (9330100000000001, "330199195805120015", "张三", "1", "19580512", "01", "1", "341000", "20251205091000", "1")
    ]


def test_hangzhou_keeps_an_impossible_birth_date_unknown_ones_and_deleted_rows(folder: Path) -> None:
    [(birth_date,)] = rows(folder, HANGZHOU.system, """SELECT "AAC006" FROM "V_AC01" WHERE "AAC003" = '吴天'""")
    assert birth_date == "19900229"
    assert rows(folder, HANGZHOU.system, """SELECT count(*) > 0 FROM "V_AC02" WHERE "AAE100" = '0'""") == [(1,)]
    ends = rows(folder, HANGZHOU.system, """SELECT DISTINCT "AAE031" FROM "V_AC02" WHERE length("AAE031") < 8""")
    assert sorted(ends) == [("",), ("999999",)]


def test_huangshan_writes_names_as_its_character_set_allows(folder: Path) -> None:
    query = "SELECT sfzh, xm, csrq FROM ry_jbxx WHERE rybh IN ('3400000002', '3400000004', '3400000005') ORDER BY rybh"
    assert [(number, name) for number, name, _ in rows(folder, HUANGSHAN.system, query)] == [
        ("34109919720601003x", "陈晓"),
        ("330199198808080040", "阿依・古丽"),
        ("330199199109210058", "王?"),
    ]


def test_huangshan_writes_amounts_days_and_open_ends_its_own_way(folder: Path) -> None:
    query = "SELECT dylb, dyzt, ksny, zzny, je, jzd, rzdqr FROM ylj_dy WHERE dybh = 'DY00000003'"
    assert rows(folder, HUANGSHAN.system, query) == [
        ("职工养老", "Z正常", "2018-08", "", "1,643.20", "341021", "2026.12.20")
    ]
    certified = "SELECT rzrq, rzfs, rzdd, jg FROM zgrz WHERE rybh = '3400000003' ORDER BY rzrq DESC LIMIT 1"
    assert rows(folder, HUANGSHAN.system, certified) == [("2025-12-20 10:15:00.000000", "窗口", "本市", "通过")]


def test_the_labour_database_pads_id_numbers_and_closes_open_cases_in_1900(folder: Path) -> None:
    query = "SELECT sqr_sfzh, bsqr_xydm, larq, jarq, ajzt FROM zc_ajxx WHERE ajbh = 'HSZC202500001'"
    assert rows(folder, LABOUR.system, query) == [
        ("330199198601010133  ", "91330199MA0000001W", "2025-09-03 09:00:00.000000", "1900-01-01 00:00:00.000000", 2)
    ]


def test_the_named_employer_has_insured_persons_and_cases_in_both_cities(folder: Path) -> None:
    insured = (
        """SELECT count(*) > 3 FROM "V_AC02" JOIN "V_AB01" USING ("AAB001") WHERE "AAB998" = '91330199MA0000001W'"""
    )
    assert rows(folder, HANGZHOU.system, insured) == [(1,)]
    insured = (
        "SELECT count(*) > 3 FROM cb_xx JOIN dw_jbxx USING (dwbh) WHERE xydm = '91330199MA0000001W' AND cbzt = 'Z正常'"
    )
    assert rows(folder, HUANGSHAN.system, insured) == [(1,)]
    inspected = "SELECT count(*) > 0 FROM jc_ajxx WHERE dw_xydm = '91330199MA0000001W'"
    assert rows(folder, LABOUR.system, inspected) == [(1,)]


async def test_a_file_is_current_only_under_the_stamp_it_was_made_with(folder: Path, tmp_path: Path) -> None:
    database = open_database(HANGZHOU, None, folder / FILES[HANGZHOU.system])
    assert await database.is_current(STAMP)
    assert not await database.is_current("another stamp")
    assert not await open_database(HANGZHOU, None, tmp_path / FILES[HANGZHOU.system]).is_current(STAMP)


def test_people_seed_and_day_are_part_of_the_stamp() -> None:
    base = Parameters(100, 1, "2026-11-23")
    others = [Parameters(101, 1, "2026-11-23"), Parameters(100, 2, "2026-11-23"), Parameters(100, 1, "2026-11-24")]
    assert len({stamp_of(each) for each in [base, *others]}) == 4
    assert stamp_of(base) == stamp_of(Parameters(100, 1, "2026-11-23"))


def blocked_folder(folder: Path) -> Path:
    """A path where a file stands in the way of a folder."""
    (folder / "file").write_text("")
    return folder / "file"


async def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, world: World) -> None:
    blocked = blocked_folder(tmp_path)
    with pytest.raises(DatabaseUnusable, match=r"^huangshan_labour_database: cannot write .*\.$"):
        await open_database(LABOUR, None, blocked / FILES[LABOUR.system]).load(lambda: world, STAMP)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def count_disputes(folder: Path, timeout_seconds: float = 0.2) -> int:
    uri = f"{(folder / FILES[LABOUR.system]).as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=timeout_seconds)) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM zc_ajxx").fetchall()
        return int(count)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (FaultKind.HANG, "database is locked"),
        (FaultKind.REFUSE, "unable to open database file"),
        (FaultKind.MAINTENANCE, "no such table: zc_ajxx"),
    ],
)
async def test_a_fault_reaches_who_opens_the_file_and_is_undone(
    kind: FaultKind, message: str, tmp_path: Path, world: World
) -> None:
    database = open_database(LABOUR, None, tmp_path / FILES[LABOUR.system])
    await database.load(lambda: world, STAMP)
    await database.set_fault(Fault(kind))
    with pytest.raises(sqlite3.OperationalError, match=message):
        await asyncio.to_thread(count_disputes, tmp_path)
    with pytest.raises(sqlite3.OperationalError):
        await database.probe()
    await database.close()
    assert count_disputes(tmp_path) == len(world.huangshan.disputes)
    assert await database.is_current(STAMP)


async def test_a_refused_file_is_lost_even_to_who_has_it_open(tmp_path: Path, world: World) -> None:
    database = open_database(LABOUR, None, tmp_path / FILES[LABOUR.system])
    await database.load(lambda: world, STAMP)
    with closing(sqlite3.connect(tmp_path / FILES[LABOUR.system], timeout=0.1)) as client:
        client.execute("SELECT count(*) FROM zc_ajxx").fetchall()
        await database.set_fault(Fault(FaultKind.REFUSE))
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            client.execute("SELECT count(*) FROM zc_ajxx")
        await database.set_fault(None)
        assert client.execute("SELECT count(*) > 0 FROM zc_ajxx").fetchall() == [(1,)]


async def test_latency_makes_a_client_wait_but_answers(tmp_path: Path, world: World) -> None:
    database = open_database(LABOUR, None, tmp_path / FILES[LABOUR.system])
    await database.load(lambda: world, STAMP)
    await database.set_fault(Fault(FaultKind.LATENCY, seconds=0.3))
    refusals = 0
    for _ in range(20):
        try:
            count_disputes(tmp_path, 0)
        except sqlite3.OperationalError:
            refusals += 1
        await asyncio.sleep(0.05)
    assert refusals > 0
    assert await asyncio.to_thread(count_disputes, tmp_path, 10.0) == len(world.huangshan.disputes)
    await database.close()


async def test_a_sandbox_killed_while_its_file_was_away_makes_it_again(tmp_path: Path, world: World) -> None:
    killed = open_database(LABOUR, None, tmp_path / FILES[LABOUR.system])
    await killed.load(lambda: world, STAMP)
    await killed.set_fault(Fault(FaultKind.REFUSE))
    successor = open_database(LABOUR, None, tmp_path / FILES[LABOUR.system])
    assert not await successor.is_current(STAMP)
    await successor.load(lambda: world, STAMP)
    assert count_disputes(tmp_path) == len(world.huangshan.disputes)
    assert names_in(tmp_path) == [FILES[LABOUR.system]]
