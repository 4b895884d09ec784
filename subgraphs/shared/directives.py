"""The directives of partitioned subgraphs, as Strawberry applies them.

Source: `https://bureaugraph.dev/partition/v1.1`, described in `federation/partition`.
"""

from __future__ import annotations

from enum import StrEnum

import strawberry
from strawberry.schema_directive import Location


@strawberry.enum(print_definition=False)
class MergeRule(StrEnum):
    """How the partitions' values become one."""

    CONCAT = "CONCAT"
    UNION = "UNION"
    FIRST = "FIRST"
    LATEST = "LATEST"
    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    ANY = "ANY"
    ALL = "ALL"
    CONNECTION = "CONNECTION"


@strawberry.schema_directive(locations=[Location.OBJECT], name="partitionKey", print_definition=False)
class PartitionKey:
    """This field holds the city code."""

    field: str


@strawberry.schema_directive(locations=[Location.FIELD_DEFINITION], name="route", print_definition=False)
class Route:
    """This argument selects the partitions."""

    argument: str


@strawberry.schema_directive(locations=[Location.FIELD_DEFINITION], name="merge", print_definition=False)
class Merge:
    """How the partitions' values of this field become one."""

    rule: MergeRule
    by: str | None = strawberry.UNSET


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION], name="staleWhileUnavailable", print_definition=False
)
class StaleWhileUnavailable:
    """The last answer may stand in for so many seconds when the city cannot be asked."""

    max_age: int


DAY_SECONDS = 24 * 60 * 60
