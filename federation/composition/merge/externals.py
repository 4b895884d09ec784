"""The rule that an `@external` field is declared as the real one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from federation.composition.merge.context import MergeContext
from federation.composition.merge.merged import MergedField, MergedInput
from federation.composition.merge.overrides import FieldSource
from federation.composition.schema import InputValue
from federation.composition.types import is_covariant
from federation.composition.validate.literals import literal_value


def check_externals(
    context: MergeContext,
    merged: MergedField,
    coordinate: str,
    external: Sequence[FieldSource],
    declaring: Sequence[FieldSource],
) -> None:
    """Report the differences between each external declaration and the merged field.

    Where the real definitions agree on a type, the external one has that type; where they differ, any that fits.
    """
    if not external:
        return
    is_uniform = all(field.type == merged.type for _, field in declaring)
    for source in external:
        subgraph, field = source
        fits = field.type == merged.type or (
            not is_uniform and is_covariant(field.type, merged.type, context.is_subtype)
        )
        if not fits:
            context.report.error(
                "EXTERNAL_TYPE_MISMATCH",
                coordinate,
                f'"{coordinate}" is @external with type "{field.type}" in subgraph "{subgraph.name}", '
                f'but its type is "{merged.type}". Declare that type.',
                [(subgraph, field.node)],
            )
        for argument in merged.arguments.values():
            _check_argument(context, coordinate, source, argument)


def _check_argument(context: MergeContext, coordinate: str, source: FieldSource, merged: MergedInput) -> None:
    subgraph, field = source
    where = f"{coordinate}({merged.name}:)"
    for code, problem in _argument_problems(context, field.arguments.get(merged.name), merged):
        context.report.error(
            code,
            where,
            f'@external "{coordinate}" of subgraph "{subgraph.name}" {problem} "{where}" of type "{merged.type}". '
            "Declare it as the subgraph that resolves the field does.",
            [(subgraph, field.node)],
        )


def _argument_problems(
    context: MergeContext, declared: InputValue | None, merged: MergedInput
) -> Iterator[tuple[str, str]]:
    if declared is None:
        yield "EXTERNAL_ARGUMENT_MISSING", "lacks the argument"
        return
    if not is_covariant(merged.type, declared.type, context.is_subtype):
        yield "EXTERNAL_ARGUMENT_TYPE_MISMATCH", f'has the type "{declared.type}" for the argument'
    if _default(declared) != _default(merged):
        yield "EXTERNAL_ARGUMENT_DEFAULT_MISMATCH", "has another default for the argument"


def _default(value: InputValue | MergedInput) -> object:
    return None if value.default is None else literal_value(value.default)
