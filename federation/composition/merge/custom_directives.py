"""Custom directives: executable ones that all subgraphs share, and those that `@composeDirective` carries along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphql import DirectiveDefinitionNode, InputValueDefinitionNode, NameNode, parse_type

from federation.composition.merge.composed_directives import Composed, read_composed_directives
from federation.composition.merge.context import MergeContext
from federation.composition.merge.directives import ComposedNames
from federation.composition.merge.inputs import ARGUMENT, merge_inputs
from federation.composition.merge.merged import MergedInput
from federation.composition.read_subgraph import read_argument
from federation.composition.report import in_subgraphs
from federation.composition.schema import InputValue, SubgraphSchema
from federation.composition.specifications import BUILT_IN_DIRECTIVES

EXECUTABLE_LOCATIONS = (
    "QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT",
    "VARIABLE_DEFINITION",
)  # fmt: skip

DefinitionSource = tuple[SubgraphSchema, DirectiveDefinitionNode]


@dataclass(frozen=True, slots=True)
class CustomDirectives:
    """Definitions to print, what of which subgraph is kept, and links of the features."""

    definitions: Mapping[str, DirectiveDefinitionNode]
    composed: ComposedNames
    links: tuple[str, ...]


def merge_custom_directives(context: MergeContext) -> CustomDirectives:
    """Give what the supergraph has of the subgraphs' own directives."""
    composed = read_composed_directives(context)
    for item in composed:
        _check_applications(context, item)
    definitions = {item.name.removeprefix("@"): item.definition for item in composed}
    executable = {
        node.name.value: node for node in _executable_definitions(context) if node.name.value not in definitions
    }
    return CustomDirectives(
        definitions | executable,
        frozenset((subgraph, item.name) for item in composed for subgraph in item.subgraphs),
        tuple(_links(composed)),
    )


def _check_applications(context: MergeContext, composed: Composed) -> None:
    """The definition comes from one subgraph; what the others wrote must fit it."""
    known = {argument.name.value for argument in composed.definition.arguments or ()}
    for subgraph in context.subgraphs:
        for applied in (a for element in subgraph.elements() for a in element.applied(composed.name)):
            unknown = [name for name in applied.arguments if name not in known]
            if unknown:
                context.report.error(
                    "DIRECTIVE_COMPOSITION_ERROR", composed.name,
                    f'"{composed.name}" has no argument "{unknown[0]}" in the definition of "{composed.feature.url}" '
                    "that is composed. Define it alike everywhere.",
                    [(subgraph, applied.node)],
                )  # fmt: skip


def _links(composed: Sequence[Composed]) -> Iterator[str]:
    by_url: dict[str, list[tuple[str, str]]] = {}
    for item in composed:
        by_url.setdefault(item.feature.url, []).append((item.original, item.name))
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
    return [location.value for location in node.locations if location.value in EXECUTABLE_LOCATIONS]


def _intersect(context: MergeContext, name: str, sources: Sequence[DefinitionSource]) -> DirectiveDefinitionNode | None:
    common = _common_locations(context, name, sources)
    if not common:
        return None
    repeatable = _is_repeatable(context, name, sources)
    first = sources[0][1]
    arguments = merge_inputs(context, f"@{name}({{}}:)", _arguments(sources), ARGUMENT, frozenset())
    return DirectiveDefinitionNode(
        name=first.name,
        description=first.description,
        arguments=tuple(_argument(argument) for argument in arguments.values()),
        repeatable=repeatable,
        locations=tuple(NameNode(value=location) for location in common),
    )


def _common_locations(context: MergeContext, name: str, sources: Sequence[DefinitionSource]) -> list[str]:
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
    elif any(set(found) != set(common) for found in locations):
        context.report.hint(
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS",
            f"@{name}",
            f'Executable directive "@{name}" has different locations; the common ones are kept.',
            subgraphs,
        )
    return common


def _is_repeatable(context: MergeContext, name: str, sources: Sequence[DefinitionSource]) -> bool:
    repeatable = all(node.repeatable for _, node in sources)
    if any(node.repeatable != repeatable for _, node in sources):
        context.report.hint(
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE",
            f"@{name}",
            f'Executable directive "@{name}" is not repeatable everywhere, so it is not in the supergraph.',
            [subgraph for subgraph, _ in sources],
        )
    return repeatable


def _arguments(sources: Sequence[DefinitionSource]) -> list[tuple[SubgraphSchema, Mapping[str, InputValue]]]:
    return [
        (subgraph, {argument.name.value: read_argument(argument) for argument in node.arguments or ()})
        for subgraph, node in sources
    ]


def _argument(argument: MergedInput) -> InputValueDefinitionNode:
    return InputValueDefinitionNode(
        name=NameNode(value=argument.name),
        type=parse_type(str(argument.type)),
        default_value=argument.default,  # type: ignore[arg-type]  # a default is a constant, whatever its node is called
    )
