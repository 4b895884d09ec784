"""The machines there are. Each is a table: action, from, to, side, label, duty, what else it needs.

Source: the two cities' agreement names who asks whom and that results are fed back; states, second signatures and
who moves what are this platform's reading of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from cooperation.states.machine import Clock, Duty, Machine, Need, Office, Side, State, Transition

_REQUESTER, _ADDRESSEE, _PLATFORM = Side.REQUESTER, Side.ADDRESSEE, Side.PLATFORM
_HANDLER, _REVIEWER = Duty.HANDLER, Duty.REVIEWER

_CARD_DESKS = (Office.CARD_CENTRE, Office.INSURANCE_AGENCY)

_ACCEPTED = State("ACCEPTED", "已受理")
_DELIVERING = State("DELIVERING", "办理中")
_WAITING = State("WAITING", "等待对方系统")
MANUAL = State("MANUAL", "转人工")
_ENDS = (
    State("DONE", "已办结", is_final=True),
    State("REFUSED", "不予办理", is_final=True),
    State("EXPIRED", "已失效", is_final=True),
    State("WITHDRAWN", "已撤回", is_final=True),
)


_SERVICE_ENDS: Mapping[str, str] = {
    "complete": "DONE",
    "refuse": "REFUSED",
    "expire": "EXPIRED",
    "decline": "REFUSED",
}


def _delivery(
    *beginnings: str, ends: Mapping[str, str] = _SERVICE_ENDS, settled_with: Need = Need.REASON
) -> tuple[Transition, ...]:
    """What becomes of a write in the deciding city's system.

    DELIVERING is entered before anything is sent, and left when it is known what came of it: meanwhile nobody
    withdraws. In the other states nothing is on its way. `ends` says where its ends lead: without `refuse`, what a
    system refuses is for people to decide.
    """
    still = ("ACCEPTED", "WAITING")
    under_way = (*still, "DELIVERING", *beginnings)
    return (
        *(Transition("deliver", state, "DELIVERING", _PLATFORM, "办理") for state in still),
        *(Transition("postpone", state, "WAITING", _PLATFORM, "等待") for state in ("ACCEPTED", "DELIVERING")),
        *(Transition("complete", state, ends["complete"], _PLATFORM, "办结") for state in under_way),
        *(
            Transition("refuse", state, ends["refuse"], _PLATFORM, "对方不予办理")
            for state in under_way
            if "refuse" in ends
        ),
        *(Transition("escalate", state, "MANUAL", _PLATFORM, "转人工") for state in under_way),
        *(Transition("expire", state, ends["expire"], _PLATFORM, "失效") for state in still if "expire" in ends),
        *(Transition("withdraw", state, "WITHDRAWN", _REQUESTER, "撤回", needs=(Need.REASON,)) for state in still),
        Transition("resume", "MANUAL", "WAITING", _ADDRESSEE, "重新办理", needs=(Need.REASON,)),
        Transition("settle", "MANUAL", ends["complete"], _ADDRESSEE, "人工办结", needs=(settled_with,)),
        Transition("decline", "MANUAL", ends["decline"], _ADDRESSEE, "人工退回", needs=(Need.REASON,)),
    )


def _taking_up(action: str, state: State, label: str) -> tuple[Transition, ...]:
    """The city's system has taken it and does the rest by itself, in days: until then nobody withdraws it."""
    return tuple(
        Transition(action, source, state.name, _PLATFORM, label) for source in ("ACCEPTED", "WAITING", "DELIVERING")
    )


IN_PRODUCTION = State("IN_PRODUCTION", "制卡中")
"""The issuing city makes the card: its system says when the holder has it."""
TAKEN_UP = State("TAKEN_UP", "对方已接收")
"""The paying city's system has the certification, and has not entered it yet."""

CARD_SERVICE = Machine(
    name="CARD_SERVICE",
    label="挂失、解挂",
    initial="ACCEPTED",
    states=(_ACCEPTED, _DELIVERING, _WAITING, MANUAL, *_ENDS),
    transitions=_delivery(),
    requesters=_CARD_DESKS,
    addressees=(Office.CARD_CENTRE,),
)

CERTIFICATION_ASSIST = Machine(
    name="CERTIFICATION_ASSIST",
    label="待遇领取资格协助认证",
    initial="ACCEPTED",
    states=(_ACCEPTED, _DELIVERING, _WAITING, TAKEN_UP, MANUAL, *_ENDS),
    transitions=(*_delivery(TAKEN_UP.name), *_taking_up("take_up", TAKEN_UP, "对方接收")),
    requesters=(Office.INSURANCE_AGENCY,),
    addressees=(Office.INSURANCE_AGENCY,),
)

