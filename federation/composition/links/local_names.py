"""What a subgraph calls the directives and types of the features it links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from federation.composition.schema import LinkedFeature
from federation.composition.specifications import (
    DIRECTIVES,
    FEDERATION_1_DIRECTIVES,
    FEDERATION_IDENTITY,
    FEDERATION_TYPES,
    PARTITION_ENUMS,
    PARTITION_IDENTITY,
    STANDING_ALONE,
    DirectiveSpecification,
    partition_directives,
)

FEDERATION_2_0 = (2, 0)


def local_directives(
    features: Iterable[LinkedFeature], version: tuple[int, int] | None
) -> tuple[dict[str, str], dict[str, DirectiveSpecification]]:
    """Give, by the subgraph's name of each directive, the specification's name, and of federation's own its form."""
    forms = {} if version is not None else dict(_federation_1())
    names = {local: spec.name for local, spec in forms.items()}
    for feature in features:
        if feature.identity == PARTITION_IDENTITY:
            names |= {feature.local_directive(name): name for name in partition_directives(feature.version)}
            continue
        linked = {feature.local_directive(spec.name): spec for spec in _directives_of(feature)}
        forms |= linked
        names |= {local: spec.name for local, spec in linked.items()}
    return names, forms


def local_types(features: Iterable[LinkedFeature], version: tuple[int, int] | None) -> dict[str, str]:
    """Give, by the subgraph's name of each type of the specifications, its name there."""
    # Federation 1 had the first name; upgraded subgraphs have the second, so a subgraph's own type cannot.
    names = {} if version is not None else {"_FieldSet": "FieldSet", "federation__FieldSet": "FieldSet"}
    for feature in features:
        if feature.identity == FEDERATION_IDENTITY:
            names |= {feature.local_type(name): name for name in FEDERATION_TYPES}
        elif feature.identity == PARTITION_IDENTITY:
            names |= {feature.local_type(name): name for name in PARTITION_ENUMS}
    return names


def _federation_1() -> Iterator[tuple[str, DirectiveSpecification]]:
    for name in FEDERATION_1_DIRECTIVES:
        form = DIRECTIVES[name].at(FEDERATION_2_0)
        if form is not None:
            yield name, form


def _directives_of(feature: LinkedFeature) -> Iterator[DirectiveSpecification]:
    """A version of a known specification that does not exist has no directives."""
    if feature.identity != FEDERATION_IDENTITY:
        yield from STANDING_ALONE.get((feature.identity, feature.version), ())
        return
    for spec in DIRECTIVES.values():
        form = spec.at(feature.version)
        if form is not None:
            yield form
