"""The rules of `@merge`: each fits its field, and has what it orders by."""

from __future__ import annotations

from typing import assert_never

from graphql import EnumValueNode

from federation.composition.report import Report
from federation.composition.schema import Applied, Field, Kind, SubgraphSchema, TypeDefinition
from federation.composition.specifications import BUILT_IN_SCALARS
from federation.composition.types import ListOf, NonNull, TypeRef, is_list, is_non_null, named_type
from federation.composition.validate.partition_paths import fields_at, is_connection, is_leaf, kind_of, node_type
from federation.supergraph.partitions import NUMBER_TYPES, TIME_TYPES, MergeRule

_COMPOSITE = (Kind.OBJECT, Kind.INTERFACE, Kind.UNION)
_TAKES_BY = (MergeRule.LATEST, MergeRule.CONNECTION)


def check_merges(schema: SubgraphSchema, report: Report) -> None:
    """Report every `@merge` that cannot be carried out."""
    for definition in schema.types.values():
        for field in definition.fields.values():
            for applied in field.applied("merge"):
                rule = applied.arguments.get("rule")
                # Another value is no rule, which is reported as such.
                if isinstance(rule, EnumValueNode) and rule.value in MergeRule.__members__:
                    _MergeCheck(schema, report, definition, field, applied).check(MergeRule(rule.value))


class _MergeCheck:
    """Checks one application."""

    def __init__(
        self, schema: SubgraphSchema, report: Report, definition: TypeDefinition, field: Field, applied: Applied
    ) -> None:
        self._schema = schema
        self._report = report
        self._coordinate = f"{definition.name}.{field.name}"
        self._owner = definition.name
        self._field = field
        self._applied = applied

    def check(self, rule: MergeRule) -> None:
        problem = _rule_problem(self._schema, rule, self._field)
        if problem is not None:
            self._error(
                "PARTITION_MERGE_RULE_INVALID",
                f'@merge(rule: {rule}) does not fit "{self._coordinate}" of type "{self._field.type}": {problem}',
            )
        self._check_unused(rule)
        if problem is None and rule in _TAKES_BY:
            self._check_by(rule)

    def _error(self, code: str, message: str) -> None:
        source = [(self._schema, self._applied.node or self._field.node)]
        self._report.error(code, self._coordinate, message, source)

    def _check_unused(self, rule: MergeRule) -> None:
        used = {MergeRule.LATEST: ("by",), MergeRule.CONNECTION: ("by", "order")}.get(rule, ())
        for argument in ("by", "order"):
            if argument in self._applied.arguments and argument not in used:
                self._error(
                    "PARTITION_MERGE_ARGUMENT_UNUSED",
                    f'@merge of "{self._coordinate}" has "{argument}", which {rule} has no use for. Leave it out.',
                )

    def _check_by(self, rule: MergeRule) -> None:
        by = self._applied.text("by")
        if by is None:
            self._error(
                "PARTITION_MERGE_RULE_INVALID", f'@merge(rule: {rule}) of "{self._coordinate}" {_ASKS_FOR_BY[rule]}'
            )
            return
        if rule is MergeRule.LATEST and "." in by:
            self._invalid_by(by, "which is dotted. LATEST compares a field beside it: name one.")
            return
        is_latest = rule is MergeRule.LATEST
        owner = self._owner if is_latest else node_type(self._schema, self._field.type)
        fields = fields_at(self._schema, owner or "", by)
        if fields is None:
            whose = f'"{owner}"' if is_latest else f'the connection\'s node "{owner}"'
            self._error(
                "PARTITION_MERGE_BY_UNKNOWN",
                f'@merge of "{self._coordinate}" is by "{by}", which {whose} does not have. Name one of its fields.',
            )
            return
        problem = _by_problem(self._schema, rule, fields)
        if problem is not None:
            self._invalid_by(by, problem)

    def _invalid_by(self, by: str, problem: str) -> None:
        self._error("PARTITION_MERGE_BY_INVALID", f'@merge of "{self._coordinate}" is by "{by}", {problem}')


_ASKS_FOR_BY = {
    MergeRule.LATEST: 'lacks its time. Add by: "…", the field beside it that tells when the value was last changed.',
    MergeRule.CONNECTION: 'lacks its order. Add by: "…", the field of the node that every city orders its rows by.',
}


