"""Who may move an operation on, and where to."""

from __future__ import annotations

import pytest

from cooperation.errors import (
    ContentMissing,
    CooperationError,
    OfficerNotEntitled,
    SecondPersonRequired,
    TransitionRefused,
)
from cooperation.states.machine import WITHDRAW, Duty, Machine, Need, Office, Side
from cooperation.states.machines import CARD_SERVICE, DEATH_NOTICE, ENTRUSTED_INVESTIGATION, MACHINES
from cooperation.states.move import Officer, Past, Standing, allowed_actions, may_create, next_transition

HANGZHOU, HUANGSHAN = "330100", "341000"

MAKER = Officer("1001", HANGZHOU, Office.INSURANCE_AGENCY, Duty.HANDLER)
MAKER_AS_REVIEWER = Officer("1001", HANGZHOU, Office.INSURANCE_AGENCY, Duty.REVIEWER)
CHECKER = Officer("1002", HANGZHOU, Office.INSURANCE_AGENCY, Duty.REVIEWER)
INVESTIGATOR = Officer("1001", HUANGSHAN, Office.WORK_INJURY_DEPARTMENT, Duty.HANDLER)
HEAD = Officer("2002", HUANGSHAN, Office.WORK_INJURY_DEPARTMENT, Duty.REVIEWER)


def investigation(state: str, *history: Past) -> Standing:
    past = (Past("create", MAKER.name), *history)
    return Standing(ENTRUSTED_INVESTIGATION, state, HANGZHOU, HUANGSHAN, Office.WORK_INJURY_DEPARTMENT, past)


def test_an_action_leads_to_the_state_its_row_names() -> None:
    assert next_transition(investigation("DRAFT"), "send", CHECKER).target == "SENT"


def test_an_action_that_the_state_does_not_know_is_refused_with_those_it_knows() -> None:
    with pytest.raises(TransitionRefused) as caught:
        next_transition(investigation("SENT"), "report", HEAD)
    assert (caught.value.state, caught.value.allowed) == ("SENT", ("receive", "withdraw"))
    assert str(caught.value) == "report is not allowed in the state SENT. Allowed are: receive, withdraw."


def test_a_final_state_says_that_nothing_is_allowed_any_more() -> None:
    with pytest.raises(TransitionRefused, match="none, it is final"):
        next_transition(investigation("CLOSED"), "reopen", MAKER)


def test_who_made_a_letter_does_not_approve_its_sending() -> None:
    with pytest.raises(SecondPersonRequired):
        next_transition(investigation("DRAFT"), "send", MAKER_AS_REVIEWER)


def test_a_number_written_otherwise_is_no_second_person() -> None:
    drafted = Past("draft_report", f"{HUANGSHAN}/w1")
    same = Officer("W1", HUANGSHAN, Office.WORK_INJURY_DEPARTMENT, Duty.REVIEWER)
    with pytest.raises(SecondPersonRequired):
        next_transition(investigation("INVESTIGATING", drafted), "report", same)


def test_who_may_instead_is_told_in_a_sentence() -> None:
    with pytest.raises(OfficerNotEntitled) as refused:
        next_transition(investigation("SENT"), "withdraw", HEAD)
    assert str(refused.value) == f"withdraw is for an officer of INSURANCE_AGENCY in {HANGZHOU}."


@pytest.mark.parametrize(
    ("officer", "inputs"),
    [
        (CHECKER, ("officer.duty",)),
        (Officer("9", HANGZHOU, Office.CARD_CENTRE, Duty.HANDLER), ("officer.office",)),
        (Officer("9", HUANGSHAN, Office.INSPECTION, Duty.REVIEWER), ("officer.city", "officer.office", "officer.duty")),
    ],
)
def test_what_of_an_officer_does_not_fit_is_told(officer: Officer, inputs: tuple[str, ...]) -> None:
    with pytest.raises(OfficerNotEntitled) as refused:
        next_transition(investigation("NEED_MORE"), "supply", officer, {Need.ADDITION})
    assert refused.value.inputs == inputs
    with pytest.raises(OfficerNotEntitled) as refused:
        may_create(ENTRUSTED_INVESTIGATION, officer, Office.WORK_INJURY_DEPARTMENT)
    assert refused.value.inputs == tuple(name for name in inputs if name != "officer.city")


def test_who_drafted_a_report_does_not_approve_it() -> None:
    drafted = Past("draft_report", HEAD.name)
    with pytest.raises(SecondPersonRequired):
        next_transition(investigation("INVESTIGATING", drafted), "report", HEAD)
    other = Past("draft_report", INVESTIGATOR.name)
    assert next_transition(investigation("INVESTIGATING", drafted, other), "report", HEAD).target == "REPORTED"


def test_officers_of_two_cities_with_one_number_are_two_persons() -> None:
    assert MAKER.name != INVESTIGATOR.name
    assert MAKER.id == INVESTIGATOR.id


