"""Printing the merged schema as a supergraph SDL (join v0.5, link v1.0) and as an API schema SDL.

The output depends on nothing but the merged schema: types, directives and links are sorted, fields keep their order.
Source: https://specs.apollo.dev/join/v0.5
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from graphql import print_ast
from graphql.language.block_string import print_block_string

from federation.composition.merge.cache_tags import CACHE_TAG_PREFIX
from federation.composition.merge.merged import (
    MergedDirective,
    MergedElement,
    MergedField,
    MergedInput,
    MergedSchema,
    MergedType,
)
from federation.composition.merge.partitions import PARTITION_DEFINITIONS, PARTITION_TYPES
from federation.composition.report import quoted_string
from federation.composition.schema import Kind
from federation.composition.specifications import DIRECTIVES, SPECS

_ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
_JOIN_DIRECTIVES = (
    "@join__directive(graphs: [join__Graph!], name: String!, args: join__DirectiveArguments)"
    " repeatable on SCHEMA | OBJECT | INTERFACE | FIELD_DEFINITION",
    "@join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE",
    "@join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String,"
    " external: Boolean, override: String, usedOverridden: Boolean, overrideLabel: String,"
    " contextArguments: [join__ContextArgument!]) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION",
    "@join__graph(name: String!, url: String!) on ENUM_VALUE",
    "@join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE",
    "@join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true,"
    " isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR",
    "@join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION",
    "@link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA",
)
_JOIN_TYPES = """
input join__ContextArgument {
  name: String!
  type: String!
  context: String!
  selection: join__FieldValue!
}

scalar join__DirectiveArguments

scalar join__FieldSet

scalar join__FieldValue
"""
_LINK_TYPES = '''
scalar link__Import

enum link__Purpose {
  """`SECURITY` features are needed to resolve fields securely."""
  SECURITY

  """`EXECUTION` features are needed to execute operations."""
  EXECUTION
}
'''

_Keep = Callable[[MergedElement], bool]
_Decorate = Callable[[MergedElement], list[str]]


def print_supergraph(merged: MergedSchema, urls: Mapping[str, str]) -> str:
    """Write the supergraph; `urls` are the routing URLs by subgraph name."""
    decorate = _supergraph_decoration(merged)
    used = _used_features(merged)
    parts = [
        _schema(merged, used),
        *_directive_definitions(merged, used),
        _JOIN_TYPES.strip(),
        _graph_enum(merged, urls),
        _LINK_TYPES.strip(),
        *([PARTITION_TYPES.strip()] if merged.partition_lines else []),
        *(_type(definition, decorate, lambda _: True) for _, definition in sorted(merged.types.items())),
    ]
    return "\n\n".join(parts) + "\n"


def _used_features(merged: MergedSchema) -> list[str]:
    """Give the names of the features' directives that the supergraph contains."""
    names = {directive.name for directive in _all_directives(merged)} & set(DIRECTIVES)
    elements = (e for definition in merged.types.values() for e in (definition, *definition.fields.values()))
    if any(join.startswith(CACHE_TAG_PREFIX) for element in elements for join in element.joins):
        names.add("cacheTag")
    return sorted(names)


def print_api_schema(merged: MergedSchema) -> str:
    """Write what clients see: nothing inaccessible, none of federation's own directives and types."""

    def is_visible(element: MergedElement) -> bool:
        return not element.is_inaccessible

    definitions = [
        print_ast(definition)
        for _, definition in sorted(merged.directive_definitions.items())
        if any(location.value in _EXECUTABLE for location in definition.locations)
    ]
    visible = {name for name, definition in merged.types.items() if is_visible(definition)}
    types = [
        _type(_without(definition, visible), _api_decoration, is_visible)
        for name, definition in sorted(merged.types.items())
        if name in visible
    ]
    return "\n\n".join([*definitions, *types]) + "\n"


_EXECUTABLE = frozenset({"QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"})


