"""The domain `cases`: three kinds of case from several systems, in one list."""

from __future__ import annotations

import pytest

from legacy_adapters.errors import SystemInMaintenance, SystemTimeout
from legacy_adapters.records.provenance import EmployerReference
from tests.subgraphs.records import EMPLOYER, LI, WANG, ZHANG, dispute, injury, inspection
from tests.subgraphs.sources import MemorySource

OF_PERSON = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Person { cases%s } } }"
OF_EMPLOYER = """query($r: [_Any!]!) { _entities(representations: $r) {
  ... on Employer { creditCode name cases %s } } }"""
ALL_FIELDS = """{ __typename caseNumber city { code } status statusRaw openedOn closedOn employer { creditCode name }
  source { system asOf }
  ... on WorkInjuryCase { injured { id } accidentOn injuredPart conclusion conclusionRaw disabilityGrade
    appraisalNumber }
  ... on DisputeCase { applicant { id } respondent { name employer { creditCode } } subject }
  ... on InspectionCase { subject workersConcerned } }"""

INJURIES_DOWN = SystemTimeout("huangshan_injury_service", "341000", "no answer")


def _person(keys, national_id=ZHANG):
    return {"__typename": "Person", "id": keys.person_id(national_id)}


async def test_cases_of_two_systems_come_in_one_list_newest_first(subgraph, keys):
    injuries = MemorySource([injury("G1", "2026-03-01"), injury("G0", None)])
    labour = MemorySource([dispute("Z2", "2026-04-01"), dispute("Z1", "2025-01-01")])
    answer = await subgraph("cases", injuries, labour).execute(OF_PERSON % "{ caseNumber }", {"r": [_person(keys)]})
    assert [case["caseNumber"] for case in answer["data"]["_entities"][0]["cases"]] == ["Z2", "G1", "Z1", "G0"]


async def test_every_kind_of_case_has_its_own_fields(subgraph, keys):
    cases = subgraph("cases", MemorySource([injury(), dispute(), inspection()]))
    query = OF_EMPLOYER % ALL_FIELDS
    answer = await cases.execute(query, {"r": [{"__typename": "Employer", "creditCode": EMPLOYER}]})
    assert "errors" not in answer
    named = {"creditCode": EMPLOYER, "name": "杭州示例科技有限公司"}
    shared = {"city": {"code": "330100"}, "employer": named}
    assert answer["data"]["_entities"] == [
        {
            "creditCode": EMPLOYER,
            "name": "杭州示例科技有限公司",
            "cases": [
                {
                    **shared,
                    "__typename": "InspectionCase",
                    "caseNumber": "J1",
                    "status": "CLOSED",
                    "statusRaw": "9",
                    "openedOn": "2026-05-01",
                    "closedOn": "2026-06-01",
                    "source": {"system": "huangshan_labour_database", "asOf": "2026-10-31T07:00:00+08:00"},
                    "subject": "拖欠工资",
                    "workersConcerned": 12,
                },
                {
                    **shared,
                    "__typename": "DisputeCase",
                    "caseNumber": "Z1",
                    "status": "IN_PROGRESS",
                    "statusRaw": "2",
                    "openedOn": "2026-04-01",
                    "closedOn": None,
                    "source": {"system": "huangshan_labour_database", "asOf": "2026-10-31T07:00:00+08:00"},
                    "applicant": {"id": keys.person_id(ZHANG)},
                    "respondent": {"name": "杭州示例科技有限公司", "employer": {"creditCode": EMPLOYER}},
                    "subject": "劳动报酬",
                },
                {
                    **shared,
                    "__typename": "WorkInjuryCase",
                    "caseNumber": "G1",
                    "status": "DECIDED",
                    "statusRaw": "认定",
                    "openedOn": "2026-03-01",
                    "closedOn": None,
                    "source": {"system": "huangshan_injury_service", "asOf": "2026-10-31T08:00:00+08:00"},
                    "injured": {"id": keys.person_id(ZHANG)},
                    "accidentOn": "2026-02-20",
                    "injuredPart": "左手",
                    "conclusion": "WORK_INJURY",
                    "conclusionRaw": "1",
                    "disabilityGrade": 7,
                    "appraisalNumber": "J1",
                },
            ],
        }
    ]
    # The answer is as old as its oldest part.
    assert answer["extensions"] == {"asOf": "2026-10-31T07:00:00+08:00"}


async def test_a_system_that_fails_takes_its_share_only_and_is_named(subgraph, keys):
    cases = subgraph("cases", MemorySource(failure=INJURIES_DOWN), MemorySource([dispute()]))
    answer = await cases.execute(OF_PERSON % "{ caseNumber }", {"r": [_person(keys)]})
    assert answer["data"] == {"_entities": [{"cases": [{"caseNumber": "Z1"}]}]}
    assert answer["errors"] == [
        {
            "message": "huangshan_injury_service of city 341000 did not answer in time.",
            "path": ["_entities", 0, "cases"],
            "extensions": {
                "code": "LEGACY_SYSTEM_TIMEOUT",
                "system": "huangshan_injury_service",
                "city": "341000",
                "retryable": True,
                "sourceStatus": "timeout",
            },
        }
    ]


