"""What `@composeDirective` carries into the supergraph: the directive's definition, its applications and its link.

Source: https://specs.apollo.dev/federation/v2.1
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from federation.composition.merge.context import MergeContext
from federation.composition.report import by_value, in_subgraphs
from federation.composition.schema import Applied, DirectiveDefinition, LinkedFeature, SubgraphSchema
from federation.composition.specifications import DIRECTIVES, SPECS

_CODE = "DIRECTIVE_COMPOSITION_ERROR"
_ALWAYS_COMPOSED = ("tag", "inaccessible", "authenticated", "requiresScopes", "policy", "context")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One `@composeDirective`; `original` is the feature's name of the directive, `name` the subgraph's, with `@`."""

    subgraph: SubgraphSchema
    applied: Applied
    feature: LinkedFeature
    original: str
    name: str


@dataclass(frozen=True, slots=True)
class Composed:
    """A directive that is carried, with the newest feature that has it.

    Attributes:
        subgraphs: those that ask for it.
        defining: the one whose definition is taken.
    """

    name: str
    original: str
    feature: LinkedFeature
    definition: DirectiveDefinition
    subgraphs: tuple[str, ...]
    defining: SubgraphSchema


def read_composed_directives(context: MergeContext) -> tuple[Composed, ...]:
    """Give the directives to carry, sorted by name; what cannot be carried is reported."""
    asked = [found for s in context.subgraphs for a in s.compose_directives if (found := _read(context, s, a))]
    by_name: dict[str, list[_Asked]] = {}
    for item in sorted(asked, key=lambda item: item.name):
        by_name.setdefault(item.name, []).append(item)
    linked = dict.fromkeys(feature.identity for s in context.subgraphs for feature in s.features)
    newest = {identity: _newest(context, identity, asked) for identity in linked}
    _check_originals(context, asked)
    composed = [_compose(context, name, items, newest) for name, items in by_name.items()]
    return tuple(item for item in composed if item is not None)


def _read(context: MergeContext, subgraph: SubgraphSchema, applied: Applied) -> _Asked | None:
    name = applied.text("name") or ""
    bare = name.removeprefix("@")
    specified = subgraph.directive_names.get(bare)
    if specified in _ALWAYS_COMPOSED:
        text = f'"{name}" of subgraph "{subgraph.name}" is in the supergraph anyway; @composeDirective can be removed.'
        context.report.hint("DIRECTIVE_COMPOSITION_INFO", name, text, [subgraph])
        return None
    feature = next(iter(_features(subgraph, name)), None)
    problem: str | None = None
    if not name.startswith("@"):
        problem = f'Argument "{name}" of @composeDirective must be a directive\'s name with a leading "@".'
    elif specified in DIRECTIVES:
        problem = f'@composeDirective names "{name}", which is federation\'s own. Remove it.'
    elif bare not in subgraph.directive_definitions:
        problem = f'@composeDirective names "{name}", which subgraph "{subgraph.name}" does not define. Define it.'
    elif feature is None or feature[0].identity.startswith(f"{SPECS}/"):
        problem = f'Directive "{name}" is not imported by a @link in subgraph "{subgraph.name}". Link its feature.'
    elif (taken := _taken(context, bare)) is not None:
        problem = f'"{name}" is what {in_subgraphs([taken])} calls a directive of federation. Rename one of the two.'
    if problem is None and feature is not None:
        return _Asked(subgraph, applied, *feature, name)
    context.report.error(_CODE, name, problem or "", [(subgraph, applied.node)])
    return None


def _features(subgraph: SubgraphSchema, name: str) -> Iterator[tuple[LinkedFeature, str]]:
    """Give the feature that brings a directive, by import or by its namespace, and the directive's name there."""
    for feature in subgraph.features:
        for original, local in feature.imports.items():
            if local == name:
                yield feature, original
        namespace, _, rest = name.removeprefix("@").partition("__")
        if namespace == feature.namespace and f"@{rest or feature.name}" not in feature.imports:
            yield feature, f"@{rest or feature.name}"


