"""Contexts: a value of a type further up that a subgraph's argument takes from there instead of from the client.

Source: https://specs.apollo.dev/federation/v2.8
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from federation.composition.merge.context import MergeContext
from federation.composition.merge.merged import MergedDirective
from federation.composition.merge.overrides import FieldSource
from federation.composition.report import in_subgraphs, quoted_string
from federation.composition.schema import Field, InputValue, SubgraphSchema, TypeDefinition
from federation.composition.types import is_non_null

_FIELD = re.compile(r"^\s*\$\s*([A-Za-z_]\w*)(.*)$", re.DOTALL)


def split_context_field(text: str) -> tuple[str, str] | None:
    """Split `$name selection` into the context's name and the selection as written; None if there is no name."""
    match = _FIELD.match(text)
    return (match[1], match[2]) if match else None


def context_name(subgraph: SubgraphSchema, name: str) -> str:
    """Give the name that a subgraph's context has in the supergraph."""
    return f"{subgraph.name}__{name}"


def merge_contexts(sources: Sequence[tuple[SubgraphSchema, TypeDefinition]]) -> tuple[MergedDirective, ...]:
    """Give the `@context`s of a type; each subgraph's contexts are its own."""
    return tuple(
        MergedDirective("context", (("name", quoted_string(context_name(subgraph, applied.text("name") or ""))),))
        for subgraph, definition in sources
        for applied in definition.applied("context")
    )


def context_arguments(subgraph: SubgraphSchema, field: Field) -> Iterator[str]:
    """Give the `contextArguments` of a `@join__field`, if the field has any."""
    entries = [entry for argument in field.arguments.values() if (entry := _entry(subgraph, argument)) is not None]
    if entries:
        yield f"contextArguments: [{', '.join(entries)}]"


def _entry(subgraph: SubgraphSchema, argument: InputValue) -> str | None:
    for applied in argument.applied("fromContext"):
        found = split_context_field(applied.text("field") or "")
        if found is not None:
            name, selection = found
            context = quoted_string(context_name(subgraph, name))
            return (
                f"{{context: {context}, name: {quoted_string(argument.name)}, "
                f"type: {quoted_string(str(argument.type))}, selection: {quoted_string(selection)}}}"
            )
    return None


def client_arguments(
    context: MergeContext, coordinate: str, sources: Sequence[FieldSource]
) -> list[tuple[SubgraphSchema, Mapping[str, InputValue]]]:
    """Give each subgraph's arguments without those that are contextual anywhere: the API does not have them."""
    contextual = {
        argument.name for _, field in sources for argument in field.arguments.values() if argument.has("fromContext")
    }
    for name in sorted(contextual):
        _check_elsewhere(context, f"{coordinate}({name}:)", name, sources)
    return [
        (subgraph, {name: value for name, value in field.arguments.items() if name not in contextual})
        for subgraph, field in sources
    ]


def _check_elsewhere(context: MergeContext, coordinate: str, name: str, sources: Sequence[FieldSource]) -> None:
    code = "CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS"
    plain = [
        (subgraph, field.arguments[name])
        for subgraph, field in sources
        if name in field.arguments and not field.arguments[name].has("fromContext")
    ]
    required = [(s, value) for s, value in plain if is_non_null(value.type) and value.default is None]
    if required:
        context.report.error(
            code, coordinate,
            f'"{coordinate}" comes from a context in another subgraph but is required in '
            f"{in_subgraphs([s for s, _ in required])}. Take it from a context there, or make it optional.",
            [(s, value.node) for s, value in required],
        )  # fmt: skip
    elif plain:
        context.report.hint(
            code, coordinate,
            f'"{coordinate}" is contextual in some subgraphs, so the API does not have it; '
            f"{in_subgraphs([s for s, _ in plain])} never gets a value.",
            [s for s, _ in plain],
        )  # fmt: skip