@pytest.mark.parametrize("arguments", ["", "(status: IN_PROGRESS)"])
async def test_a_partial_answer_is_the_same_item_by_item_and_in_one_go(arguments, subgraph, keys):
    """A field with arguments is resolved item by item, one without in one go."""
    one_fails = {ZHANG: INJURIES_DOWN}
    cases = subgraph(
        "cases", MemorySource(failing_keys=one_fails), MemorySource([dispute(), dispute("Z9", applicant=LI)])
    )
    answer = await cases.execute(
        OF_PERSON % f"{arguments} {{ caseNumber }}", {"r": [_person(keys), _person(keys, LI), _person(keys, WANG)]}
    )
    shares = [[{"caseNumber": "Z1"}], [{"caseNumber": "Z9"}], []]
    assert answer["data"] == {"_entities": [{"cases": share} for share in shares]}
    assert [error["path"] for error in answer["errors"]] == [["_entities", 0, "cases"]]


async def test_where_all_systems_fail_there_is_one_error_and_no_list(subgraph, keys):
    labour_down = SystemInMaintenance("huangshan_labour_database", "341000", "closed")
    cases = subgraph("cases", MemorySource(failure=INJURIES_DOWN), MemorySource(failure=labour_down))
    answer = await cases.execute(OF_PERSON % "{ caseNumber }", {"r": [_person(keys)]})
    assert answer["data"] == {"_entities": [{"cases": None}]}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["LEGACY_SYSTEM_TIMEOUT"]


async def test_cases_can_be_asked_by_state(subgraph, keys):
    source = MemorySource([injury(), dispute()])
    query = OF_PERSON.replace("$r", "$s: CaseStatus, $r", 1) % "(status: $s) { caseNumber }"
    cases = subgraph("cases", source)
    found = [await cases.execute(query, {"r": [_person(keys)], "s": state}) for state in ("DECIDED", "REJECTED", None)]
    numbers = [[case["caseNumber"] for case in one["data"]["_entities"][0]["cases"]] for one in found]
    assert numbers == [["G1"], [], ["Z1", "G1"]]


async def test_a_case_by_its_number_is_of_its_own_kind(subgraph):
    cases = subgraph("cases", MemorySource(), MemorySource([inspection()]))
    answer = await cases.execute(
        '{ case(city: "330100", caseNumber: "J1") { __typename ... on InspectionCase { workersConcerned } } }'
    )
    assert answer["data"] == {"case": {"__typename": "InspectionCase", "workersConcerned": 12}}


async def test_another_citys_case_is_null_and_no_call(subgraph):
    source = MemorySource([inspection()])
    answer = await subgraph("cases", source).execute('{ case(city: "341000", caseNumber: "J1") { caseNumber } }')
    assert (answer["data"], source.calls) == ({"case": None}, [])


async def test_a_case_is_an_entity_of_its_own_type_only(subgraph):
    representation = {"city": {"code": "330100"}, "caseNumber": "J1"}
    kinds = ("InspectionCase", "DisputeCase", "WorkInjuryCase")
    source = MemorySource([inspection()])
    answer = await subgraph("cases", source).execute(
        """query($r: [_Any!]!) { _entities(representations: $r) {
             ... on InspectionCase { subject } ... on DisputeCase { subject }
             ... on WorkInjuryCase { injuredPart } } }""",
        {"r": [{"__typename": kind, **representation} for kind in kinds]},
    )
    assert answer["data"] == {"_entities": [{"subject": "拖欠工资"}, None, None]}
    assert source.calls == [("cases_by_number", ["J1"])]


async def test_a_respondent_without_a_code_has_a_name_and_no_employer(subgraph, keys):
    source = MemorySource([dispute(respondent=EmployerReference("某厂", None))])
    answer = await subgraph("cases", source).execute(
        OF_PERSON % "{ employer { creditCode } ... on DisputeCase { respondent { name employer { creditCode } } } }",
        {"r": [_person(keys)]},
    )
    case = {"employer": None, "respondent": {"name": "某厂", "employer": None}}
    assert answer["data"] == {"_entities": [{"cases": [case]}]}


async def test_an_employer_whose_cases_fail_is_still_an_employer(subgraph):
    query = OF_EMPLOYER % "{ caseNumber }"
    cases = subgraph("cases", MemorySource(failure=INJURIES_DOWN))
    answer = await cases.execute(query, {"r": [{"__typename": "Employer", "creditCode": EMPLOYER}]})
    assert answer["data"] == {"_entities": [{"creditCode": EMPLOYER, "name": None, "cases": None}]}
    assert [error["path"] for error in answer["errors"]] == [["_entities", 0, "cases"]]