def _taken(context: MergeContext, bare: str) -> SubgraphSchema | None:
    """Give a subgraph that has one of the directives that are always carried under this name."""
    return next((s for s in context.subgraphs if s.directive_names.get(bare) in ("tag", "inaccessible")), None)


def _newest(context: MergeContext, identity: str, asked: Sequence[_Asked]) -> LinkedFeature | None:
    """Give the highest version of a feature among those that carry it; None if nobody does, or by different majors."""
    carrying = [item for item in asked if item.feature.identity == identity]
    majors = {item.feature.version[0] for item in carrying}
    linked = [(s, feature) for s in context.subgraphs for feature in s.features if feature.identity == identity]
    places = [(subgraph, feature.node) for subgraph, feature in linked]
    if len(majors) > 1:
        context.report.error(
            _CODE, identity,
            f'Feature "{identity}" is composed from different major versions. Link one major version everywhere.',
            places,
        )  # fmt: skip
        return None
    if len({feature.version[0] for _, feature in linked}) > 1:
        context.report.hint(
            "DIRECTIVE_COMPOSITION_INFO", identity,
            f'Feature "{identity}" is linked in different major versions: '
            f"{by_value((s, feature.url) for s, feature in linked)}. Only one of them can be composed.",
            [subgraph for subgraph, _ in linked],
        )  # fmt: skip
    return max((item.feature for item in carrying), key=lambda feature: feature.version, default=None)


def _check_originals(context: MergeContext, asked: Sequence[_Asked]) -> None:
    """A directive keeps one name: all that carry it agree, and the others are told in time."""
    by_original: dict[str, list[_Asked]] = {}
    for item in asked:
        by_original.setdefault(item.original, []).append(item)
    for original, items in by_original.items():
        names = {item.name for item in items}
        if len(names) > 1:
            context.report.error(
                _CODE, original,
                f'"{original}" is composed as {by_value((i.subgraph, i.name) for i in items)}. Use one name.',
                [(item.subgraph, item.applied.node) for item in items],
            )  # fmt: skip
        carrying = {item.subgraph.name for item in items}
        others = [s for s in context.subgraphs if s.name not in carrying and _has_other_name(s, items[0])]
        if others:
            context.report.hint(
                "DIRECTIVE_COMPOSITION_WARN", original,
                f'"{original}" has another name in {in_subgraphs(others)}, which does not compose it. '
                f'Name it "{items[0].name}" there before it is composed.',
                others,
            )  # fmt: skip


def _has_other_name(subgraph: SubgraphSchema, item: _Asked) -> bool:
    return any(
        feature.identity == item.feature.identity and feature.imports.get(item.original, item.name) != item.name
        for feature in subgraph.features
    )


def _compose(
    context: MergeContext, name: str, items: Sequence[_Asked], newest: Mapping[str, LinkedFeature | None]
) -> Composed | None:
    places = [(item.subgraph, item.applied.node) for item in items]
    if len({(item.original, item.feature.identity) for item in items}) > 1:
        sentence = f'"{name}" is not the same directive of the same feature in {in_subgraphs(s for s, _ in places)}.'
        context.report.error(_CODE, name, f"{sentence} Rename one of them.", places)
        return None
    feature = newest[items[0].feature.identity]
    if feature is None:
        return None
    found = _definition(context, feature, items[0].original)
    if found is None:
        sentence = f'No subgraph that links "{feature.url}" defines "{name}". Define it in one of them.'
        context.report.error(_CODE, name, sentence, places)
        return None
    defining, definition = found
    return Composed(name, items[0].original, feature, definition, tuple(item.subgraph.name for item in items), defining)


def _definition(
    context: MergeContext, newest: LinkedFeature, original: str
) -> tuple[SubgraphSchema, DirectiveDefinition] | None:
    """Any subgraph that links the newest version may define the directive, whether it composes it or not."""
    for subgraph in reversed(context.subgraphs):
        for feature in subgraph.features:
            if (feature.identity, feature.version) == (newest.identity, newest.version):
                name = feature.local_directive(original.removeprefix("@"))
                if name in subgraph.directive_definitions:
                    return subgraph, subgraph.directive_definitions[name]
    return None
