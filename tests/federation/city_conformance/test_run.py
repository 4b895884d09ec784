"""A city that serves its contract conforms; what is wrong with one stands in the matrix, without a citizen's data."""

from __future__ import annotations

import asyncio
import json

import pytest

from federation.conformance.known_values import KnownValues
from federation.conformance.matrix import Verdict
from federation.conformance.run import run_conformance
from federation.conformance.sdl import NotAnswering
from federation.executor.subgraph_client import SubgraphResponse
from tests.federation.city_conformance.city import CITY, CONTRACT, City, coded, subject, wanting

PAGES = ("Query.cards", "first and after")
ORDER = ("Query.cards", "order by issuedOn")
CARD_KEY = "Card @key(city { code } number)"


async def test_a_city_that_serves_its_contract_conforms():
    matrix = await run_conformance(subject(City()))
    assert [row for row in matrix.rows if row.verdict in (Verdict.NOT, Verdict.PARTLY)] == []
    assert matrix.conforms
    asked = {(row.coordinate, row.check) for row in matrix.rows if row.verdict is Verdict.SUPPORTED}
    assert {
        ("Query._service", "SDL"),
        ("Query.card", "known value"),
        ("Query.card", "unknown value"),
        ("Query.card", "another city"),
        (CARD_KEY, "known entities"),
        (CARD_KEY, "unknown key"),
        ("Card @partitionKey", "another city"),
        ("Person @key(id)", "known entities"),
        ("Query._entities", "order, nulls, doubles"),
        ("Query._entities", "unknown __typename"),
        ("Query._entities", "1000 representations"),
        PAGES,
        ORDER,
        ("Query.cards", "the same page again"),
        ("Person.history", "first and after"),
        ("Person.history", "unreadable cursor"),
        ("Query.cards", "unreadable cursor"),
        ("errors", "broken syntax"),
        ("Card.issuedOn", "values"),
    } <= asked


async def test_without_known_values_what_needs_them_is_not_asked_and_lists_give_entities():
    matrix = await run_conformance(subject(City(), KnownValues()))
    rows = {(row.coordinate, row.check): row for row in matrix.rows}
    assert rows["Query.card", "known value"].seen == "no value is known for Query.card(number:)"
    assert rows[CARD_KEY, "known entities"].verdict is Verdict.SUPPORTED
    assert matrix.conforms


async def test_given_entities_are_asked_for():
    known = KnownValues({}, {"Person": ({"id": "pX1"}, {"id": "p0"})})
    rows = (await run_conformance(subject(City(rows=[]), known))).rows
    row = next(row for row in rows if row.coordinate == "Person @key(id)")
    assert (row.verdict, row.seen) == (Verdict.SUPPORTED, "2 entities")


async def test_no_value_of_an_answer_stands_in_the_matrix():
    class Talkative(City):
        def card(self, city, number):
            raise coded("Zhang San, 330199195805120015, is unknown", "NOT_TODAY")

    for city in (City(rows=[("330199195805120015", "1958-05-12")]), Talkative()):
        matrix = await run_conformance(subject(city, KnownValues({"number": "330199195805120015"})))
        text = matrix.as_text() + json.dumps(matrix.as_json())
        assert "330199195805120015" not in text
        assert "Zhang" not in text
        assert "1958-05-12" not in text


async def test_a_subgraph_that_does_not_answer_is_no_matrix():
    failure = SubgraphResponse(None, ({"message": "no", "extensions": {"code": "SUBREQUEST_HTTP_ERROR"}},))
    with pytest.raises(NotAnswering) as caught:
        await run_conformance(subject(City(failure=failure)))
    assert caught.value.row.seen == "SUBREQUEST_HTTP_ERROR"


