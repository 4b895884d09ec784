"""Rows that cannot be shown: a page without any other still tells where the next one begins."""

from __future__ import annotations

from legacy_adapters.hangzhou_core_service.paging import read_page
from legacy_adapters.hangzhou_core_service.service import Answer
from legacy_adapters.sources import Page
from legacy_adapters.sql.batch import PeopleReader
from legacy_adapters.sql.listing import ListPage
from tests.legacy_adapters.support.systems import make_system


async def test_a_page_of_a_service_without_a_readable_row_ends_at_its_last_row():
    async def ask(number: int, size: int) -> Answer[str]:
        rows = {1: (None, None), 2: ("third", None)}
        return Answer(rows[number], 5)

    assert await read_page(ask, 0, 2) == Page((), 5, (), has_next=True, end="2")
    assert await read_page(ask, 2, 2) == Page(("third",), 5, ("3",), has_next=True, end="4")


async def test_a_service_that_promises_rows_and_gives_none_has_no_next_page():
    async def ask(number: int, size: int) -> Answer[str]:
        return Answer((), 5)

    assert await read_page(ask, 4, 2) == Page((), 5, (), has_next=False, end=None)


def test_a_page_of_a_database_without_a_readable_number_ends_at_its_last_row():
    reader = PeopleReader(None, make_system().provenance, 18)
    rows = ListPage([("*****",), ("",)], ("0~19580512~1", "0~19580512~2"), 7, has_next=True, end="0~19580512~2")
    assert reader.page(rows, lambda row, *_: row) == Page((), 7, (), has_next=True, end="0~19580512~2")
