"""The federation specification's versions, directives and types, as far as composition must know them.

Source: https://specs.apollo.dev/federation (v2.0 to v2.15) and the specifications it takes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

SPECS = "https://specs.apollo.dev"
FEDERATION_IDENTITY = f"{SPECS}/federation"
LINK_IDENTITY = f"{SPECS}/link"
CONNECT_IDENTITY = f"{SPECS}/connect"
PARTITION_IDENTITY = "https://bureaugraph.dev/partition"
LATEST_FEDERATION = (2, 15)

_TYPE_PARTS = "OBJECT | INTERFACE | UNION | SCALAR | ENUM | INPUT_OBJECT"
_TAG_LOCATIONS = f"FIELD_DEFINITION | {_TYPE_PARTS} | ARGUMENT_DEFINITION | ENUM_VALUE | INPUT_FIELD_DEFINITION"
_ACCESS_LOCATIONS = "FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"


@dataclass(frozen=True, slots=True)
class DirectiveSpecification:
    """A directive of the federation specification.

    Attributes:
        since: the first federation version that has it.
        signature: arguments as `{name: (type, optional default)}`; `$FieldSet` and its like stand for federation types.
        feature: name of the specification under which it appears in a supergraph, None for one that does not.
        version: that specification's version.
        purpose: `for:` of the supergraph's link.
        earlier: signature and repeatability in versions before one that changed them, with that version.
    """

    name: str
    since: tuple[int, int]
    signature: str
    locations: str
    is_repeatable: bool = False
    feature: str | None = None
    version: str = "v0.1"
    purpose: str | None = None
    earlier: tuple[tuple[int, int], str, bool] | None = None

    def definition(
        self, directive: str, federation_types: Mapping[str, str], version: tuple[int, int] = LATEST_FEDERATION
    ) -> str:
        """Write the definition of a federation version with a subgraph's or supergraph's names."""
        signature, is_repeatable = self.signature, self.is_repeatable
        if self.earlier is not None and version < self.earlier[0]:
            _, signature, is_repeatable = self.earlier
        for name, local in federation_types.items():
            signature = signature.replace(f"${name}", local)
        repeatable = "repeatable " if is_repeatable else ""
        return f"directive @{directive}{signature} {repeatable}on {self.locations}"


FEDERATION_TYPES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"FieldSet": (2, 0), "Scope": (2, 5), "Policy": (2, 6), "ContextFieldValue": (2, 8)}
)

_ALL = (
    DirectiveSpecification(
        "key", (2, 0), "(fields: $FieldSet!, resolvable: Boolean = true)", "OBJECT | INTERFACE", is_repeatable=True
    ),
    DirectiveSpecification("requires", (2, 0), "(fields: $FieldSet!)", "FIELD_DEFINITION"),
    DirectiveSpecification("provides", (2, 0), "(fields: $FieldSet!)", "FIELD_DEFINITION"),
    DirectiveSpecification("external", (2, 0), "(reason: String)", "OBJECT | FIELD_DEFINITION"),
    DirectiveSpecification("extends", (2, 0), "", "OBJECT | INTERFACE"),
    DirectiveSpecification(
        "shareable", (2, 0), "", "OBJECT | FIELD_DEFINITION", is_repeatable=True, earlier=((2, 2), "", False)
    ),
    DirectiveSpecification(
        "override",
        (2, 0),
        "(from: String!, label: String)",
        "FIELD_DEFINITION",
        earlier=((2, 7), "(from: String!)", False),
    ),
    DirectiveSpecification(
        "inaccessible", (2, 0), "", _TAG_LOCATIONS, feature="inaccessible", version="v0.2", purpose="SECURITY"
    ),
    DirectiveSpecification(
        "tag",
        (2, 0),
        "(name: String!)",
        f"{_TAG_LOCATIONS} | SCHEMA",
        is_repeatable=True,
        feature="tag",
        version="v0.3",
    ),
    DirectiveSpecification("composeDirective", (2, 1), "(name: String)", "SCHEMA", is_repeatable=True),
    DirectiveSpecification("interfaceObject", (2, 3), "", "OBJECT"),
    DirectiveSpecification("authenticated", (2, 5), "", _ACCESS_LOCATIONS, feature="authenticated", purpose="SECURITY"),
    DirectiveSpecification(
        "requiresScopes",
        (2, 5),
        "(scopes: [[$Scope!]!]!)",
        _ACCESS_LOCATIONS,
        feature="requiresScopes",
        purpose="SECURITY",
    ),
    DirectiveSpecification(
        "policy", (2, 6), "(policies: [[$Policy!]!]!)", _ACCESS_LOCATIONS, feature="policy", purpose="SECURITY"
    ),
    DirectiveSpecification(
        "context",
        (2, 8),
        "(name: String!)",
        "INTERFACE | OBJECT | UNION",
        is_repeatable=True,
        feature="context",
        purpose="SECURITY",
    ),
    DirectiveSpecification("fromContext", (2, 8), "(field: $ContextFieldValue)", "ARGUMENT_DEFINITION"),
    DirectiveSpecification(
        "cost",
        (2, 9),
        "(weight: Int!)",
        "ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR",
        feature="cost",
    ),
    DirectiveSpecification(
        "listSize",
        (2, 9),
        "(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!],"
        " requireOneSlicingArgument: Boolean = true)",
        "FIELD_DEFINITION",
        feature="cost",
    ),
    DirectiveSpecification(
        "cacheTag",
        (2, 12),
        "(format: String!)",
        "OBJECT | FIELD_DEFINITION",
        is_repeatable=True,
        feature="cacheTag",
        purpose="EXECUTION",
    ),
)

DIRECTIVES: Mapping[str, DirectiveSpecification] = MappingProxyType({spec.name: spec for spec in _ALL})

FEDERATION_1_DIRECTIVES = ("key", "requires", "provides", "external", "extends", "tag")

BUILT_IN_DIRECTIVES = frozenset({"deprecated", "specifiedBy", "skip", "include", "oneOf", "defer", "stream"})
BUILT_IN_SCALARS = frozenset({"Int", "Float", "String", "Boolean", "ID"})

ACCESS_DIRECTIVES = ("authenticated", "requiresScopes", "policy")

PARTITION_DIRECTIVES: Mapping[str, str] = MappingProxyType(
    {
        "partitionKey": "(field: String!) on OBJECT",
        "route": "(argument: String!) on FIELD_DEFINITION",
        "merge": "(rule: $MergeRule!, by: String, order: $MergeOrder) on FIELD_DEFINITION",
    }
)
PARTITION_ENUMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "MergeRule": ("CONCAT", "UNION", "FIRST", "LATEST", "SUM", "MIN", "MAX", "ANY", "ALL", "CONNECTION"),
        "MergeOrder": ("ASC", "DESC"),
    }
)
