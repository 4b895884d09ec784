"""The border to a database: batches of values, read-only sessions, errors without statements or values."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import CHAR, Column, MetaData, Table, bindparam, insert, select, text

from legacy_adapters.errors import AnswerMalformed, SystemUnavailable
from legacy_adapters.resilience import Operation
from legacy_adapters.sql.database import MAX_IN_VALUES, Database, in_chunks
from tests.legacy_adapters.support.systems import make_system

READ = Operation("read")
register = Table("register", MetaData(), Column("number", CHAR(18)), Column("name", CHAR(4)))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a folder?" / "register.db"
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE register (number CHAR(18), name CHAR(4))")
    connection.execute("INSERT INTO register VALUES ('330199580512001   ', '张三')")
    connection.commit()
    connection.close()
    return path


@pytest.fixture
async def database(path):
    database = Database(make_system(f"sqlite:///{path.as_posix().replace('?', '%3F')}", retries=0))
    yield database
    await database.aclose()


def test_values_come_in_lists_of_few_lengths():
    chunks = in_chunks([str(number) for number in range(2300)])
    assert [len(chunk) for chunk in chunks] == [1000, 1000, 512]
    assert len({value for chunk in chunks for value in chunk}) == 2300
    assert {len(in_chunks(["x"] * count)[0]) for count in range(1, MAX_IN_VALUES + 1)} == {
        1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000,
    }  # fmt: skip
    assert in_chunks([]) == []


async def test_rows_of_a_batch(database):
    statement = select(register.c.name).where(register.c.number.in_(bindparam("ids", expanding=True)))
    assert await database.rows(READ, statement, {"ids": ["330199580512001   ", "x"]}) == [("张三",)]
    assert await database.rows(READ, statement, {"ids": ["330199580512001"]}) == []


async def test_a_session_can_only_read(database):
    with pytest.raises(SystemUnavailable):
        await database.rows(READ, insert(register).values(number="1"), {})


async def test_a_missing_file_is_unavailable_and_not_made(tmp_path):
    database = Database(make_system(f"sqlite:///{tmp_path}/none.db", retries=0))
    with pytest.raises(SystemUnavailable) as caught:
        await database.rows(READ, text("SELECT 1"), {})
    await database.aclose()
    assert str(caught.value) == "test_system (330100): the database does not work (OperationalError)"
    assert list(tmp_path.iterdir()) == []


async def test_an_error_shows_neither_statement_nor_value(database):
    with pytest.raises(SystemUnavailable) as caught:
        await database.rows(READ, text("SELECT * FROM nowhere WHERE number = :number"), {"number": "330199580512001"})
    assert str(caught.value) == "test_system (330100): the database does not work (OperationalError)"
    assert caught.value.__cause__ is None


async def test_a_statement_that_lacks_its_values_is_a_malformed_question(database):
    with pytest.raises(AnswerMalformed):
        await database.rows(READ, text("SELECT :number"), {})


async def test_health_counts_the_statements(database):
    await database.rows(READ, text("SELECT 1"), {})
    assert (database.health().calls, database.health().failures) == (1, 0)