@pytest.mark.parametrize(
    ("state", "action", "officer"),
    [
        ("SENT", "receive", MAKER),  # the other side's
        ("RECEIVED", "accept", HEAD),  # another duty's
        ("RECEIVED", "accept", Officer("9", HUANGSHAN, Office.INSURANCE_AGENCY, Duty.HANDLER)),  # not addressed to it
        ("DRAFT", "send", Officer("9", HANGZHOU, Office.CARD_CENTRE, Duty.REVIEWER)),  # an office that asks nothing
        ("DRAFT", "send", None),  # the platform approves nothing
    ],
)
def test_others_than_the_row_names_are_not_entitled(state: str, action: str, officer: Officer | None) -> None:
    with pytest.raises(OfficerNotEntitled):
        next_transition(investigation(state), action, officer)


def test_no_officer_acts_as_the_platform() -> None:
    standing = Standing(CARD_SERVICE, "DELIVERING", HANGZHOU, HUANGSHAN, Office.CARD_CENTRE, ())
    with pytest.raises(OfficerNotEntitled):
        next_transition(standing, "complete", Officer("1", HUANGSHAN, Office.CARD_CENTRE, Duty.HANDLER))
    assert next_transition(standing, "complete", None).target == "DONE"


def test_an_action_is_refused_without_what_it_needs() -> None:
    with pytest.raises(ContentMissing, match="investigate needs investigators"):
        next_transition(investigation("ACCEPTED"), "investigate", INVESTIGATOR)
    moved = next_transition(investigation("ACCEPTED"), "investigate", INVESTIGATOR, {Need.TWO_OFFICERS})
    assert moved.target == "INVESTIGATING"


def test_a_deadline_is_extended_once() -> None:
    extended = investigation("INVESTIGATING", Past("extend", HEAD.name))
    with pytest.raises(TransitionRefused):
        next_transition(extended, "extend", HEAD, {Need.REASON})
    assert "extend" not in allowed_actions(extended)


def test_only_an_agencys_handler_entrusts_and_only_to_the_offices_that_answer() -> None:
    may_create(ENTRUSTED_INVESTIGATION, MAKER, Office.WORK_INJURY_DEPARTMENT)
    for officer, addressee in (
        (CHECKER, Office.WORK_INJURY_DEPARTMENT),
        (INVESTIGATOR, Office.INSURANCE_AGENCY),
        (MAKER, Office.CARD_CENTRE),
    ):
        with pytest.raises(OfficerNotEntitled):
            may_create(ENTRUSTED_INVESTIGATION, officer, addressee)


def test_a_death_is_confirmed_by_a_second_person_and_moves_no_pension() -> None:
    agency = Officer("2001", HUANGSHAN, Office.INSURANCE_AGENCY, Duty.REVIEWER)
    verified = (Past("create", MAKER.name), Past("send", CHECKER.name), Past("verify", agency.name))
    standing = Standing(DEATH_NOTICE, "VERIFYING", HANGZHOU, HUANGSHAN, Office.INSURANCE_AGENCY, verified)
    with pytest.raises(SecondPersonRequired):
        next_transition(standing, "confirm", agency, {Need.REASON})
    assert not any(one.side == "PLATFORM" for one in DEATH_NOTICE.transitions)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: machine.name)
def test_every_state_is_reached_and_every_state_but_the_final_ones_is_left(machine) -> None:
    names = {state.name for state in machine.states}
    assert {one.source for one in machine.transitions} | {one.target for one in machine.transitions} == names
    reached, waiting = {machine.initial}, [machine.initial]
    while waiting:
        for one in machine.leaving(waiting.pop()):
            if one.target not in reached:
                reached.add(one.target)
                waiting.append(one.target)
    assert reached == names
    assert {state.name for state in machine.states if not machine.leaving(state.name)} == {
        state.name for state in machine.states if state.is_final
    }


@pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: machine.name)
def test_what_is_checked_is_done_before(machine) -> None:
    actions = {"create"} | {one.action for one in machine.transitions}
    assert all(one.checks in actions for one in machine.transitions if one.checks is not None)


def test_refusals_are_cooperation_errors_with_codes_of_their_own() -> None:
    codes = [kind.code for kind in CooperationError.__subclasses__()]
    assert len(set(codes)) == len(codes)
    assert all(code.startswith("COOPERATION_") for code in codes)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: machine.name)
def test_every_open_state_waits_for_somebody_who_can_go_on_and_a_final_one_for_nobody(machine: Machine) -> None:
    for state in machine.states:
        awaited = machine.awaited(state.name)
        assert (awaited is None) == state.is_final
        movers = {one.side for one in machine.leaving(state.name) if one.action != WITHDRAW}
        if awaited is Side.REQUESTER:
            assert movers == {Side.REQUESTER}
        elif awaited is Side.ADDRESSEE:
            assert movers & {Side.ADDRESSEE, Side.PLATFORM}
