"""What a supergraph says of its partitioned subgraphs: cities, keys, routes and merge rules.

In the SDL it stands under `@link(url: "https://bureaugraph.dev/partition/v1.1")`, which other routers ignore:

    schema @partition(graph: CARDS, city: "330100", name: "hangzhou", url: "http://…") …
    type Card @partition__key(graph: CARDS, field: "city.code") { … }
    type Query { cards(city: String): … @partition__route(graph: CARDS, argument: "city") }
    type Person { cards: [Card!] @partition__merge(graph: CARDS, rule: UNION) }
    type Bank { name: String @partition__staleWhileUnavailable(graph: CARDS, maxAge: 86400) }
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from federation.query_plan.nodes import SubgraphName

#: Types whose values are numbers, some written as text: what can be added up.
NUMBER_TYPES = frozenset({"Int", "Float", "Decimal", "BigDecimal", "BigInt", "Long"})
#: Scalars of days, months and moments.
TIME_TYPES = frozenset({"Date", "DateTime", "YearMonth"})


class MergeRule(StrEnum):
    """How the partitions' values of one field become one; `DESIGN` names the defaults."""

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


class MergeOrder(StrEnum):
    """The direction in which a connection's `by` field is ordered; nulls come last in both."""

    ASC = "ASC"
    DESC = "DESC"


@dataclass(frozen=True, slots=True)
class Partition:
    """One city's subgraph of a domain: GB/T 2260 code, short name, routing URL."""

    city: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A field's explicit merge rule.

    `by` names a sibling field (LATEST) or a dotted field of the node (CONNECTION), e.g. `certification.dueOn`.
    """

    rule: MergeRule
    by: str | None = None
    order: MergeOrder = MergeOrder.ASC


@dataclass(frozen=True, slots=True)
class PartitionedSubgraph:
    """One subgraph that several cities serve.

    Attributes:
        partitions: in the order of the configuration, which is the order of merged lists.
        merges: explicit rules by (type, field).
        routes: by (root type, field): the argument that selects partitions, dotted into an input object.
        partition_keys: by type: the dotted field of a representation that holds the city code.
        stale_seconds: by (type, field): so long a city's last answer stands in for one that it cannot give.
    """

    subgraph: SubgraphName
    partitions: tuple[Partition, ...]
    merges: Mapping[tuple[str, str], Merge]
    routes: Mapping[tuple[str, str], str]
    partition_keys: Mapping[str, str]
    stale_seconds: Mapping[tuple[str, str], int] = field(default_factory=dict)
