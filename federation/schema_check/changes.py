"""The changes between two API schemas, each with the elements an operation must use to notice it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from graphql import GraphQLSchema
from graphql.utilities import BreakingChange, BreakingChangeType, DangerousChange, DangerousChangeType, SchemaChange
from graphql.utilities import find_schema_changes as compare_schemas

# `@directive(argument:)`, `Type.field(argument:)`, `Type.value`
_COORDINATE = re.compile(r"@\w+(?:\(\w+:\))?|\b[A-Za-z_]\w*\.\w+(?:\(\w+:\))?")
_OF_MEMBER = re.compile(r"(\w+) was (?:added to|removed from) union type (\w+)")
_OF_INTERFACE_ADDED = re.compile(r"\w+ added to interfaces implemented by (\w+)")
_TYPE = re.compile(r"(?:Standard scalar |Description of )?(\w+)")

_NEW_ARGUMENT = (BreakingChangeType.REQUIRED_ARG_ADDED, DangerousChangeType.OPTIONAL_ARG_ADDED)
_NEW_INPUT_FIELD = (BreakingChangeType.REQUIRED_INPUT_FIELD_ADDED, DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED)


class Severity(StrEnum):
    """What a change may do to clients."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        type: what happened, e.g. FIELD_REMOVED; the names are graphql-core's.
        coordinate: the element, e.g. `Query.person(id:)`.
        uses: an operation that uses one of these (see `usage.read_usage`) notices the change.
    """

    severity: Severity
    type: str
    coordinate: str
    description: str
    uses: frozenset[str]


def find_changes(old: GraphQLSchema, new: GraphQLSchema) -> tuple[Change, ...]:
    """Give all changes, the breaking ones first, then by element."""
    changes = [_read(change) for change in compare_schemas(old, new)]
    severities = list(Severity)
    return tuple(
        sorted(changes, key=lambda change: (severities.index(change.severity), change.coordinate, change.type))
    )


def _read(change: SchemaChange) -> Change:
    coordinate = _coordinate(change)
    return Change(_severity(change), change.type.name, coordinate, change.description, _uses(change, coordinate))


def _severity(change: SchemaChange) -> Severity:
    match change:
        case BreakingChange():
            return Severity.BREAKING
        case DangerousChange():
            return Severity.DANGEROUS
    return Severity.SAFE


def _coordinate(change: SchemaChange) -> str:
    """graphql-core gives a sentence only; its elements are written as coordinates."""
    for pattern, group in ((_OF_MEMBER, 2), (_OF_INTERFACE_ADDED, 1), (_COORDINATE, 0), (_TYPE, 1)):
        found = pattern.search(change.description)
        if found is not None:
            return found[group]
    return change.description


def _uses(change: SchemaChange, coordinate: str) -> frozenset[str]:
    field = coordinate.partition("(")[0]
    type_name = coordinate.partition(".")[0]
    if change.type in _NEW_ARGUMENT:
        return frozenset({field})
    if change.type in _NEW_INPUT_FIELD:
        return frozenset({type_name, f"${type_name}"})
    match change.type:
        case BreakingChangeType.VALUE_REMOVED_FROM_ENUM:
            return frozenset({coordinate, f"${type_name}"})
        case DangerousChangeType.VALUE_ADDED_TO_ENUM:
            return frozenset({type_name})
        case BreakingChangeType.TYPE_REMOVED_FROM_UNION:
            found = _OF_MEMBER.search(change.description)
            return frozenset({f"... on {found[1]}"}) if found else frozenset()
        case BreakingChangeType.IMPLEMENTED_INTERFACE_REMOVED:
            return frozenset({f"... on {type_name}"})
        case BreakingChangeType.TYPE_REMOVED:
            return frozenset({coordinate, f"${coordinate}", f"... on {coordinate}"})
    return frozenset({coordinate})
