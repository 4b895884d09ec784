"""The rule that a field which several subgraphs resolve is `@shareable` in all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from federation.composition.merge.context import MergeContext
from federation.composition.merge.overrides import FieldSource, Override
from federation.composition.merge.stand_ins import stand_ins
from federation.composition.report import in_subgraphs


def check_sharing(
    context: MergeContext,
    type_name: str,
    is_interface: bool,
    sources: Sequence[FieldSource],
    overrides: Mapping[str, Override],
) -> None:
    """Report INVALID_FIELD_SHARING. A field moving under a labelled override counts once, for its new subgraph.

    `sources` are those that resolve the field somewhere: an external one that a `@provides` names is among them.
    """
    counted = [source for source in sources if source[0].name not in overrides]
    counted += stand_ins(context, type_name, sources[0][1].name, with_provided=True)
    if is_interface:
        counted = [source for source in counted if _is_interface_object(source, type_name)]
    if type_name == "Subscription":
        _check_subscription(context, sources)
    _check_counted(context, type_name, counted)


def check_shared_stand_ins(context: MergeContext, type_name: str, field_name: str) -> None:
    """Report INVALID_FIELD_SHARING for a field that a type has from several interface objects and nothing else."""
    _check_counted(context, type_name, stand_ins(context, type_name, field_name, with_provided=True))


def _check_counted(context: MergeContext, type_name: str, counted: Sequence[FieldSource]) -> None:
    unshared = [source for source in counted if not is_shareable(context, type_name, source)]
    if len(counted) < 2 or not unshared:
        return
    coordinate = f"{type_name}.{counted[0][1].name}"
    some = "all of them" if len(unshared) == len(counted) else in_subgraphs(dict.fromkeys(s for s, _ in unshared))
    resolving = dict.fromkeys(s for s, _ in counted)
    by = in_subgraphs(resolving) if len(resolving) > 1 else f"several interface objects of {in_subgraphs(resolving)}"
    context.report.error(
        "INVALID_FIELD_SHARING",
        coordinate,
        f'"{coordinate}" is resolved by {by} but not @shareable in {some}. '
        "Mark it @shareable in each, or let one subgraph resolve it.",
        [(subgraph, field.node) for subgraph, field in unshared],
    )


def _check_subscription(context: MergeContext, sources: Sequence[FieldSource]) -> None:
    """A stream of events comes from one subgraph, so the mark has no meaning, even on a field that nobody shares."""
    marked = [(subgraph, field.node) for subgraph, field in sources if field.has("shareable")]
    if marked and len(sources) == 1:
        coordinate = f"Subscription.{sources[0][1].name}"
        sentence = f'"{coordinate}" is @shareable, but a subscription comes from one subgraph. Remove @shareable.'
        context.report.error("INVALID_FIELD_SHARING", coordinate, sentence, marked)


def is_shareable(context: MergeContext, type_name: str, source: FieldSource) -> bool:
    """Tell whether others may resolve the field too: by mark, as part of a key, or in Federation 1."""
    subgraph, field = source
    if type_name == "Subscription":
        return False
    return (
        field.has("shareable")
        or field.has("external")
        or subgraph.federation_version is None
        or _is_in_key(context, type_name, source)
    )


def _is_in_key(context: MergeContext, type_name: str, source: FieldSource) -> bool:
    """Tell whether a key selects the field, of the type or of the interface object that stands for it."""
    subgraph, field = source
    names = (type_name, *context.supertypes.get(type_name, ()))
    declaring = [
        name for name in names if name in subgraph.types and subgraph.types[name].fields.get(field.name) is field
    ]
    return any((name, field.name) in context.usage[subgraph.name].keys for name in declaring)


def _is_interface_object(source: FieldSource, type_name: str) -> bool:
    return source[0].types[type_name].is_interface_object
