"""The domain `people`: one citizen, lists by birth date, insurances, employers."""

from __future__ import annotations

import pytest

from legacy_adapters.records.people import LifeStatus
from legacy_adapters.sources import PeopleQuery
from tests.subgraphs.records import EMPLOYER, LI, ZHANG, employer, insurance, insured_count, person
from tests.subgraphs.sources import MemorySource

PERSON = "query($idNumber: String!) { person(idNumber: $idNumber) { name birthDate } }"


async def test_a_citizen_with_everything_the_register_says(subgraph, keys):
    source = MemorySource([person(), insurance()])
    answer = await subgraph("people", source).execute(
        """query($idNumber: String!) { person(idNumber: $idNumber) {
             id name sex birthDate lifeStatus residence { code name } updatedAt
             records { city { code name } personalNumber name sex birthDate lifeStatus lifeStatusRaw updatedAt
                       source { system asOf } }
             insurances { city { code } scheme schemeRaw status statusRaw startedOn endedOn employer { creditCode name }
                          source { system } } } }""",
        {"idNumber": ZHANG},
    )
    assert answer == {
        "data": {
            "person": {
                "id": keys.person_id(ZHANG),
                "name": "张三",
                "sex": "MALE",
                "birthDate": "1958-05-12",
                "lifeStatus": "ALIVE",
                "residence": {"code": "341000", "name": "黄山市"},
                "updatedAt": "2026-01-02T03:04:05+08:00",
                "records": [
                    {
                        "city": {"code": "330100", "name": "杭州市"},
                        "personalNumber": "1",
                        "name": "张三",
                        "sex": "MALE",
                        "birthDate": "1958-05-12",
                        "lifeStatus": "ALIVE",
                        "lifeStatusRaw": "1",
                        "updatedAt": "2026-01-02T03:04:05+08:00",
                        "source": {"system": "hangzhou_database", "asOf": "2026-10-31T08:00:00+08:00"},
                    }
                ],
                "insurances": [
                    {
                        "city": {"code": "330100"},
                        "scheme": "WORK_INJURY",
                        "schemeRaw": "410",
                        "status": "ACTIVE",
                        "statusRaw": "1",
                        "startedOn": "2001-07-01",
                        "endedOn": None,
                        "employer": {"creditCode": EMPLOYER, "name": "杭州示例科技有限公司"},
                        "source": {"system": "hangzhou_database"},
                    }
                ],
            }
        },
        "extensions": {"asOf": "2026-10-31T08:00:00+08:00"},
    }


@pytest.mark.parametrize(
    "typed", ["330199195805120015", "330199580512001", " 33019919580512００15 ", "３３０１９９１９５８０５１２００１５"]
)
async def test_a_number_is_found_however_it_is_typed(typed, subgraph):
    source = MemorySource([person()])
    answer = await subgraph("people", source).execute(PERSON, {"idNumber": typed})
    assert answer["data"] == {"person": {"name": "张三", "birthDate": "1958-05-12"}}
    assert source.asked("people") == [[ZHANG]]


async def test_a_lower_case_x_is_found(subgraph):
    answer = await subgraph("people", MemorySource([person(LI, name="李四")])).execute(PERSON, {"idNumber": LI.lower()})
    assert answer["data"]["person"]["name"] == "李四"


async def test_a_citizen_without_a_record_is_null(subgraph):
    answer = await subgraph("people", MemorySource()).execute(PERSON, {"idNumber": ZHANG})
    assert (answer["data"], "errors" in answer) == ({"person": None}, False)


async def test_what_is_no_number_is_refused_without_being_quoted(subgraph):
    source = MemorySource()
    answer = await subgraph("people", source).execute(PERSON, {"idNumber": "3301991958051"})
    assert answer["data"] == {"person": None}
    assert [error["extensions"] for error in answer["errors"]] == [{"code": "BAD_USER_INPUT"}]
    assert "3301991958051" not in str(answer)
    assert source.calls == []


async def test_of_several_entries_the_newest_speaks_and_all_are_listed(subgraph):
    entries = [
        person(number="1", name="张·三", updated_at="2024-01-01T00:00:00+08:00"),
        person(number="2", name="张三", updated_at="2026-01-01T00:00:00+08:00", life_status=LifeStatus.DECEASED),
        person(number="3", name="张叁", updated_at=None),
    ]
    answer = await subgraph("people", MemorySource(entries)).execute(
        "query($n: String!) { person(idNumber: $n) { name lifeStatus records { personalNumber name } } }", {"n": ZHANG}
    )
    assert answer["data"]["person"] == {
        "name": "张三",
        "lifeStatus": "DECEASED",
        "records": [
            {"personalNumber": "1", "name": "张·三"},
            {"personalNumber": "2", "name": "张三"},
            {"personalNumber": "3", "name": "张叁"},
        ],
    }