def _without(definition: MergedType, visible: set[str]) -> MergedType:
    """Leave out interfaces and members that the API does not have."""
    return replace(
        definition,
        interfaces=tuple(name for name in definition.interfaces if name in visible),
        members=tuple(name for name in definition.members if name in visible),
    )


def _all_directives(merged: MergedSchema) -> Iterator[MergedDirective]:
    yield from merged.schema_directives
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
    lines = [f"directive {text}" for text in _JOIN_DIRECTIVES]
    lines += [
        DIRECTIVES[name].definition(merged.feature_names.get(name, name), types) for name in used if name != "cacheTag"
    ]
    if "context" in used:
        lines.append("directive @context__fromContext(field: context__ContextFieldValue) on ARGUMENT_DEFINITION")
    lines += [print_ast(definition) for definition in merged.directive_definitions.values()]
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


def _supergraph_decoration(merged: MergedSchema) -> _Decorate:
    def decorate(element: MergedElement) -> list[str]:
        return [*element.joins, *(print_directive(directive, merged.feature_names) for directive in element.directives)]

    return decorate


def _api_decoration(element: MergedElement) -> list[str]:
    kept = ("deprecated", "specifiedBy", "oneOf")
    return [print_directive(directive, {}) for directive in element.directives if directive.name in kept]


def print_directive(directive: MergedDirective, names: Mapping[str, str]) -> str:
    """Write an application; `names` has the features' directives that are called otherwise here."""
    listed = ", ".join(f"{name}: {value}" for name, value in directive.arguments)
    name = f"@{names.get(directive.name, directive.name).removeprefix('@')}"
    return f"{name}({listed})" if listed else name


def _type(definition: MergedType, decorate: _Decorate, keep: _Keep) -> str:
    head = f"{_description(definition, '')}{definition.kind.value} {definition.name}"
    if definition.interfaces:
        head += f" implements {' & '.join(definition.interfaces)}"
    decoration = "".join(f"\n  {text}" for text in decorate(definition))
    match definition.kind:
        case Kind.SCALAR:
            return head + decoration
        case Kind.UNION:
            return f"{head}{decoration}{chr(10) if decoration else ' '}= {' | '.join(definition.members)}"
        case Kind.ENUM:
            lines = [_value(value, decorate) for value in definition.values.values() if keep(value)]
        case Kind.INPUT:
            lines = [_input_field(field, decorate) for field in definition.inputs.values() if keep(field)]
        case Kind.OBJECT | Kind.INTERFACE:
            lines = [_field(field, decorate, keep) for field in definition.fields.values() if keep(field)]
    opening = "\n{" if decoration else " {"
    return "\n".join([f"{head}{decoration}{opening}", *lines, "}"])


def _field(field: MergedField, decorate: _Decorate, keep: _Keep) -> str:
    arguments = [argument for argument in field.arguments.values() if keep(argument)]
    if any(argument.description for argument in arguments):
        listed = "\n".join(_described_argument(argument, decorate) for argument in arguments)
        signature = f"(\n{listed}\n  )"
    else:
        signature = f"({', '.join(_input(argument, decorate) for argument in arguments)})" if arguments else ""
    return f"{_description(field, '  ')}  {field.name}{signature}: {' '.join([str(field.type), *decorate(field)])}"


def _described_argument(argument: MergedInput, decorate: _Decorate) -> str:
    return f"{_description(argument, '    ')}    {_input(argument, decorate)}"


def _input_field(field: MergedInput, decorate: _Decorate) -> str:
    return f"{_description(field, '  ')}  {_input(field, decorate)}"


def _input(value: MergedInput, decorate: _Decorate) -> str:
    default = [] if value.default is None else ["=", print_ast(value.default)]
    return " ".join([f"{value.name}: {value.type}", *default, *decorate(value)])


def _value(value: MergedElement, decorate: _Decorate) -> str:
    return f"{_description(value, '  ')}  {' '.join([value.name, *decorate(value)])}"


def _description(element: MergedElement, indent: str) -> str:
    if not element.description:
        return ""
    lines = print_block_string(element.description).split("\n")
    return "\n".join(f"{indent}{line}" if line else line for line in lines) + "\n"
