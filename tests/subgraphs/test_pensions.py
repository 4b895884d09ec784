"""The domain `pensions`: amounts, certification by the day of asking, payments, lists by due day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legacy_adapters.records.pensions import PensionStatus
from legacy_adapters.sources import PensionsQuery
from subgraphs.pensions.certification import CertificationStatus, certification_status
from subgraphs.pensions.money import money
from tests.subgraphs.records import ZHANG, payment, pension
from tests.subgraphs.sources import MemorySource

OF_PERSON = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Person { pensions { %s } } } }"


async def _of_zhang(subgraph, keys, fields, *records):
    representations = [{"__typename": "Person", "id": keys.person_id(ZHANG)}]
    answer = await subgraph("pensions", MemorySource(list(records))).execute(OF_PERSON % fields, {"r": representations})
    assert "errors" not in answer
    return answer["data"]["_entities"][0]["pensions"]


async def test_a_pension_with_everything_its_city_says(subgraph, keys):
    fields = """city { code } pensionNumber scheme schemeRaw status statusRaw startedOn endedOn
        monthlyAmount { yuan fen }
        certification { status dueOn lastPassedOn lastMethod lastPassedElsewhere } person { id } source { system }"""
    assert await _of_zhang(subgraph, keys, fields, pension()) == [
        {
            "city": {"code": "330100"},
            "pensionNumber": "P1",
            "scheme": "EMPLOYEE_PENSION",
            "schemeRaw": "110",
            "status": "PAYING",
            "statusRaw": "1",
            "startedOn": "2018-06-01",
            "endedOn": None,
            "monthlyAmount": {"yuan": "3215.40", "fen": "321540"},
            "certification": {
                "status": "NOT_DUE",
                "dueOn": "2026-12-31",
                "lastPassedOn": "2025-12-31",
                "lastMethod": "人脸识别",
                "lastPassedElsewhere": True,
            },
            "person": {"id": keys.person_id(ZHANG)},
            "source": {"system": "hangzhou_core_service"},
        }
    ]


@pytest.mark.parametrize(
    ("due_on", "status", "state"),
    [
        ("2026-12-31", PensionStatus.PAYING, "NOT_DUE"),  # 61 days left
        ("2026-12-30", PensionStatus.PAYING, "DUE"),  # 60 days left
        ("2026-10-31", PensionStatus.PAYING, "DUE"),  # today is the last day
        ("2026-10-30", PensionStatus.PAYING, "OVERDUE"),
        ("2026-10-30", PensionStatus.SUSPENDED, "OVERDUE"),
        ("2026-12-31", PensionStatus.TERMINATED, "NOT_REQUIRED"),
        ("2026-12-30", PensionStatus.UNKNOWN, "DUE"),
        (None, PensionStatus.PAYING, "NOT_REQUIRED"),
    ],
)
def test_certification_depends_on_the_day_of_asking(due_on, status, state):
    record = pension(certification_due_on=due_on, status=status)
    assert certification_status(record, date(2026, 10, 31)) is CertificationStatus[state]


@given(st.integers(-(10**12), 10**12))
def test_an_amount_in_yuan_is_the_amount_in_fen(fen):
    shown = money(fen)
    whole, _, part = shown.yuan.partition(".")
    assert len(part) == 2
    assert int(whole + part) == int(shown.fen) == fen


def test_amounts_below_one_yuan_keep_their_sign():
    assert [money(fen).yuan for fen in (0, 5, -5, -105)] == ["0.00", "0.05", "-0.05", "-1.05"]


async def test_payments_come_newest_first_in_pages(subgraph, keys):
    months = [payment(f"2026-{month:02}", 100 * month) for month in range(1, 4)]
    fields = """payments(first: 2) { totalCount nodes { month amount { yuan } status statusRaw } edges { cursor }
        pageInfo { hasNextPage hasPreviousPage endCursor } }"""
    (found,) = await _of_zhang(subgraph, keys, fields, pension(), *months)
    (page,) = found.values()
    end = page["edges"][1]["cursor"]
    assert page["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False, "endCursor": end}
    assert page["totalCount"] == 3
    assert page["nodes"] == [
        {"month": "2026-03", "amount": {"yuan": "3.00"}, "status": "PAID", "statusRaw": "1"},
        {"month": "2026-02", "amount": {"yuan": "2.00"}, "status": "PAID", "statusRaw": "1"},
    ]
    rest = f'payments(first: 2, after: "{end}") {{ nodes {{ month }} }}'
    assert await _of_zhang(subgraph, keys, rest, pension(), *months) == [
        {"payments": {"nodes": [{"month": "2026-01"}]}}
    ]
    earlier = f'payments(last: 2, before: "{end}") {{ nodes {{ month }} }}'
    assert await _of_zhang(subgraph, keys, earlier, pension(), *months) == [
        {"payments": {"nodes": [{"month": "2026-03"}]}}
    ]


async def test_too_many_payments_at_once_cost_only_the_payments(subgraph, keys):
    answer = await subgraph("pensions", MemorySource([pension()])).execute(
        OF_PERSON % "pensionNumber payments(first: 121) { totalCount }",
        {"r": [{"__typename": "Person", "id": keys.person_id(ZHANG)}]},
    )
    assert answer["data"] == {"_entities": [{"pensions": [{"pensionNumber": "P1", "payments": None}]}]}
    assert [(error["message"], error["path"]) for error in answer["errors"]] == [
        ("first must be from 1 to 120.", ["_entities", 0, "pensions", 0, "payments"])
    ]


async def test_a_list_goes_to_the_source_with_its_filter(subgraph):
    source = MemorySource([pension(number="P2", certification_due_on="2026-11-01"), pension()])
    answer = await subgraph("pensions", source).execute(
        """query($by: Date) { pensions(payingCity: "330100", residenceCity: "341000", certificationDueBy: $by,
             status: PAYING, first: 20) { totalCount nodes { pensionNumber certification { dueOn } } } }""",
        {"by": "2026-12-31"},
    )
    assert answer["data"]["pensions"] == {
        "totalCount": 2,
        "nodes": [
            {"pensionNumber": "P2", "certification": {"dueOn": "2026-11-01"}},
            {"pensionNumber": "P1", "certification": {"dueOn": "2026-12-31"}},
        ],
    }
    asked = PensionsQuery("341000", "2026-12-31", PensionStatus.PAYING)
    assert source.asked("list_pensions") == [(asked, 20, None)]


async def test_pensions_that_another_city_pays_are_an_empty_list_and_no_call(subgraph):
    source = MemorySource([pension()])
    query = '{ pensions(payingCity: "341000") { totalCount nodes { pensionNumber } edges { cursor } } }'
    answer = await subgraph("pensions", source).execute(query)
    assert answer["data"] == {"pensions": {"totalCount": 0, "nodes": [], "edges": []}}
    assert source.calls == []


async def test_a_page_goes_on_behind_its_cursor(subgraph):
    pensions = subgraph("pensions", MemorySource([pension(), pension(number="P2")]))
    query = (
        "query($after: String) { pensions(first: 1, after: $after) { nodes { pensionNumber } pageInfo { endCursor } } }"
    )
    first = (await pensions.execute(query))["data"]["pensions"]
    second = (await pensions.execute(query, {"after": first["pageInfo"]["endCursor"]}))["data"]["pensions"]
    assert [page["nodes"] for page in (first, second)] == [[{"pensionNumber": "P1"}], [{"pensionNumber": "P2"}]]


@pytest.mark.parametrize("day", ["2026-02-30", "20261231", "tomorrow", 20261231])
async def test_a_day_that_cannot_be_is_refused_without_being_quoted(day, subgraph):
    source = MemorySource()
    query = "query($by: Date) { pensions(certificationDueBy: $by) { totalCount } }"
    answer = await subgraph("pensions", source).execute(query, {"by": day})
    assert [error["message"] for error in answer["errors"]] == [
        "certificationDueBy has a value that does not fit its type."
    ]
    assert "data" not in answer
    assert source.calls == []
