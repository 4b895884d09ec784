"""The contract's enumerations, as Strawberry knows them."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import strawberry

from cooperation.kinds import OperationKind
from cooperation.letter_tasks import Handling
from cooperation.states.machine import Duty, Office, Side
from cooperation.store.queries import ListOrder
from cooperation.store.tasks import TaskKind
from cooperation.webhooks.registry import WebhookStop
from legacy_adapters.operations.commands import (
    AssistSubject,
    CardFunction,
    CertificationMethod,
    ReplacementKind,
    Verdict,
)
from legacy_adapters.records.cards import CardStep

for _enumeration in (
    OperationKind,
    Duty,
    Office,
    Side,
    TaskKind,
    WebhookStop,
    CardFunction,
    CardStep,
    CertificationMethod,
    ReplacementKind,
    Verdict,
):
    strawberry.enum(_enumeration)

InvestigationSubject: TypeAlias = AssistSubject
"""Registered here, before any type names it."""
strawberry.enum(AssistSubject, name="InvestigationSubject")
strawberry.enum(ListOrder, name="OperationOrder")
strawberry.enum(Handling, name="TaskHandling")


@strawberry.enum
class DeadlineFor(StrEnum):
    """What somebody is waited for."""

    ACCEPT = "ACCEPT"
    REPORT = "REPORT"


@strawberry.enum
class Effect(StrEnum):
    """What has become of a request at the moment of answering."""

    IN_EFFECT = "IN_EFFECT"
    QUEUED = "QUEUED"
    IN_PRODUCTION = "IN_PRODUCTION"
    TAKEN_UP = "TAKEN_UP"
    REFUSED = "REFUSED"
    NEEDS_A_PERSON = "NEEDS_A_PERSON"
    HANDLED_BY_OFFICERS = "HANDLED_BY_OFFICERS"
    ENDED_WITHOUT_EFFECT = "ENDED_WITHOUT_EFFECT"