async def test_another_sdl_is_told_by_coordinates():
    sdl = CONTRACT.replace("issuedOn: Date", "issuedOn: String").replace(" LOST", "").replace("type City", "type Town")
    found = await wanting(City(sdl=sdl))
    assert {coordinate: seen for (coordinate, check), seen in found.items() if check == "SDL"} == {
        "Card.issuedOn": "String",
        "Status.LOST": "nothing",
        "City": "nothing",
        "Town": "type, which the contract has not",
    }


async def test_a_root_field_that_fails_for_known_values():
    class Failing(City):
        def card(self, city, number):
            raise coded("the register is closed", "REGISTER_CLOSED")

    found = await wanting(Failing())
    assert found["Query.card", "known value"] == "errors: REGISTER_CLOSED"


async def test_errors_without_codes_are_supported_in_part():
    class Uncoded(City):
        def card(self, city, number):
            if number == "0":
                raise ValueError
            return super().card(city, number)

        def error(self, error):
            return {"message": "failed", "path": error.path}

    assert (await wanting(Uncoded()))["Query.card", "unknown value"] == "an error without a code"


async def test_somebody_for_a_value_that_nobody_has():
    class Guessing(City):
        def card(self, city, number):
            return self.shown(self.rows[0])

    found = await wanting(Guessing())
    assert found["Query.card", "unknown value"] == "an answer for a value that nobody has"
    assert found["Query.card", "another city"] == "rows for a city that it is not"
    assert found["Card @partitionKey", "another city"] == "an entity of a city that it is not"
    assert found["Query._entities", "order, nulls, doubles"] == "another entity in a representation's place"


async def test_rows_that_bear_another_citys_code():
    found = await wanting(City(code="330100"))
    assert found["Query.card", "known value"] == "Card.city: another city's code than its own"
    assert found["Card.city", "values"].endswith("another city's code than its own")


async def test_values_are_judged_by_the_contract():
    found = await wanting(City(rows=[("X1", "yesterday")]))
    assert found["Query.card", "known value"] == "Card.issuedOn: no Date"
    assert found["Card.issuedOn", "values"].endswith("no Date")


async def test_a_null_where_the_contract_never_has_one():
    class Nulls(City):
        def shown(self, row):
            return {**super().shown(row), "status": None}

    loose = CONTRACT.replace("status: Status!", "status: Status")
    found = await wanting(Nulls(schema_text=loose))
    assert found["Card.status", "values"].endswith("null where the contract never has one")


async def test_pages_that_repeat_a_row():
    class Repeating(City):
        def page(self, city, first, after):
            page = super().page(city, first, after)
            if after is not None and after.isdigit() and page["edges"]:
                page["edges"][0]["node"] = self.shown(self.rows[int(after)])
            return page

    assert (await wanting(Repeating()))[PAGES] == "a row that stands on two pages, or twice on one"


async def test_pages_of_an_entity_that_are_wrong():
    class Forgetful(City):
        def person(self, identity, cards):
            pages = {"history": lambda _info, first=20, after=None: self.page(CITY, first, None)}
            return {**super().person(identity, cards), **pages}

    found = await wanting(Forgetful())
    assert found["Person.history", "first and after"] == "the same cursor on two pages"
    assert found["Person.history", "unreadable cursor"] == "rows for a cursor that is none"


async def test_pages_longer_than_asked():
    class Generous(City):
        def page(self, city, first, after):
            return super().page(city, first + 1, after)

    assert (await wanting(Generous()))[PAGES] == "4 rows for first: 3"


async def test_a_total_that_is_not_true():
    class Miscounting(City):
        def page(self, city, first, after):
            return {**super().page(city, first, after), "totalCount": 2}

    assert (await wanting(Miscounting()))[PAGES] == "totalCount 2, but 7 rows"


