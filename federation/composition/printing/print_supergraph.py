"""Printing the supergraph in join v0.5 and link v1.0.

The output depends on nothing but the merged schema: types, directives and links are sorted, fields keep their order.
Source: https://specs.apollo.dev/join/v0.5
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from federation.composition.merge.cache_tags import CACHE_TAG_PREFIX
from federation.composition.merge.merged import (
    MergedDirective,
    MergedElement,
    MergedField,
    MergedSchema,
)
from federation.composition.merge.partitions import PARTITION_DEFINITIONS, PARTITION_TYPES
from federation.composition.printing.definitions import JOIN_DIRECTIVES, JOIN_TYPES, LINK_TYPES
from federation.composition.printing.print_type import Decorate, print_directive, print_directive_definition, print_type
from federation.composition.report import quoted_string
from federation.composition.specifications import DIRECTIVES, SPECS

_ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}


def print_supergraph(merged: MergedSchema, urls: Mapping[str, str]) -> str:
    """Write the supergraph; `urls` are the routing URLs by subgraph name."""
    decorate = _supergraph_decoration(merged)
    used = _used_features(merged)
    parts = [
        _schema(merged, used),
        *_directive_definitions(merged, used),
        JOIN_TYPES.strip(),
        _graph_enum(merged, urls),
        LINK_TYPES.strip(),
        *([PARTITION_TYPES.strip()] if merged.partition_lines else []),
        *(print_type(definition, decorate, lambda _: True) for _, definition in sorted(merged.types.items())),
    ]
    return "\n\n".join(parts) + "\n"


def _used_features(merged: MergedSchema) -> list[str]:
    """Give the names of the features' directives that the supergraph contains."""
    names = {directive.name for directive in _all_directives(merged)} & set(DIRECTIVES)
    elements = (e for definition in merged.types.values() for e in (definition, *definition.fields.values()))
    if any(join.startswith(CACHE_TAG_PREFIX) for element in elements for join in element.joins):
        names.add("cacheTag")
    return sorted(names)


def _all_directives(merged: MergedSchema) -> Iterator[MergedDirective]:
    yield from merged.schema_directives
    for directive_definition in merged.directive_definitions.values():
        for argument in directive_definition.arguments.values():
            yield from argument.directives
    for definition in merged.types.values():
        yield from definition.directives
        for element in (*definition.fields.values(), *definition.inputs.values(), *definition.values.values()):
            yield from element.directives
            if isinstance(element, MergedField):
                for argument in element.arguments.values():
                    yield from argument.directives


def _schema(merged: MergedSchema, used: Iterable[str]) -> str:
    links = [
        f'@link(url: "{SPECS}/link/v1.0")',
        f'@link(url: "{SPECS}/join/v0.5", for: EXECUTION)',
        *_feature_links(merged, used),
        *merged.custom_links,
        *merged.partition_lines,
        *(print_directive(directive, merged.feature_names) for directive in merged.schema_directives),
    ]
    roots = [f"  {operation}: {name}" for operation, name in _ROOTS.items() if name in merged.types]
    return "\n".join(["schema", *(f"  {link}" for link in links), "{", *roots, "}"])


def _feature_links(merged: MergedSchema, used: Iterable[str]) -> Iterator[str]:
    by_feature: dict[str, list[str]] = {}
    for name in used:
        by_feature.setdefault(DIRECTIVES[name].feature or name, []).append(name)
    for feature, names in sorted(by_feature.items()):
        spec = DIRECTIVES[names[0]]
        arguments = [f'url: "{SPECS}/{feature}/{spec.version}"']
        imports = [_import(name, merged.feature_names.get(name, name)) for name in names]
        imports = [text for text in imports if text != f'"@{feature}"']
        if imports:
            arguments.append(f"import: [{', '.join(imports)}]")
        if spec.purpose:
            arguments.append(f"for: {spec.purpose}")
        yield f"@link({', '.join(arguments)})"


def _import(name: str, local: str) -> str:
    return f'"@{name}"' if local == name else f'{{name: "@{name}", as: "@{local}"}}'


def _directive_definitions(merged: MergedSchema, used: Iterable[str]) -> list[str]:
    types = {"Scope": "requiresScopes__Scope", "Policy": "policy__Policy"}
    lines = [f"directive {text}" for text in JOIN_DIRECTIVES]
    lines += [
        DIRECTIVES[name].definition(merged.feature_names.get(name, name), types) for name in used if name != "cacheTag"
    ]
    if any(directive.name == "oneOf" for directive in _all_directives(merged)):
        lines.append("directive @oneOf on INPUT_OBJECT")  # older tools do not know it by themselves
    if "context" in used:
        lines.append("directive @context__fromContext(field: context__ContextFieldValue) on ARGUMENT_DEFINITION")
    decorate = _supergraph_decoration(merged)
    lines += [
        print_directive_definition(definition, decorate, lambda _: True)
        for definition in merged.directive_definitions.values()
    ]
    lines += [f"directive {text}" for text in PARTITION_DEFINITIONS if merged.partition_lines]
    needed = {
        "context": "scalar context__ContextFieldValue",
        "requiresScopes": "scalar requiresScopes__Scope",
        "policy": "scalar policy__Policy",
    }
    return sorted(lines) + [needed[name] for name in used if name in needed]


def _graph_enum(merged: MergedSchema, urls: Mapping[str, str]) -> str:
    values = [
        f"  {value} @join__graph(name: {quoted_string(name)}, url: {quoted_string(urls[name])})"
        for name, value in sorted(merged.graphs.items(), key=lambda item: item[1])
    ]
    return "\n".join(["enum join__Graph {", *values, "}"])


def _supergraph_decoration(merged: MergedSchema) -> Decorate:
    def decorate(element: MergedElement) -> list[str]:
        return [*element.joins, *[print_directive(directive, merged.feature_names) for directive in element.directives]]

    return decorate
