"""The rules of `@partitionKey`, `@route` and `@merge` in a domain contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from graphql import EnumValueNode, Node

from federation.composition.report import Report
from federation.composition.schema import Field, Kind, SubgraphSchema, TypeDefinition
from federation.composition.types import TypeRef, is_list, named_type
from federation.supergraph.partitions import MergeRule

_ROOTS = ("Query", "Mutation", "Subscription")
_NOT_NUMERIC = ("String", "Boolean", "ID")


def check_partitions(schema: SubgraphSchema, report: Report) -> None:
    """Report every misuse of the partition directives, and mutations that would reach several cities."""
    _check_unique(schema, report)
    for definition in schema.types.values():
        for applied in definition.applied("partitionKey"):
            _check_key(schema, report, definition, applied.text("field") or "")
        for field in definition.fields.values():
            _check_route(schema, report, definition, field)
            _check_merge(schema, report, definition, field)


def _check_unique(schema: SubgraphSchema, report: Report) -> None:
    for what in ("city", "name"):
        counts = Counter(getattr(partition, what) for partition in schema.partitions)
        for value, count in counts.items():
            if count > 1:
                report.error(
                    "PARTITION_DUPLICATE", schema.name,
                    f'Subgraph "{schema.name}" has {count} partitions of {what} "{value}". Give each its own.',
                    [(schema, None)],
                )  # fmt: skip


def _check_key(schema: SubgraphSchema, report: Report, definition: TypeDefinition, path: str) -> None:
    if _field_at(schema, definition.name, path) is None:
        report.error(
            "PARTITION_KEY_FIELD_UNKNOWN", definition.name,
            f'@partitionKey of "{definition.name}" names "{path}", which is no field of it. '
            "Name the field that holds the city's code, dotted into objects.",
            [(schema, definition.node)],
        )  # fmt: skip


def _check_route(schema: SubgraphSchema, report: Report, definition: TypeDefinition, field: Field) -> None:
    routes = [applied.text("argument") or "" for applied in field.applied("route")]
    if not routes and not schema.partitions:
        return
    coordinate = f"{definition.name}.{field.name}"
    source = [(schema, field.node)]
    if routes and definition.name not in _ROOTS:
        report.error(
            "PARTITION_ROUTE_ON_NON_ROOT_FIELD", coordinate,
            f'@route stands on "{coordinate}", but only root fields select partitions. '
            "Move it, or use @partitionKey on the type.",
            source,
        )  # fmt: skip
    for path in routes:
        if not _has_argument(schema, field, path):
            report.error(
                "PARTITION_ROUTE_ARGUMENT_UNKNOWN", coordinate,
                f'@route of "{coordinate}" names "{path}", which is no argument of it. '
                "Name the argument that holds the city's code, dotted into input objects.",
                source,
            )  # fmt: skip
    if definition.name == "Mutation" and schema.partitions and not routes:
        report.error(
            "PARTITION_MUTATION_WITHOUT_ROUTE", coordinate,
            f'Mutation "{coordinate}" of partitioned subgraph "{schema.name}" would run in every city. '
            "Add @route(argument:) that selects one.",
            source,
        )  # fmt: skip


def _has_argument(schema: SubgraphSchema, field: Field, path: str) -> bool:
    values = field.arguments
    for name in path.split("."):
        if name not in values:
            return False
        target = schema.types.get(named_type(values[name].type))
        values = target.inputs if target is not None else {}
    return True


def _check_merge(schema: SubgraphSchema, report: Report, definition: TypeDefinition, field: Field) -> None:
    for applied in field.applied("merge"):
        value = applied.arguments.get("rule")
        rule = MergeRule(value.value) if isinstance(value, EnumValueNode) else MergeRule.FIRST
        by = applied.text("by")
        coordinate = f"{definition.name}.{field.name}"
        problem = _rule_problem(schema, rule, field.type, by) or (
            "an order needs the field it is by" if by is None and "order" in applied.arguments else None
        )
        source: list[tuple[SubgraphSchema, Node | None]] = [(schema, field.node)]
        if problem is not None:
            report.error(
                "PARTITION_MERGE_RULE_INVALID", coordinate,
                f'@merge(rule: {rule}) does not fit "{coordinate}" of type "{field.type}": {problem}. '
                "Choose a rule that fits.",
                source,
            )  # fmt: skip
        elif by is not None and not _has_order_field(schema, rule, definition, field, by):
            report.error(
                "PARTITION_MERGE_BY_UNKNOWN", coordinate,
                f'@merge of "{coordinate}" is by "{by}", which {_whose(rule)} does not have. Name one of its fields.',
                source,
            )  # fmt: skip


def _rule_problem(schema: SubgraphSchema, rule: MergeRule, type_ref: TypeRef, by: str | None) -> str | None:
    """Say what is wrong with the rule, or None."""
    kind = schema.types[named_type(type_ref)].kind if named_type(type_ref) in schema.types else Kind.SCALAR
    match rule:
        case MergeRule.CONCAT | MergeRule.UNION:
            return None if is_list(type_ref) else "it is no list"
        case MergeRule.FIRST:
            return None
        case MergeRule.LATEST:
            return None if by is not None else "LATEST needs `by`, the sibling field with the time"
        case MergeRule.SUM | MergeRule.MIN | MergeRule.MAX:
            fits = not is_list(type_ref) and kind in (Kind.SCALAR, Kind.ENUM)
            is_sum_of_text = rule is MergeRule.SUM and (named_type(type_ref) in _NOT_NUMERIC or kind is Kind.ENUM)
            return None if fits and not is_sum_of_text else "it is no single number or ordered value"
        case MergeRule.ANY | MergeRule.ALL:
            return None if str(type_ref).rstrip("!") == "Boolean" else "it is no Boolean"
        case MergeRule.CONNECTION:
            if by is None:
                return "CONNECTION needs `by`, the field of the node that orders it"
            return None if _node_type(schema, type_ref) else "it has no `pageInfo` and no `edges { node }` or `nodes`"


def _has_order_field(
    schema: SubgraphSchema, rule: MergeRule, definition: TypeDefinition, field: Field, by: str
) -> bool:
    match rule:
        case MergeRule.CONNECTION:
            owner = _node_type(schema, field.type)
        case MergeRule.CONCAT | MergeRule.UNION:
            owner = named_type(field.type)
        case _:
            owner = definition.name
    return owner is not None and _field_at(schema, owner, by) is not None


def _whose(rule: MergeRule) -> str:
    match rule:
        case MergeRule.CONNECTION:
            return "the connection's node"
        case MergeRule.CONCAT | MergeRule.UNION:
            return "the list's item"
        case _:
            return "the field's own type"


def _node_type(schema: SubgraphSchema, type_ref: TypeRef) -> str | None:
    """Give the node's type of a Relay connection, or None for any other type."""
    fields = _fields(schema, named_type(type_ref))
    if "pageInfo" not in fields:
        return None
    if "nodes" in fields and is_list(fields["nodes"].type):
        return named_type(fields["nodes"].type)
    edges = fields.get("edges")
    node = _fields(schema, named_type(edges.type)).get("node") if edges is not None and is_list(edges.type) else None
    return named_type(node.type) if node is not None else None


def _field_at(schema: SubgraphSchema, type_name: str, path: str) -> Field | None:
    """Follow a dotted path of fields; lists on the way lead nowhere, since they hold no single value."""
    found: Field | None = None
    for name in path.split("."):
        if found is not None and is_list(found.type):
            return None
        found = _fields(schema, type_name).get(name)
        if found is None:
            return None
        type_name = named_type(found.type)
    return found


def _fields(schema: SubgraphSchema, type_name: str) -> Mapping[str, Field]:
    definition = schema.types.get(type_name)
    return definition.fields if definition is not None else {}
