"""The federation specification's versions, directives and types, as far as composition must know them.

Source: https://specs.apollo.dev/federation (v2.0 to v2.15) and the specifications it takes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

SPECS = "https://specs.apollo.dev"
FEDERATION_IDENTITY = f"{SPECS}/federation"
LINK_IDENTITY = f"{SPECS}/link"
CONNECT_IDENTITY = f"{SPECS}/connect"
PARTITION_IDENTITY = "https://bureaugraph.dev/partition"
LATEST_FEDERATION = (2, 15)

_OUTPUT_LOCATIONS = "FIELD_DEFINITION | OBJECT | INTERFACE | UNION"
_TAG_LOCATIONS = (
    f"{_OUTPUT_LOCATIONS} | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION"
)
_ACCESS_LOCATIONS = "FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"


@dataclass(frozen=True, slots=True)
class DirectiveSpecification:
    """A directive of the federation specification.

    Attributes:
        since: the first federation version that has it in this form.
        signature: arguments as `{name: (type, optional default)}`; `$FieldSet` and its like stand for federation types.
        feature: name of the specification under which it appears in a supergraph, None for one that does not.
        version: that specification's version.
        purpose: `for:` of the supergraph's link.
        earlier: the form it had before.
    """

    name: str
    since: tuple[int, int]
    signature: str
    locations: str
    is_repeatable: bool = False
    feature: str | None = None
    version: str = "v0.1"
    purpose: str | None = None
    earlier: DirectiveSpecification | None = None

    def at(self, version: tuple[int, int]) -> DirectiveSpecification | None:
        """Give the form that a federation version has, if it has the directive."""
        form: DirectiveSpecification | None = self
        while form is not None and version < form.since:
            form = form.earlier
        return form

    def definition(self, directive: str, federation_types: Mapping[str, str]) -> str:
        """Write the definition with a subgraph's or supergraph's names."""
        signature = self.signature
        for name, local in federation_types.items():
            signature = signature.replace(f"${name}", local)
        repeatable = "repeatable " if self.is_repeatable else ""
        return f"directive @{directive}{signature} {repeatable}on {self.locations}"


FEDERATION_TYPES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"FieldSet": (2, 0), "Scope": (2, 5), "Policy": (2, 6), "ContextFieldValue": (2, 8)}
)

_TAG_BEFORE = DirectiveSpecification(
    "tag", (2, 0), "(name: String!)", _TAG_LOCATIONS, is_repeatable=True, feature="tag", version="v0.2"
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
        "shareable",
        (2, 2),
        "",
        "OBJECT | FIELD_DEFINITION",
        is_repeatable=True,
        earlier=DirectiveSpecification("shareable", (2, 0), "", "OBJECT | FIELD_DEFINITION"),
    ),
    DirectiveSpecification(
        "override",
        (2, 7),
        "(from: String!, label: String)",
        "FIELD_DEFINITION",
        earlier=DirectiveSpecification("override", (2, 0), "(from: String!)", "FIELD_DEFINITION"),
    ),
    DirectiveSpecification(
        "inaccessible", (2, 0), "", _TAG_LOCATIONS, feature="inaccessible", version="v0.2", purpose="SECURITY"
    ),
    replace(_TAG_BEFORE, since=(2, 3), locations=f"{_TAG_LOCATIONS} | SCHEMA", version="v0.3", earlier=_TAG_BEFORE),
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

# Federation 1 had these as federation 2.0 has them.
FEDERATION_1_DIRECTIVES = ("key", "requires", "provides", "external", "extends", "tag")


def _standing_alone() -> dict[tuple[str, tuple[int, int]], tuple[DirectiveSpecification, ...]]:
    """Give the directives of each specification that may be linked without federation, by its identity and version."""
    found: dict[tuple[str, tuple[int, int]], tuple[DirectiveSpecification, ...]] = {}
    for spec in _ALL:
        if spec.feature is not None and spec.name != "cacheTag":  # which is federation's only
            _, _, minor = spec.version.partition(".")
            key = (f"{SPECS}/{spec.feature}", (0, int(minor)))
            found[key] = (*found.get(key, ()), spec)
    tag, inaccessible = DIRECTIVES["tag"], DIRECTIVES["inaccessible"]
    found[f"{SPECS}/tag", (0, 2)] = (_TAG_BEFORE,)
    found[f"{SPECS}/tag", (0, 1)] = (replace(tag, locations=_OUTPUT_LOCATIONS),)
    found[f"{SPECS}/inaccessible", (0, 1)] = (replace(inaccessible, locations=_OUTPUT_LOCATIONS),)
    found[f"{SPECS}/context", (0, 1)] = (DIRECTIVES["context"], DIRECTIVES["fromContext"])
    return found


STANDING_ALONE = MappingProxyType(_standing_alone())

# What is linked by itself and is not in earlier federation versions.
IMPLIED_FEDERATION: Mapping[tuple[str, tuple[int, int]], tuple[int, int]] = MappingProxyType(
    {(f"{SPECS}/{name}", (0, 1)): DIRECTIVES[name].since for name in ("authenticated", "cost")}
)

LINK_PURPOSES = ("EXECUTION", "SECURITY")


def link_directive() -> DirectiveSpecification:
    """Give the directive of the `link` specification itself."""
    signature = "(url: String, as: String, for: link__Purpose, import: [link__Import])"
    return DirectiveSpecification("link", (2, 0), signature, "SCHEMA", is_repeatable=True)


BUILT_IN_DIRECTIVES = frozenset({"deprecated", "specifiedBy", "skip", "include", "oneOf", "defer", "stream"})
BUILT_IN_SCALARS = frozenset({"Int", "Float", "String", "Boolean", "ID"})

ACCESS_DIRECTIVES = ("authenticated", "requiresScopes", "policy")

PARTITION_VERSIONS = ((1, 0), (1, 1))
PARTITION_DIRECTIVES: Mapping[str, str] = MappingProxyType(
    {
        "partitionKey": "(field: String!) on OBJECT",
        "route": "(argument: String!) on FIELD_DEFINITION",
        "merge": "(rule: $MergeRule!, by: String, order: $MergeOrder) on FIELD_DEFINITION",
        "staleWhileUnavailable": "(maxAge: Int!) on FIELD_DEFINITION",
    }
)
# In all versions, where not said otherwise.
_PARTITION_SINCE = MappingProxyType({"staleWhileUnavailable": (1, 1)})
PARTITION_ENUMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "MergeRule": ("CONCAT", "UNION", "FIRST", "LATEST", "SUM", "MIN", "MAX", "ANY", "ALL", "CONNECTION"),
        "MergeOrder": ("ASC", "DESC"),
    }
)


def partition_directives(version: tuple[int, int]) -> tuple[str, ...]:
    """Give the directives of the partition specification that a version has."""
    return tuple(name for name in PARTITION_DIRECTIVES if _PARTITION_SINCE.get(name, version) <= version)
