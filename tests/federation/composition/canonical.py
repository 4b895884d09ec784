"""Supergraphs as comparable values: the same content gives the same value, whatever its order and join version."""

from __future__ import annotations

import re

from graphql import DirectiveDefinitionNode, SchemaDefinitionNode, StringValueNode, parse, print_ast
from graphql.language.print_string import print_string

# Printed in every supergraph, in the words of each tool.
_MACHINERY = ("join__", "link__", "context__", "federation__", "requiresScopes__", "policy__", "core__")


def canonical(sdl: str) -> dict[str, tuple[object, ...]]:
    """Give each definition by kind and name."""
    return {
        _key(node): _value(node)
        for node in parse(sdl, no_location=True).definitions
        if not _is_machinery(getattr(node, "name", None) and node.name.value) and not _is_unused(node, sdl)
    }


def _is_unused(node, sdl: str) -> bool:
    """The reference defines all directives of a feature if one is used; of cost's two, one may stand for nothing."""
    return isinstance(node, DirectiveDefinitionNode) and (
        node.name.value in ("cost", "listSize", "cost__listSize") and sdl.count(f"@{node.name.value}(") == 1
    )


def _is_machinery(name: str | None) -> bool:
    return name is not None and (name.startswith(_MACHINERY) or name == "link")


def _key(node) -> str:
    if isinstance(node, SchemaDefinitionNode):
        return "schema"
    prefix = "@" if isinstance(node, DirectiveDefinitionNode) else ""
    return f"{prefix}{node.name.value}"


def _value(node) -> tuple[object, ...]:
    if isinstance(node, DirectiveDefinitionNode):
        locations = sorted(location.value for location in node.locations)
        return (sorted(print_ast(a) for a in node.arguments or ()), node.repeatable, locations)
    if isinstance(node, SchemaDefinitionNode):
        return (
            sorted(_directive(d) for d in node.directives or ()),
            sorted(print_ast(o) for o in node.operation_types),
        )
    return (
        node.kind,
        (node.description.value or None) if node.description else None,
        _directives(node),
        sorted(i.name.value for i in getattr(node, "interfaces", ()) or ()),
        sorted(t.name.value for t in getattr(node, "types", ()) or ()),
        sorted(
            (_member(m) for m in (*(getattr(node, "fields", ()) or ()), *(getattr(node, "values", ()) or ()))), key=str
        ),
    )


def _member(node) -> tuple[object, ...]:
    return (
        node.name.value,
        (node.description.value or None) if node.description else None,
        print_ast(node.type) if getattr(node, "type", None) else None,
        _default(node.default_value) if getattr(node, "default_value", None) else None,
        sorted((_member(a) for a in getattr(node, "arguments", ()) or ()), key=str),
        _directives(node),
    )


def _directives(node) -> list[str]:
    """The reference repeats a composed directive whose definitions have different defaults."""
    return sorted({_directive(d) for d in node.directives or ()})


def _default(value) -> str:
    """The reference writes block strings as others."""
    return (
        print_string(value.value) if isinstance(value, StringValueNode) and value.block else _number(print_ast(value))
    )


def _number(text: str) -> str:
    """The reference writes 1.0 as 1, 1.50 as 1.5, and the id "1" as 1."""
    return re.sub(r"^\"(\d+)\"$|\b(\d+)(?:\.0+|(\.\d*[1-9])0+)\b", r"\1\2\3", text)


def _directive(node) -> str:
    written = (f"{a.name.value}: {print_ast(a.value)}" for a in node.arguments or ())
    arguments = sorted(text for text in written if text != "resolvable: true")  # the default, written or not
    text = f"@{node.name.value}({', '.join(arguments)})"
    return text.replace("/join/v0.3", "/join/v0.5").replace("/join/v0.4", "/join/v0.5")