async def test_a_list_comes_in_pages_that_follow_each_other(subgraph):
    names = ["甲", "乙", "丙"]
    rows = [
        person(f"33019919{50 + n}01010000", str(n), name, birth_date=f"19{50 + n}-01-01")
        for n, name in enumerate(names)
    ]
    people = subgraph("people", MemorySource(rows))
    query = """query($after: String) { people(first: 2, after: $after) {
        totalCount nodes { name } edges { cursor node { name } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    first = (await people.execute(query))["data"]["people"]
    second = (await people.execute(query, {"after": first["pageInfo"]["endCursor"]}))["data"]["people"]
    assert [node["name"] for page in (first, second) for node in page["nodes"]] == names
    assert [edge["node"]["name"] for page in (first, second) for edge in page["edges"]] == names
    assert (first["totalCount"], second["totalCount"]) == (3, 3)
    cursors = [edge["cursor"] for edge in first["edges"]]
    assert first["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": cursors[0],
        "endCursor": cursors[1],
    }
    assert second["pageInfo"]["hasNextPage"] is False
    assert second["pageInfo"]["hasPreviousPage"] is True
    backward = """query($before: String) { people(last: 2, before: $before) {
        nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    last = (await people.execute(backward))["data"]["people"]
    before = (await people.execute(backward, {"before": last["pageInfo"]["startCursor"]}))["data"]["people"]
    assert [node["name"] for page in (before, last) for node in page["nodes"]] == names
    assert last["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "startCursor": cursors[1],
        "endCursor": second["pageInfo"]["endCursor"],
    }
    assert (before["pageInfo"]["hasNextPage"], before["pageInfo"]["hasPreviousPage"]) == (True, False)


async def test_a_page_that_shows_nobody_leads_to_the_next_one(subgraph):
    rows = [person(number=str(number), birth_date=f"195{number}-01-01") for number in range(2)]
    shown = person(LI, "9", "李四")
    people = subgraph("people", MemorySource([*rows, shown], unreadable=rows))
    query = """query($after: String) { people(first: 2, after: $after) {
        nodes { name } pageInfo { hasNextPage endCursor } } }"""
    first = (await people.execute(query))["data"]["people"]
    assert (first["nodes"], first["pageInfo"]["hasNextPage"]) == ([], True)
    second = (await people.execute(query, {"after": first["pageInfo"]["endCursor"]}))["data"]["people"]
    assert (second["nodes"], second["pageInfo"]["hasNextPage"]) == ([{"name": "李四"}], False)


@pytest.mark.parametrize("first", [1, 2, 20])
async def test_a_person_with_several_entries_stands_once_in_the_list_where_the_newest_stands(first, subgraph):
    rows = [
        person(number="1", name="张·三", birth_date="1958-05-12", updated_at="2024-01-01T00:00:00+08:00"),
        person(LI, "2", "李四", birth_date="1962-03-04"),
        person(number="3", name="张三", birth_date="1985-05-12", updated_at="2026-01-01T00:00:00+08:00"),
        person(number="4", name="张三", birth_date="1985-05-12", updated_at="2026-01-01T00:00:00+08:00"),
    ]
    people = subgraph("people", MemorySource(rows))
    query = """query($first: Int, $after: String) { people(first: $first, after: $after) {
        nodes { name birthDate } edges { node { name } } pageInfo { hasNextPage endCursor } } }"""
    nodes, edges, page = [], [], {"hasNextPage": True, "endCursor": None}
    while page["hasNextPage"]:
        answer = (await people.execute(query, {"first": first, "after": page["endCursor"]}))["data"]["people"]
        nodes += answer["nodes"]
        edges += answer["edges"]
        page = answer["pageInfo"]
    assert nodes == [{"name": "李四", "birthDate": "1962-03-04"}, {"name": "张三", "birthDate": "1985-05-12"}]
    assert [edge["node"]["name"] for edge in edges] == ["李四", "张三"]


async def test_a_list_is_filtered_by_the_source(subgraph):
    source = MemorySource()
    query = """query($filter: PeopleFilter) { people(filter: $filter, first: 5) { totalCount } }"""
    wanted = {"registeredIn": "330100", "bornFrom": "1950-01-01", "bornTo": None}
    await subgraph("people", source).execute(query, {"filter": wanted})
    assert source.asked("list_people") == [(PeopleQuery("1950-01-01", None), 5, None)]


@pytest.mark.parametrize("arguments", ["", "(first: null, after: null, filter: null)", "(filter: {})"])
async def test_arguments_may_be_left_out_or_null(arguments, subgraph):
    source = MemorySource()
    await subgraph("people", source).execute(f"{{ people{arguments} {{ totalCount }} }}")
    assert source.asked("list_people") == [(PeopleQuery(), 20, None)]


async def test_another_citys_people_are_an_empty_list_and_no_call(subgraph):
    source = MemorySource([person()])
    answer = await subgraph("people", source).execute(
        """{ people(filter: {registeredIn: "341000"}) { nodes { id } totalCount
             pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    )
    nowhere = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert answer["data"] == {"people": {"nodes": [], "totalCount": 0, "pageInfo": nowhere}}
    assert source.calls == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("first: 0", "first must be from 1 to 200."),
        ("first: 201", "first must be from 1 to 200."),
        ('after: "c1anything"', "after must be a cursor of this list."),
        ("last: 0", "last must be from 1 to 200."),
        ("last: -1", "last must be from 1 to 200."),
        ("last: 201", "last must be from 1 to 200."),
        ("first: 1, last: 1", "first cannot be given together with last."),
        ('last: 1, after: "c1anything"', "after cannot be given together with last."),
        ('before: "c1anything"', "before needs last."),
        ('last: 1, before: "c1anything"', "before must be a cursor of this list."),
    ],
)
async def test_arguments_outside_their_limits_are_refused(arguments, message, subgraph):
    source = MemorySource()
    answer = await subgraph("people", source).execute(f"{{ people({arguments}) {{ totalCount }} }}")
    assert [(error["message"], error["extensions"]) for error in answer["errors"]] == [
        (message, {"code": "BAD_USER_INPUT"})
    ]
    assert source.calls == []


async def test_insurances_and_records_of_a_page_are_one_call_each(subgraph):
    rows = [person(f"3301991958{number:08}", str(number)) for number in range(50)]
    source = MemorySource([*rows, *(insurance(row.national_id) for row in rows)])
    answer = await subgraph("people", source).execute(
        "{ people(first: 50) { nodes { name insurances { scheme } records { personalNumber } } } }"
    )
    assert "errors" not in answer
    assert [len(node["insurances"]) for node in answer["data"]["people"]["nodes"]] == [1] * 50
    assert [name for name, _ in source.calls].count("insurances") == 1
    assert [name for name, _ in source.calls].count("people") == 1


@pytest.mark.parametrize("typed", [EMPLOYER, EMPLOYER.lower(), f" {EMPLOYER}"])
async def test_an_employer_and_how_many_it_insures(typed, subgraph):
    answer = await subgraph("people", MemorySource([employer(), insured_count()])).execute(
        """query($code: String!) { employer(creditCode: $code) {
             creditCode name insuredCount { city { code } persons source { system } } } }""",
        {"code": typed},
    )
    assert answer["data"]["employer"] == {
        "creditCode": EMPLOYER,
        "name": "杭州示例科技有限公司",
        "insuredCount": [{"city": {"code": "330100"}, "persons": 7, "source": {"system": "hangzhou_database"}}],
    }


@pytest.mark.parametrize("code", [EMPLOYER, "not a code"])
async def test_an_employer_nobody_knows_is_null(code, subgraph):
    query = "query($code: String!) { employer(creditCode: $code) { name insuredCount { persons } } }"
    answer = await subgraph("people", MemorySource()).execute(query, {"code": code})
    assert (answer["data"], "errors" in answer) == ({"employer": None}, False)


async def test_an_employer_without_a_code_is_not_shown_beside_an_insurance(subgraph):
    nameless = insurance(employer=insurance().employer.__class__("某厂", None))
    answer = await subgraph("people", MemorySource([person(), nameless])).execute(
        "query($n: String!) { person(idNumber: $n) { insurances { employer { creditCode } } } }", {"n": ZHANG}
    )
    assert answer["data"] == {"person": {"insurances": [{"employer": None}]}}


async def test_residence_outside_the_list_of_names_is_its_code(subgraph):
    answer = await subgraph("people", MemorySource([person(residence="520100")])).execute(
        "query($n: String!) { person(idNumber: $n) { residence { code name } } }", {"n": ZHANG}
    )
    assert answer["data"] == {"person": {"residence": {"code": "520100", "name": "520100"}}}


@pytest.mark.parametrize(
    ("query", "is_counted"),
    [
        ("{ people { nodes { id } } }", False),
        ("{ people { totalCount } }", True),
        ("{ people { ... on PersonConnection { ...Total } } } fragment Total on PersonConnection { totalCount }", True),
    ],
)
async def test_people_are_counted_where_the_total_is_asked_for(subgraph, query, is_counted):
    asked = []

    class Watched(MemorySource):
        async def list_people(self, query, size, position, **direction):
            asked.append(query.is_counted)
            return await super().list_people(query, size, position, **direction)

    assert "errors" not in await subgraph("people", Watched([])).execute(query)
    assert asked == [is_counted]
