"""Custom directives: executable ones that all subgraphs share, and those that `@composeDirective` carries along.

Source: https://specs.apollo.dev/federation/v2.1
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphql import DirectiveDefinitionNode, NameNode, print_ast

from federation.composition.merge.context import MergeContext
from federation.composition.report import in_subgraphs
from federation.composition.schema import Applied, LinkedFeature, SubgraphSchema
from federation.composition.specifications import BUILT_IN_DIRECTIVES, SPECS

_EXECUTABLE = (
    "QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT",
    "VARIABLE_DEFINITION",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CustomDirectives:
    """Definitions to print, names (with `@`) whose applications are merged, and links of their features."""

    definitions: Mapping[str, DirectiveDefinitionNode]
    composed: frozenset[str]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Composed:
    subgraph: SubgraphSchema
    feature: LinkedFeature
    original: str
    definition: DirectiveDefinitionNode


def merge_custom_directives(context: MergeContext) -> CustomDirectives:
    """Give what the supergraph has of the subgraphs' own directives."""
    composed: dict[str, list[_Composed]] = {}
    for subgraph in context.subgraphs:
        for applied in subgraph.compose_directives:
            found = _find_composed(context, subgraph, applied)
            if found is not None:
                composed.setdefault(applied.text("name") or "", []).append(found)
    newest = {name: max(found, key=lambda item: item.feature.version) for name, found in sorted(composed.items())}
    for name, candidates in composed.items():
        _check_majors(context, name, candidates)
    definitions = {name.removeprefix("@"): item.definition for name, item in newest.items()}
    executable = {
        node.name.value: node for node in _executable_definitions(context) if node.name.value not in definitions
    }
    return CustomDirectives(definitions | executable, frozenset(newest), tuple(_links(newest)))


def _find_composed(context: MergeContext, subgraph: SubgraphSchema, applied: Applied) -> _Composed | None:
    name = applied.text("name") or ""
    definition = subgraph.directive_definitions.get(name.removeprefix("@"))
    problem: str | None = None
    if not name.startswith("@"):
        problem = f'Argument "{name}" of @composeDirective must be a directive\'s name with a leading "@".'
    elif definition is None:
        problem = f'@composeDirective names "{name}", which subgraph "{subgraph.name}" does not define. Define it.'
    else:
        for feature in subgraph.features:
            for original, local in feature.imports.items():
                if local == name and not feature.identity.startswith(f"{SPECS}/"):
                    return _Composed(subgraph, feature, original, definition)
        problem = f'Directive "{name}" is not imported by a @link in subgraph "{subgraph.name}". Link its feature.'
    context.report.error("DIRECTIVE_COMPOSITION_ERROR", name, problem, [(subgraph, applied.node)])
    return None


def _check_majors(context: MergeContext, name: str, found: Sequence[_Composed]) -> None:
    if len({(item.feature.identity, item.feature.version[0]) for item in found}) > 1:
        context.report.error(
            "DIRECTIVE_COMPOSITION_ERROR",
            name,
            f'"{name}" is composed from different features or major versions. Link one major version everywhere.',
            [(item.subgraph, item.feature.node) for item in found],
        )


def _links(newest: Mapping[str, _Composed]) -> Iterator[str]:
    by_url: dict[str, list[tuple[str, str]]] = {}
    for name, item in newest.items():
        by_url.setdefault(item.feature.url, []).append((item.original, name))
    for url, imports in sorted(by_url.items()):
        listed = ", ".join(
            f'"{original}"' if original == name else f'{{name: "{original}", as: "{name}"}}'
            for original, name in imports
        )
        yield f'@link(url: "{url}", import: [{listed}])'


def _executable_definitions(context: MergeContext) -> Iterator[DirectiveDefinitionNode]:
    names = sorted({name for subgraph in context.subgraphs for name in subgraph.directive_definitions})
    for name in names:
        having = [(s, s.directive_definitions[name]) for s in context.subgraphs if name in s.directive_definitions]
        executable = [(s, node) for s, node in having if _executable_locations(node)]
        if not executable or name in BUILT_IN_DIRECTIVES:
            continue
        if len(executable) < len(context.subgraphs):
            lacking = [s for s in context.subgraphs if all(s is not other for other, _ in executable)]
            context.report.hint(
                "INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE",
                f"@{name}",
                f'Executable directive "@{name}" is left out: it is not in {in_subgraphs(lacking)}.',
                lacking,
            )
            continue
        merged = _intersect(context, name, executable)
        if merged is not None:
            yield merged


def _executable_locations(node: DirectiveDefinitionNode) -> list[str]:
    return [location.value for location in node.locations if location.value in _EXECUTABLE]


def _intersect(
    context: MergeContext, name: str, sources: Sequence[tuple[SubgraphSchema, DirectiveDefinitionNode]]
) -> DirectiveDefinitionNode | None:
    locations = [_executable_locations(node) for _, node in sources]
    common = [location for location in locations[0] if all(location in others for others in locations)]
    subgraphs = [subgraph for subgraph, _ in sources]
    if not common:
        context.report.hint(
            "NO_EXECUTABLE_DIRECTIVE_INTERSECTION",
            f"@{name}",
            f'Executable directive "@{name}" is left out: its definitions have no location in common.',
            subgraphs,
        )
        return None
    if any(set(found) != set(common) for found in locations):
        context.report.hint(
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS",
            f"@{name}",
            f'Executable directive "@{name}" has different locations; the common ones are kept.',
            subgraphs,
        )
    repeatable = all(node.repeatable for _, node in sources)
    if any(node.repeatable != repeatable for _, node in sources):
        context.report.hint(
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE",
            f"@{name}",
            f'Executable directive "@{name}" is not repeatable everywhere, so it is not in the supergraph.',
            subgraphs,
        )
    first = sources[0][1]
    shared = tuple(
        argument
        for argument in first.arguments or ()
        if all(print_ast(argument) in [print_ast(other) for other in node.arguments or ()] for _, node in sources)
    )
    return DirectiveDefinitionNode(
        name=first.name,
        description=first.description,
        arguments=shared,
        repeatable=repeatable,
        locations=tuple(NameNode(value=location) for location in common),
    )
