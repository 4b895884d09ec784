"""What errors tell, and that no citizen's data is in them or in the log."""

from __future__ import annotations

import logging

import pytest

from legacy_adapters import errors as adapter_errors
from legacy_adapters.errors import AdapterError, BusinessError, PositionInvalid, SystemTimeout
from subgraphs.shared.errors import describe
from tests.subgraphs.records import ZHANG, card, insurance, pension, person
from tests.subgraphs.sources import MemorySource

NAME = "张三"
OF_PERSON = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Person { id %s } } }"
PERSON = "query($idNumber: String!) { person(idNumber: $idNumber) { name } }"


def _failures():
    kinds = [
        kind for kind in vars(adapter_errors).values() if isinstance(kind, type) and issubclass(kind, AdapterError)
    ]
    arguments = ("hangzhou_database", "330100", f"没有 {ZHANG} {NAME}")
    return [kind(*arguments, "E9001") if kind is BusinessError else kind(*arguments) for kind in kinds]


async def test_a_system_that_fails_costs_the_field_alone_for_every_person(subgraph, keys):
    source = MemorySource(failure=SystemTimeout("hangzhou_database", "330100", "no answer within 5 s"))
    representations = [{"__typename": "Person", "id": keys.person_id(f"3301991958{n:07}5")} for n in range(3)]
    answer = await subgraph("cards", source).execute(OF_PERSON % "cards { number }", {"r": representations})
    assert answer["data"]["_entities"] == [{"id": one["id"], "cards": None} for one in representations]
    assert [error["path"] for error in answer["errors"]] == [["_entities", n, "cards"] for n in range(3)]
    assert {str(error["extensions"]) for error in answer["errors"]} == {
        str(
            {
                "code": "LEGACY_SYSTEM_TIMEOUT",
                "system": "hangzhou_database",
                "city": "330100",
                "retryable": True,
                "sourceStatus": "timeout",
            }
        )
    }
    assert len(source.calls) == 1


async def test_a_field_beside_the_failed_one_still_answers(subgraph):
    class HalfDown(MemorySource):
        async def insurances(self, ids):
            raise SystemTimeout("hangzhou_database", "330100", "late")

    answer = await subgraph("people", HalfDown([person(), insurance()])).execute(
        "query($n: String!) { person(idNumber: $n) { name insurances { scheme } } }", {"n": ZHANG}
    )
    assert answer["data"] == {"person": {"name": NAME, "insurances": None}}
    assert [error["path"] for error in answer["errors"]] == [["person", "insurances"]]


@pytest.mark.parametrize("failure", _failures(), ids=lambda failure: type(failure).__name__)
async def test_an_adapters_words_are_not_passed_on(failure, subgraph, keys):
    answer = await subgraph("cards", MemorySource(failure=failure)).execute(
        OF_PERSON % "cards { number }", {"r": [{"__typename": "Person", "id": keys.person_id(ZHANG)}]}
    )
    (error,) = answer["errors"]
    assert ZHANG not in str(error)
    assert NAME not in str(error)
    assert error["extensions"]["code"] == ("BAD_USER_INPUT" if isinstance(failure, PositionInvalid) else failure.code)


def test_every_kind_of_adapter_error_has_a_sentence_of_its_own():
    sentences = [describe(failure) for failure in _failures() if type(failure) not in (AdapterError, PositionInvalid)]
    assert len(set(sentences)) == len(sentences)
    assert not [sentence for sentence in sentences if "failed." in sentence]


async def test_a_business_error_carries_the_systems_own_code(subgraph):
    source = MemorySource(failure=BusinessError("hangzhou_core_service", "330100", "no", "E9001"))
    answer = await subgraph("pensions", source).execute("{ pensions { totalCount } }")
    assert answer["data"] == {"pensions": None}
    assert answer["errors"][0]["extensions"]["businessCode"] == "E9001"


async def test_a_cursor_of_another_list_is_refused_as_bad_input(subgraph):
    class Particular(MemorySource):
        async def list_pensions(self, query, size, position, **direction):
            if position is not None:
                raise PositionInvalid("hangzhou_core_service", "330100", "no such position")
            return await super().list_pensions(query, size, position, **direction)

    pensions = subgraph("pensions", Particular([pension()]))
    cursor = (await pensions.execute("{ pensions { pageInfo { endCursor } } }"))["data"]["pensions"]["pageInfo"][
        "endCursor"
    ]
    answer = await pensions.execute("query($c: String) { pensions(after: $c) { totalCount } }", {"c": cursor})
    assert answer["errors"][0]["message"] == "after must be a cursor of this list."
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