def _rule_problem(schema: SubgraphSchema, rule: MergeRule, field: Field) -> str | None:
    """Say what is wrong with a rule and what to write instead, or None."""
    type_ref = field.type
    if is_connection(schema, type_ref) and rule is not MergeRule.CONNECTION:
        return "it is a connection, whose pages would be mixed up. Write @merge(rule: CONNECTION, by:)."
    match rule:
        case MergeRule.FIRST | MergeRule.LATEST:
            return None
        case MergeRule.CONCAT:
            return None if is_list(type_ref) else _NO_LIST
        case MergeRule.UNION:
            return _union_problem(schema, type_ref)
        case MergeRule.CONNECTION:
            return _connection_problem(schema, field)
        case MergeRule.SUM | MergeRule.MIN | MergeRule.MAX | MergeRule.ANY | MergeRule.ALL:
            return _fold_problem(schema, rule, type_ref)
    assert_never(rule)


_NO_LIST = "it is no list. Choose a rule of single values, such as FIRST."


def _fold_problem(schema: SubgraphSchema, rule: MergeRule, type_ref: TypeRef) -> str | None:
    """Scalars of one's own are taken for numbers, unless they are known to be times."""
    name = named_type(type_ref)
    is_enum = kind_of(schema, name) is Kind.ENUM
    match rule:
        case MergeRule.SUM:
            fits, what = name in NUMBER_TYPES or not (is_enum or name in BUILT_IN_SCALARS | TIME_TYPES), "number"
        case MergeRule.MIN | MergeRule.MAX:
            fits, what = name != "Boolean", "value with an order"
        case _:
            fits, what = name == "Boolean", "Boolean"
    return None if fits and is_leaf(schema, type_ref) else f"it is no single {what}. Choose a rule that fits."


def _connection_problem(schema: SubgraphSchema, field: Field) -> str | None:
    if node_type(schema, field.type) is not None and not is_list(field.type):
        page_info = fields_at(schema, named_type(field.type), "pageInfo.hasPreviousPage")
        if "last" not in field.arguments or page_info is not None:
            return None
        return 'it takes "last", but nothing tells whether rows come before. Give its pageInfo { hasPreviousPage }.'
    return (
        "its type lacks what pages are made of. Give it edges { cursor node } and pageInfo { hasNextPage }, "
        "or choose another rule."
    )


def _union_problem(schema: SubgraphSchema, type_ref: TypeRef) -> str | None:
    if not is_list(type_ref):
        return _NO_LIST
    name = named_type(type_ref)
    if kind_of(schema, name) not in _COMPOSITE:
        return None
    inner = type_ref.item if isinstance(type_ref, NonNull) else type_ref
    item = inner.item if isinstance(inner, ListOf) else inner
    if is_list(item):
        return "it is a list of lists, whose objects are not compared. Choose CONCAT."
    without = [possible for possible in schema.possible_types(name) if not _has_key(schema, possible)]
    if not without:
        return None
    return f'"{without[0]}" has no @key, so that equal items are not to be told. Give it one, or choose CONCAT.'


def _has_key(schema: SubgraphSchema, type_name: str) -> bool:
    return any(key.flag("resolvable", default=True) for key in schema.types[type_name].applied("key"))


def _by_problem(schema: SubgraphSchema, rule: MergeRule, fields: tuple[Field, ...]) -> str | None:
    for field in fields:
        required = [a.name for a in field.arguments.values() if is_non_null(a.type) and a.default is None]
        if required:
            return f'but "{field.name}" requires the argument "{required[0]}". Name a field without one.'
    type_ref = fields[-1].type
    name = named_type(type_ref)
    if not is_leaf(schema, type_ref) or name == "Boolean":
        return f'whose type "{type_ref}" has no order. Name a field with a single value.'
    is_time = kind_of(schema, name) is Kind.SCALAR and name not in BUILT_IN_SCALARS | NUMBER_TYPES
    if rule is MergeRule.LATEST and not is_time:
        return f'whose type "{type_ref}" is no time. Name a field of type DateTime, Date or another scalar of times.'
    return None