CARD_REPLACEMENT = Machine(
    name="CARD_REPLACEMENT",
    label="补卡",
    initial="ACCEPTED",
    states=(_ACCEPTED, _DELIVERING, _WAITING, IN_PRODUCTION, MANUAL, *_ENDS),
    transitions=(*_delivery(IN_PRODUCTION.name), *_taking_up("produce", IN_PRODUCTION, "发卡地制卡")),
    requesters=_CARD_DESKS,
    addressees=(Office.CARD_CENTRE,),
)


def _investigation(name: str, label: str, requesters: tuple[Office, ...], addressees: tuple[Office, ...]) -> Machine:
    before_report = ("SENT", "RECEIVED", "ACCEPTED", "INVESTIGATING", "NEED_MORE")
    return Machine(
        name=name,
        label=label,
        initial="DRAFT",
        states=(
            State("DRAFT", "起草"),
            State("SENT", "已发出"),
            State("RECEIVED", "已签收"),
            State("ACCEPTED", "受理"),
            State("INVESTIGATING", "调查中"),
            State("NEED_MORE", "补充材料"),
            State("REPORTED", "已反馈"),
            State("REOPENED", "补充协查"),
            State("CLOSED", "办结", is_final=True),
            State("REJECTED", "退回", is_final=True),
            State("WITHDRAWN", "撤回", is_final=True),
        ),
        transitions=(
            Transition("send", "DRAFT", "SENT", _REQUESTER, "复核发出", _REVIEWER, checks="create", clock=Clock.ACCEPT),
            Transition("withdraw", "DRAFT", "WITHDRAWN", _REQUESTER, "撤回", needs=(Need.REASON,)),
            Transition("receive", "SENT", "RECEIVED", _ADDRESSEE, "签收", _HANDLER),
            Transition("accept", "RECEIVED", "ACCEPTED", _ADDRESSEE, "受理", _HANDLER, clock=Clock.REPORT),
            Transition("reject", "RECEIVED", "REJECTED", _ADDRESSEE, "退回", _HANDLER, (Need.REASON,)),
            Transition("investigate", "ACCEPTED", "INVESTIGATING", _ADDRESSEE, "调查", _HANDLER, (Need.TWO_OFFICERS,)),
            Transition(
                "ask_for_more", "INVESTIGATING", "NEED_MORE", _ADDRESSEE, "要求补充", _HANDLER, (Need.ADDITION,)
            ),
            Transition("supply", "NEED_MORE", "INVESTIGATING", _REQUESTER, "补充材料", _HANDLER, (Need.ADDITION,)),
            Transition(
                "extend",
                "ACCEPTED",
                "ACCEPTED",
                _ADDRESSEE,
                "延期",
                _REVIEWER,
                (Need.REASON,),
                limit=1,
                clock=Clock.EXTENSION,
            ),
            Transition(
                "extend",
                "INVESTIGATING",
                "INVESTIGATING",
                _ADDRESSEE,
                "延期",
                _REVIEWER,
                (Need.REASON,),
                limit=1,
                clock=Clock.EXTENSION,
            ),
            Transition(
                "draft_report", "INVESTIGATING", "INVESTIGATING", _ADDRESSEE, "拟写反馈", _HANDLER, (Need.FINDINGS,)
            ),
            Transition(
                "report",
                "INVESTIGATING",
                "REPORTED",
                _ADDRESSEE,
                "复核反馈",
                _REVIEWER,
                checks="draft_report",
                clock=Clock.STOP,
            ),
            Transition("close", "REPORTED", "CLOSED", _REQUESTER, "办结", _HANDLER),
            Transition(
                "reopen",
                "REPORTED",
                "REOPENED",
                _REQUESTER,
                "补充协查",
                _HANDLER,
                (Need.QUESTIONS,),
                clock=Clock.REPORT,
            ),
            Transition("investigate", "REOPENED", "INVESTIGATING", _ADDRESSEE, "调查", _HANDLER, (Need.TWO_OFFICERS,)),
            *(
                Transition("withdraw", state, "WITHDRAWN", _REQUESTER, "撤回", needs=(Need.REASON,))
                for state in before_report
            ),
        ),
        requesters=requesters,
        addressees=addressees,
    )


