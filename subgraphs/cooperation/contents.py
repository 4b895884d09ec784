"""What an operation's content gives the graph, by kind; every field is null once the content was erased."""

from __future__ import annotations

from typing import Any

import strawberry

from cooperation.content import (
    AnyContent,
    CertificationContent,
    DeathNoticeContent,
    InvestigationContent,
    TransferContent,
)
from cooperation.kinds import OperationKind
from cooperation.store.rows import OperationRow
from subgraphs.cooperation.context import CooperationContext
from subgraphs.cooperation.parts import Finding
from subgraphs.cooperation.stubs import DisputeCase, Employer, InspectionCase, Pension, WorkInjuryCase
from subgraphs.shared.scalars import Date, optional_date

_REPORTED = ("REPORTED", "REOPENED", "CLOSED")
_IN_WORK = ("INVESTIGATING", "NEED_MORE")
"""Findings are a handler's draft here, which nobody has signed."""
_OF_INVESTIGATION = (
    "questions",
    "legal_basis",
    "attachments",
    "investigators",
    "additions",
    "findings",
    "evidence",
    "draft_findings",
    "draft_evidence",
)


def certification_fields(context: CooperationContext, row: OperationRow, content: AnyContent | None) -> dict[str, Any]:
    """Of a certification."""
    if not isinstance(content, CertificationContent):
        return {"pension": None, "method": None, "passed_on": None}
    return {
        "pension": Pension(
            city=context.place(row.addressee_city), pension_number=strawberry.ID(content.pension_number)
        ),
        "method": content.method,
        "passed_on": Date(content.passed_on),
    }


def letter_fields(common: dict[str, Any], content: AnyContent | None) -> dict[str, Any]:
    """Of a letter of investigation, beside what all investigations have."""
    if not isinstance(content, InvestigationContent):
        return {"subject": None, "case": None}
    number = content.case_number
    case = None if number is None else WorkInjuryCase(city=common["requester_city"], case_number=strawberry.ID(number))
    return {"subject": content.subject, "case": case}


def investigation_fields(row: OperationRow, content: AnyContent | None) -> dict[str, Any]:
    """Of a letter and of an assist; findings apart by whether they are signed."""
    if not isinstance(content, InvestigationContent):
        return dict.fromkeys(_OF_INVESTIGATION)
    is_reported = row.state in _REPORTED
    is_drafted = row.state in _IN_WORK and bool(content.findings)
    findings = [Finding(verdict=one.verdict, text=one.text) for one in content.findings]
    evidence = list(content.evidence)
    return {
        "questions": list(content.questions),
        "legal_basis": content.legal_basis,
        "attachments": list(content.attachments),
        "investigators": [strawberry.ID(one) for one in content.investigators],
        "additions": list(content.additions),
        "findings": findings if is_reported else None,
        "evidence": evidence if is_reported else None,
        "draft_findings": findings if is_drafted else None,
        "draft_evidence": evidence if is_drafted else None,
    }


def case_fields(common: dict[str, Any], content: AnyContent | None) -> dict[str, Any]:
    """Of an assist and of a transfer: the case, by the asking city's number."""
    if not isinstance(content, InvestigationContent | TransferContent):
        return {"dispute": None, "inspection": None, "employer": None}
    is_dispute = common["kind"] in (OperationKind.DISPUTE_ASSIST, OperationKind.DISPUTE_TRANSFER)
    key = {"city": common["requester_city"], "case_number": strawberry.ID(content.case_number or "")}
    return {
        "dispute": DisputeCase(**key) if is_dispute else None,
        "inspection": None if is_dispute else InspectionCase(**key),
        "employer": None if content.credit_code is None else Employer(credit_code=strawberry.ID(content.credit_code)),
    }


def transfer_fields(content: AnyContent | None) -> dict[str, Any]:
    """Of a transfer."""
    if not isinstance(content, TransferContent):
        return {"grounds": None, "received_case_number": None}
    received = content.received_case_number
    return {"grounds": content.grounds, "received_case_number": None if received is None else strawberry.ID(received)}


def notice_fields(content: AnyContent | None) -> dict[str, Any]:
    """Of a notice."""
    if not isinstance(content, DeathNoticeContent):
        return {"is_missing": None, "happened_on": None, "learnt_from": None, "evidence": None}
    return {
        "is_missing": content.is_missing,
        "happened_on": optional_date(content.happened_on),
        "learnt_from": content.learnt_from,
        "evidence": list(content.evidence),
    }