MALFORMED = [
    (f'{{ person(idNumber: "{ZHANG}" {{ name }} }}', None),
    (f"{{ person(idNumber: {ZHANG}) {{ name }} }}", None),
    (f"{{ person(idNumber: {ZHANG}X) {{ name }} }}", None),
    (f"{{ person(idNumber: x{ZHANG}) {{ name }} }}", None),
    (f"{{ person(idNumber: [{ZHANG}]) {{ name }} }}", None),
    (f'{{ person(id{ZHANG}: "1") {{ name }} }}', None),
    (f"{{ p{ZHANG} }}", None),
    (f"{{ people(first: {ZHANG}) {{ totalCount }} }}", None),
    (f'{{ people(filter: {{bornFrom: "{ZHANG}"}}) {{ totalCount }} }}', None),
    (f'{{ people(filter: {{number: "{ZHANG}"}}) {{ totalCount }} }}', None),
    (f'{{ people(after: "{ZHANG}") {{ totalCount }} }}', None),
    (f'query($a: Int = "{ZHANG}") {{ people(first: $a) {{ totalCount }} }}', None),
    (f'{{ person(idNumber: "{ZHANG}") {{ name @wrong(a: "{NAME}") }} }}', None),
    (f'"{ZHANG}"', None),
    (PERSON, {"idNumber": [ZHANG]}),
    (PERSON, {"idNumber": int(ZHANG)}),
    (PERSON, {"idNumber": {"number": ZHANG, "name": NAME}}),
    (PERSON, {}),
    (PERSON, {"idNumber": f"{ZHANG}{ZHANG}"}),
    ("query($f: PeopleFilter) { people(filter: $f) { totalCount } }", {"f": {"bornFrom": ZHANG}}),
    ("query($f: PeopleFilter) { people(filter: $f) { totalCount } }", {"f": {ZHANG: NAME}}),
    ("query($first: Int) { people(first: $first) { totalCount } }", {"first": int(ZHANG)}),
    (f'query A {{ person(idNumber: "{ZHANG}") {{ name }} }} query B {{ __typename }}', None),
    ("query($r: [_Any!]!) { _entities(representations: $r) { __typename } }", {"r": [None, {"id": ZHANG}]}),
]


@pytest.mark.parametrize(("query", "variables"), MALFORMED)
async def test_a_request_that_cannot_be_executed_is_refused_without_quoting_it(query, variables, subgraph, caplog):
    caplog.set_level(logging.DEBUG)
    source = MemorySource([person()])
    answer = await subgraph("people", source).execute(query, variables)
    assert answer["errors"]
    told = str(answer) + caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert ZHANG not in told
    assert ZHANG[:6] not in told
    assert NAME not in told
    assert source.calls == []


async def test_an_error_of_validation_still_names_what_is_wrong(subgraph):
    answer = await subgraph("people", MemorySource()).execute("{ people { nodes { nickname } } }")
    assert answer == {
        "errors": [
            {
                "message": "Cannot query field 'nickname' on type 'Person'. Did you mean 'name'?",
                "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
                "locations": [{"line": 1, "column": 20}],
            }
        ]
    }


async def test_a_defect_is_told_by_its_place_and_logged_by_its_class(subgraph, caplog):
    class Broken(MemorySource):
        async def people(self, ids):
            raise KeyError(f"{ids} {NAME}")

    answer = await subgraph("people", Broken()).execute(PERSON, {"idNumber": ZHANG})
    assert answer["errors"] == [
        {
            "message": "Internal error.",
            "extensions": {"code": "INTERNAL_SERVER_ERROR"},
            "path": ["person"],
            "locations": [{"line": 1, "column": 29}],
        }
    ]
    assert "KeyError at people:" in caplog.text
    assert ZHANG not in caplog.text
    assert NAME not in caplog.text


async def test_a_record_that_breaks_the_contract_is_a_defect_at_its_place(subgraph, keys, caplog):
    source = MemorySource([card(number=None), card(number="A2")])
    answer = await subgraph("cards", source).execute(
        OF_PERSON % "cards { number }", {"r": [{"__typename": "Person", "id": keys.person_id(ZHANG)}]}
    )
    assert answer["data"]["_entities"][0]["cards"] is None
    assert [(error["message"], error["path"]) for error in answer["errors"]] == [
        ("Internal error.", ["_entities", 0, "cards", 0, "number"])
    ]
    assert len(caplog.records) == 1


async def test_an_ordinary_request_leaves_nothing_in_the_log(subgraph, caplog):
    caplog.set_level(logging.DEBUG)
    await subgraph("people", MemorySource([person()])).execute(PERSON, {"idNumber": ZHANG})
    assert not [record for record in caplog.records if record.name != "asyncio"]
