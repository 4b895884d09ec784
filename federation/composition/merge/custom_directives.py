"""Custom directives: executable ones that all subgraphs share, and those that `@composeDirective` carries along."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from federation.composition.merge.composed_directives import Composed, read_composed_directives
from federation.composition.merge.context import MergeContext
from federation.composition.merge.descriptions import merge_description
from federation.composition.merge.directives import ComposedNames
from federation.composition.merge.inputs import ARGUMENT, merge_inputs
from federation.composition.merge.merged import MergedDirectiveDefinition
from federation.composition.report import in_subgraphs
from federation.composition.schema import DirectiveDefinition, SubgraphSchema
from federation.composition.specifications import BUILT_IN_DIRECTIVES

EXECUTABLE_LOCATIONS = (
    "QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT",
    "VARIABLE_DEFINITION",
)  # fmt: skip


Source = tuple[SubgraphSchema, DirectiveDefinition]


@dataclass(frozen=True, slots=True)
class CustomDirectives:
    """Definitions to print, what of which subgraph is kept, and links of the features."""

    definitions: Mapping[str, MergedDirectiveDefinition]
    composed: ComposedNames
    links: tuple[str, ...]


def merge_custom_directives(context: MergeContext) -> CustomDirectives:
    """Give what the supergraph has of the subgraphs' own directives."""
    composed = read_composed_directives(context)
    for item in composed:
        _check_applications(context, item)
    composed_names = ComposedNames(
        frozenset((subgraph, item.name) for item in composed for subgraph in item.subgraphs),
        frozenset(item.name for item in composed if item.definition.is_repeatable),
    )
    definitions = {
        item.name.removeprefix("@"): _composed_definition(context, item, composed_names) for item in composed
    }
    executable = _executable_definitions(context, definitions, composed_names)
    return CustomDirectives(
        definitions | {definition.name: definition for definition in executable},
        composed_names,
        tuple(_links(composed)),
    )


def _check_applications(context: MergeContext, composed: Composed) -> None:
    """The definition comes from one subgraph; what the others wrote must fit it."""
    definition = composed.definition
    for subgraph in context.subgraphs:
        for applications in (element.applied(composed.name) for element in subgraph.elements()):
            unknown = [
                name for applied in applications for name in applied.arguments if name not in definition.arguments
            ]
            if unknown:
                problem = f'has no argument "{unknown[0]}"'
            elif len(applications) > 1 and not definition.is_repeatable:
                problem = "is not repeatable"
            else:
                continue
            context.report.error(
                "DIRECTIVE_COMPOSITION_ERROR", composed.name,
                f'"{composed.name}" {problem} in the definition of "{composed.feature.url}" that is composed. '
                "Define it alike everywhere.",
                [(subgraph, applied.node) for applied in applications],
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


def _composed_definition(context: MergeContext, composed: Composed, names: ComposedNames) -> MergedDirectiveDefinition:
    definition = composed.definition
    sources = [(composed.defining, definition.arguments)]
    return MergedDirectiveDefinition(
        composed.name.removeprefix("@"),
        definition.description,
        (),
        (),
        merge_inputs(context, f"{composed.name}({{}}:)", sources, ARGUMENT, names),
        definition.is_repeatable,
        definition.locations,
        is_composed=True,
    )


def _executable_definitions(
    context: MergeContext, taken: Container[str], composed: ComposedNames
) -> Iterator[MergedDirectiveDefinition]:
    names = sorted({name for subgraph in context.subgraphs for name in subgraph.directive_definitions})
    for name in names:
        definitions = [subgraph.directive_definitions.get(name) for subgraph in context.subgraphs]
        is_executable = any(_executable_locations(definition) for definition in definitions if definition is not None)
        if is_executable and name not in BUILT_IN_DIRECTIVES and name not in taken:
            merged = _merge_executable(context, name, composed)
            if merged is not None:
                yield merged


def _executable_locations(definition: DirectiveDefinition) -> list[str]:
    return [location for location in definition.locations if location in EXECUTABLE_LOCATIONS]


def _merge_executable(context: MergeContext, name: str, composed: ComposedNames) -> MergedDirectiveDefinition | None:
    """Give the part that all subgraphs understand."""
    sources: list[Source] = []
    common: list[str] = []
    for subgraph in context.subgraphs:
        definition = subgraph.directive_definitions.get(name)
        if definition is None:
            _hint_missing(context, name)
            return None
        own = _executable_locations(definition)
        common = [location for location in common if location in own] if sources else own
        sources.append((subgraph, definition))
        if not common and len(sources) > 1:
            sentence = f'Executable directive "@{name}" is left out: its definitions have no location in common.'
            context.report.hint(
                "NO_EXECUTABLE_DIRECTIVE_INTERSECTION", f"@{name}", sentence, [subgraph for subgraph, _ in sources]
            )
            return None
    repeatable = all(definition.is_repeatable for _, definition in sources)
    _hint_differences(context, name, sources, set(common), repeatable=repeatable)
    arguments = [(subgraph, definition.arguments) for subgraph, definition in sources]
    return MergedDirectiveDefinition(
        name,
        merge_description(context.report, f"@{name}", sources),
        (),
        (),
        merge_inputs(context, f"@{name}({{}}:)", arguments, ARGUMENT, composed),
        repeatable,
        tuple(common),
    )


def _hint_missing(context: MergeContext, name: str) -> None:
    lacking = [subgraph for subgraph in context.subgraphs if name not in subgraph.directive_definitions]
    context.report.hint(
        "INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE",
        f"@{name}",
        f'Executable directive "@{name}" is left out: it is not in {in_subgraphs(lacking)}.',
        lacking,
    )


def _hint_differences(
    context: MergeContext, name: str, sources: Sequence[Source], common: set[str], *, repeatable: bool
) -> None:
    subgraphs = [subgraph for subgraph, _ in sources]
    if any(set(_executable_locations(definition)) != common for _, definition in sources):
        context.report.hint(
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS",
            f"@{name}",
            f'Executable directive "@{name}" has different locations; the common ones are kept.',
            subgraphs,
        )
    if any(definition.is_repeatable != repeatable for _, definition in sources):
        context.report.hint(
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE",
            f"@{name}",
            f'Executable directive "@{name}" is not repeatable everywhere, so it is not in the supergraph.',
            subgraphs,
        )