@pytest.mark.parametrize(
    ("days", "seen"),
    [
        (["2020-01-01", "2019-01-01"], "rows out of order"),
        (["2019-01-01", None, "2020-01-01"], "a value after a null"),
        ([None, None], None),
        (["2019-01-01", "2019-01-01", None], None),
    ],
)
async def test_rows_come_in_the_order_that_the_merge_relies_on(days: list[str | None], seen: str | None):
    rows = [(f"X{number}", day) for number, day in enumerate(days)]
    assert (await wanting(City(rows=rows))).get(ORDER) == seen


async def test_pages_that_are_shuffled():
    class Shuffling(City):
        def page(self, city, first, after):
            self.rows.append(self.rows.pop(0))
            return super().page(city, first, after)

    found = await wanting(Shuffling())
    assert found["Query.cards", "the same page again"] == "other rows, or another order, for the same page"


async def test_a_cursor_of_nobody_that_is_taken():
    class Lenient(City):
        def page(self, city, first, after):
            return super().page(city, first, after if after is None or after.isdigit() else None)

    assert (await wanting(Lenient()))["Query.cards", "unreadable cursor"] == "rows for a cursor that is none"


async def test_rows_for_another_city():
    class Everywhere(City):
        def page(self, city, first, after):
            return super().page(None, first, after)

    assert (await wanting(Everywhere()))["Query.cards", "another city"] == "rows for a city that it is not"


async def test_entities_out_of_their_places():
    class Unordered(City):
        def root(self):
            def entities(_info, representations):
                return sorted(map(self.entity, representations), key=lambda entity: entity is None)

            return {**super().root(), "_entities": entities}

    found = await wanting(Unordered())
    assert found["Query._entities", "order, nulls, doubles"].endswith("in a representation's place")


async def test_entities_that_are_too_few():
    class Merging(City):
        def root(self):
            def entities(_info, representations):
                return [self.entity(each) for each in {str(each): each for each in representations}.values()]

            return {**super().root(), "_entities": entities}

    found = await wanting(Merging())
    assert "entities for 1000 representations" in found["Query._entities", "1000 representations"]


async def test_a_type_that_it_does_not_know_fails_the_others():
    class Strict(City):
        def entity(self, representation):
            if representation["__typename"] not in ("Card", "Person"):
                raise ValueError
            return super().entity(representation)

        def root(self):
            def entities(_info, representations):
                if any(each["__typename"] not in ("Card", "Person") for each in representations):
                    raise coded("unknown type", "UNKNOWN_TYPE")
                return [self.entity(each) for each in representations]

            return {**super().root(), "_entities": entities}

    assert (await wanting(Strict()))["Query._entities", "unknown __typename"] == "the whole call fails: UNKNOWN_TYPE"


async def test_a_large_batch_that_is_refused_is_supported_in_part():
    class Small(City):
        def root(self):
            def entities(_info, representations):
                if len(representations) > 100:
                    raise coded("too many", "BATCH_TOO_LARGE")
                return [self.entity(each) for each in representations]

            return {**super().root(), "_entities": entities}

    found = await wanting(Small())
    assert found == {("Query._entities", "1000 representations"): "refused: BATCH_TOO_LARGE"}


async def test_slow_answers_are_supported_in_part():
    class Slow(City):
        async def execute(self, request):
            await asyncio.sleep(0.01)
            return await super().execute(request)

    matrix = await run_conformance(subject(Slow(), slow_milliseconds=5))
    row = next(row for row in matrix.rows if row.coordinate == "Query.card" and row.check == "known value")
    assert (row.verdict, row.seen) == (Verdict.PARTLY, "a value, slow")


async def test_the_matrix_is_a_table_and_a_document():
    matrix = await run_conformance(subject(City(code="330100")))
    lines = matrix.as_text().splitlines()
    assert lines[0] == f"cards of {CITY}"
    assert (
        "           → answer Query.card for values that the city has, without errors and as the contract has it"
        in lines
    )
    document = matrix.as_json()
    assert (document["conforms"], document["city"]) == (False, CITY)
    assert sum(document["counts"].values()) == len(document["rows"])
