"""Other subgraphs' entities, as far as operations name them: by key."""

from __future__ import annotations

import strawberry
from strawberry.federation.schema_directives import Key

from subgraphs.shared.types import City


def _elsewhere(fields: str) -> Key:
    return Key(fields=strawberry.federation.types.FieldSet(fields), resolvable=False)


@strawberry.federation.type(keys=[_elsewhere("city { code } pensionNumber")])
class Pension:
    """A pension."""

    city: City
    pension_number: strawberry.ID


@strawberry.federation.type(keys=[_elsewhere("city { code } caseNumber")])
class WorkInjuryCase:
    """A work injury."""

    city: City
    case_number: strawberry.ID


@strawberry.federation.type(keys=[_elsewhere("city { code } caseNumber")])
class DisputeCase:
    """A labour dispute."""

    city: City
    case_number: strawberry.ID


@strawberry.federation.type(keys=[_elsewhere("city { code } caseNumber")])
class InspectionCase:
    """An inspection."""

    city: City
    case_number: strawberry.ID


@strawberry.federation.type(keys=[_elsewhere("creditCode")])
class Employer:
    """An employer."""

    credit_code: strawberry.ID
