"""Merging the directives that reach the supergraph: by union, or by the rule that a directive's specification gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from graphql import DEFAULT_DEPRECATION_REASON, BooleanValueNode, StringValueNode, ValueNode

from federation.composition.merge.context import MergeContext
from federation.composition.merge.merged import MergedDirective
from federation.composition.merge.requirements import conjoin_alternatives
from federation.composition.schema import Applied, Directed, SubgraphSchema
from federation.composition.specifications import DIRECTIVES
from federation.composition.validate.literals import literal_value


@dataclass(frozen=True, slots=True)
class ComposedNames:
    """The custom directives (with `@`) that are kept.

    Attributes:
        asked: by subgraph, those that it asks to keep.
        repeatable: those that are repeatable in the supergraph.
    """

    asked: frozenset[tuple[str, str]] = frozenset()
    repeatable: frozenset[str] = frozenset()


Sources = Sequence[tuple[SubgraphSchema, Directed]]
_Arguments = tuple[tuple[str, str], ...]
_Values = list[_Arguments]
_Meaning = frozenset[tuple[str, object]]
_ORDER = ("inaccessible", "tag", "authenticated", "requiresScopes", "policy", "cost", "listSize", "context")
_DEFAULTS: Mapping[str, Mapping[str, ValueNode]] = MappingProxyType(
    {
        "deprecated": {"reason": StringValueNode(value=DEFAULT_DEPRECATION_REASON)},
        "listSize": {"requireOneSlicingArgument": BooleanValueNode(value=True)},
    }
)
_ALWAYS_KEPT = frozenset({"deprecated", "specifiedBy", "oneOf"})


def merge_directives(
    context: MergeContext, coordinate: str, sources: Sources, composed: ComposedNames
) -> tuple[MergedDirective, ...]:
    """Give the directives of the merged element. `composed` names the custom directives that are kept."""
    if coordinate not in context.inherited_access and not any(source.directives for _, source in sources):
        return ()
    applications = [
        (subgraph, applied)
        for subgraph, source in (*sources, *context.inherited_access.get(coordinate, ()))
        for applied in source.directives
    ]
    # Where one subgraph asks to keep a custom directive, what the others say of it counts too.
    kept = {applied.name for subgraph, applied in applications if _reaches_supergraph(subgraph, applied.name, composed)}
    found: dict[str, list[tuple[SubgraphSchema, Applied]]] = {}
    for subgraph, applied in applications:
        if applied.name in kept:
            found.setdefault(applied.name, []).append((subgraph, applied))
    merged: list[MergedDirective] = []
    for name in sorted(found, key=_rank):
        is_repeatable = DIRECTIVES[name].is_repeatable if name in DIRECTIVES else name in composed.repeatable
        merged.extend(_merge_applications(context, coordinate, found[name], is_repeatable=is_repeatable))
    return tuple(merged)


def _reaches_supergraph(subgraph: SubgraphSchema, name: str, composed: ComposedNames) -> bool:
    if name in DIRECTIVES:
        return DIRECTIVES[name].feature is not None and name not in ("context", "cacheTag")
    return name in _ALWAYS_KEPT or (subgraph.name, name) in composed.asked


def _rank(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def _merge_applications(
    context: MergeContext,
    coordinate: str,
    applications: list[tuple[SubgraphSchema, Applied]],
    *,
    is_repeatable: bool,
) -> Iterable[MergedDirective]:
    name = applications[0][1].name
    first = applications[0][1].printed_arguments()
    if all(applied.printed_arguments() == first for _, applied in applications[1:]):
        return [MergedDirective(name, first)]
    distinct: dict[_Meaning, _Arguments] = {}
    for subgraph, applied in applications:
        distinct.setdefault(_meaning(subgraph, applied), applied.printed_arguments())
    values: _Values = list(dict.fromkeys(distinct.values()))
    if len(values) == 1:
        return [MergedDirective(name, values[0])]
    if is_repeatable:
        return [MergedDirective(name, arguments) for arguments in values]
    if name in _STRATEGIES:
        merged = MergedDirective(name, _STRATEGIES[name](values))
        _hint_merged(context, coordinate, applications, merged)
        return [merged]
    return [_most_frequent(context, coordinate, applications)]


def _meaning(subgraph: SubgraphSchema, applied: Applied) -> _Meaning:
    """Give what an application says, by the defaults that the subgraph defines: equal ones say the same."""
    definition = subgraph.directive_definitions.get(applied.name.removeprefix("@"))
    given = dict(_DEFAULTS.get(applied.name, {}))
    for argument in definition.arguments.values() if definition is not None else ():
        if argument.default is not None:
            given[argument.name] = argument.default
    given |= applied.arguments
    return frozenset((name, literal_value(value)) for name, value in given.items())


def _hint_merged(
    context: MergeContext,
    coordinate: str,
    applications: list[tuple[SubgraphSchema, Applied]],
    merged: MergedDirective,
) -> None:
    listed = ", ".join(f"{name}: {value}" for name, value in merged.arguments)
    context.report.hint(
        "MERGED_NON_REPEATABLE_DIRECTIVE_ARGUMENTS",
        coordinate,
        f'Directive "@{merged.name}" has different arguments on "{coordinate}"; they were merged to ({listed}).',
        [subgraph for subgraph, _ in applications],
    )


def _most_frequent(
    context: MergeContext, coordinate: str, applications: list[tuple[SubgraphSchema, Applied]]
) -> MergedDirective:
    counts = Counter(_meaning(subgraph, applied) for subgraph, applied in applications)
    chosen = counts.most_common(1)[0][0]
    arguments = next(a.printed_arguments() for s, a in applications if _meaning(s, a) == chosen)
    name = applications[0][1].name
    context.report.hint(
        "INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS",
        coordinate,
        f'Directive "@{name.removeprefix("@")}" has different arguments on "{coordinate}"; '
        "the most frequent ones are used. Give it the same arguments everywhere.",
        [subgraph for subgraph, _ in applications],
    )
    return MergedDirective(name, arguments)


def _merge_cost(values: _Values) -> tuple[tuple[str, str], ...]:
    return (("weight", str(max(int(dict(arguments)["weight"]) for arguments in values))),)


def _merge_list_size(values: _Values) -> tuple[tuple[str, str], ...]:
    given = [dict(arguments) for arguments in values]
    merged: dict[str, str] = {}
    sizes = [int(arguments["assumedSize"]) for arguments in given if arguments.get("assumedSize", "null") != "null"]
    if sizes:
        merged["assumedSize"] = str(max(sizes))
    for name in ("slicingArguments", "sizedFields"):
        lists = [arguments[name] for arguments in given if arguments.get(name, "null") != "null"]
        if lists:
            items = dict.fromkeys(item for text in lists for item in text.strip("[]").split(", ") if item)
            merged[name] = f"[{', '.join(items)}]"
    demanded = [arguments.get("requireOneSlicingArgument", "true") for arguments in given]
    if any(value != "null" for value in demanded):
        merged["requireOneSlicingArgument"] = "false" if "false" in demanded else "true"
    return tuple(sorted(merged.items()))


def _merge_requirements(values: _Values) -> tuple[tuple[str, str], ...]:
    argument = values[0][0][0]
    return ((argument, conjoin_alternatives([dict(arguments)[argument] for arguments in values])),)


_STRATEGIES: Mapping[str, Callable[[_Values], tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        "cost": _merge_cost,
        "listSize": _merge_list_size,
        "requiresScopes": _merge_requirements,
        "policy": _merge_requirements,
    }
)