ENTRUSTED_INVESTIGATION = _investigation(
    "ENTRUSTED_INVESTIGATION",
    "工伤认定及待遇委托协查",
    # Only agencies entrust; a work injury department answers and never asks.
    (Office.INSURANCE_AGENCY,),
    (Office.WORK_INJURY_DEPARTMENT, Office.INSURANCE_AGENCY),
)

CASE_ASSIST = _investigation(
    "CASE_ASSIST",
    "劳动争议、劳动保障监察协查",
    (Office.ARBITRATION, Office.INSPECTION),
    (Office.ARBITRATION, Office.INSPECTION),
)

CASE_TRANSFER = Machine(
    name="CASE_TRANSFER",
    label="案件移送",
    initial="DRAFT",
    states=(
        State("DRAFT", "起草"),
        State("SENT", "已移送"),
        State("RECEIVED", "已签收"),
        _ACCEPTED,
        _DELIVERING,
        _WAITING,
        MANUAL,
        State("CLOSED", "对方已立案", is_final=True),
        State("REJECTED", "退回", is_final=True),
        State("WITHDRAWN", "撤回", is_final=True),
    ),
    transitions=(
        Transition("send", "DRAFT", "SENT", _REQUESTER, "复核移送", _REVIEWER, checks="create", clock=Clock.ACCEPT),
        Transition("withdraw", "DRAFT", "WITHDRAWN", _REQUESTER, "撤回", needs=(Need.REASON,)),
        Transition("receive", "SENT", "RECEIVED", _ADDRESSEE, "签收", _HANDLER),
        Transition("withdraw", "SENT", "WITHDRAWN", _REQUESTER, "撤回", needs=(Need.REASON,)),
        # Into the addressed city's own system, which gives the number; or by hand, with the number that it got there.
        Transition("register", "RECEIVED", "ACCEPTED", _ADDRESSEE, "受理并登记立案", _HANDLER),
        Transition("accept", "RECEIVED", "CLOSED", _ADDRESSEE, "受理立案", _HANDLER, (Need.CASE_NUMBER,)),
        Transition("reject", "RECEIVED", "REJECTED", _ADDRESSEE, "退回", _HANDLER, (Need.REASON,)),
        Transition("withdraw", "RECEIVED", "WITHDRAWN", _REQUESTER, "撤回", needs=(Need.REASON,)),
        *_delivery(ends={"complete": "CLOSED", "decline": "REJECTED"}, settled_with=Need.CASE_NUMBER),
    ),
    requesters=(Office.ARBITRATION, Office.INSPECTION),
    addressees=(Office.ARBITRATION, Office.INSPECTION),
)

DEATH_NOTICE = Machine(
    name="DEATH_NOTICE",
    label="死亡(失踪)通报",
    initial="RECORDED",
    states=(
        State("RECORDED", "已登记"),
        State("NOTIFIED", "已通报"),
        State("VERIFYING", "核实中"),
        State("CONFIRMED", "核实属实", is_final=True),
        State("REFUTED", "核实不属实", is_final=True),
        State("WITHDRAWN", "撤回", is_final=True),
    ),
    transitions=(
        Transition(
            "send", "RECORDED", "NOTIFIED", _REQUESTER, "复核通报", _REVIEWER, checks="create", clock=Clock.ACCEPT
        ),
        Transition("withdraw", "RECORDED", "WITHDRAWN", _REQUESTER, "撤回", needs=(Need.REASON,)),
        Transition("withdraw", "NOTIFIED", "WITHDRAWN", _REQUESTER, "撤回", needs=(Need.REASON,)),
        Transition("verify", "NOTIFIED", "VERIFYING", _ADDRESSEE, "核实", _HANDLER, clock=Clock.REPORT),
        Transition("confirm", "VERIFYING", "CONFIRMED", _ADDRESSEE, "复核属实", _REVIEWER, (Need.REASON,), "verify"),
        Transition("refute", "VERIFYING", "REFUTED", _ADDRESSEE, "复核不属实", _REVIEWER, (Need.REASON,), "verify"),
    ),
    requesters=(Office.INSURANCE_AGENCY,),
    addressees=(Office.INSURANCE_AGENCY,),
)

MACHINES: Mapping[str, Machine] = {
    machine.name: machine
    for machine in (
        CARD_SERVICE,
        CARD_REPLACEMENT,
        CERTIFICATION_ASSIST,
        ENTRUSTED_INVESTIGATION,
        CASE_ASSIST,
        CASE_TRANSFER,
        DEATH_NOTICE,
    )
}
"""By name, in the schema's order."""
