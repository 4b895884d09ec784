"""Invents operations that are valid against a schema."""

from __future__ import annotations

from random import Random

from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
)


class OperationMaker:
    """Makes one operation after the other from a seed."""

    def __init__(self, schema: GraphQLSchema, seed: int) -> None:
        self._schema = schema
        self._random = Random(seed)

    def make(self, depth: int = 4) -> str:
        """Give a query; it declares the Boolean variables `$t` (to be true) and `$f` (false) if it uses them."""
        query = self._schema.query_type
        assert query is not None
        roots = self._random.sample(sorted(query.fields), min(len(query.fields), self._random.randint(1, 3)))
        body = " ".join(self._field(query, name, depth) for name in roots)
        declared = [f"${v}: Boolean!" for v in "tf" if f"${v})" in body]
        return f"query{'(' + ', '.join(declared) + ')' if declared else ''} {{ {body} }}"

    def _field(self, parent: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        type_ = get_named_type(parent.fields[name].type)
        inner = "" if is_leaf_type(type_) else f" {{ {self._selections(type_, depth - 1)} }}"
        return f"{name}{self._condition()}{inner}"

    def _condition(self) -> str:
        if self._random.randrange(100) >= 8:
            return ""
        return self._random.choice([" @include(if: $t)", " @include(if: $f)", " @skip(if: $t)", " @skip(if: $f)"])

    def _selections(self, type_: GraphQLNamedType, depth: int) -> str:
        parts = ["__typename"] if self._random.randrange(100) < 25 else []
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            parts += self._fields(type_, depth)
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            possible = sorted(t.name for t in self._schema.get_possible_types(type_))
            for name in self._random.sample(possible, self._random.randint(0, len(possible))):
                member = self._schema.type_map[name]
                parts.append(f"... on {name}{self._condition()} {{ {self._selections(member, depth)} }}")
        return " ".join(parts) or "__typename"

    def _fields(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> list[str]:
        names = sorted(type_.fields)
        able = [n for n in names if depth > 0 or not is_composite_type(get_named_type(type_.fields[n].type))]
        count = self._random.randint(min(1, len(able)), min(4, len(able)))
        return [self._field(type_, name, depth) for name in self._random.sample(able, count)]


class VariedOperationMaker(OperationMaker):
    """Makes operations with aliases that collide with what planners use themselves, and with named fragments.

    Many are invalid, since aliases are in conflict: the caller picks the valid ones.
    """

    def __init__(self, schema: GraphQLSchema, seed: int) -> None:
        super().__init__(schema, seed)
        self._fragments: list[str] = []
        self._known: dict[tuple[str, int], list[str]] = {}

    def make(self, depth: int = 4) -> str:
        self._fragments, self._known = [], {}
        text = super().make(depth)
        body = " ".join([text[text.index("{") :], *self._fragments])
        declared = [f"${v}: Boolean!" for v in "tf" if f"${v})" in body]
        return f"query{'(' + ', '.join(declared) + ')' if declared else ''} {body}"

    def _field(self, parent: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        text = super()._field(parent, name, depth)
        if self._random.randrange(100) >= 14:
            return text
        aliases = ("a", "id", "sku", "meta", "__typename", "_t_typename", "_k0_id", "_r0_f0", *sorted(parent.fields))
        return f"{self._random.choice(aliases)}: {text}"

    def _selections(self, type_: GraphQLNamedType, depth: int) -> str:
        chance = self._random.randrange(100)
        known = self._known.get((type_.name, depth))
        if known and chance < 25:
            return f"...{self._random.choice(known)}"
        text = super()._selections(type_, depth)
        if not 25 <= chance < 45:
            return text
        name = f"F{len(self._fragments)}"
        self._fragments.append(f"fragment {name} on {type_.name} {{ {text} }}")
        self._known.setdefault((type_.name, depth), []).append(name)
        return f"...{name}{self._condition()}"


class DeferringOperationMaker(VariedOperationMaker):
    """Makes operations with `@defer` on some fragments: of what is selected besides, of the same, within each other."""

    def make(self, depth: int = 4) -> str:
        text = super().make(depth)
        if self._random.randrange(100) >= 15:
            return text
        body = text[text.index("{") + 1 :]
        head = text[: text.index("{")]
        depth_of = [0]
        for character in body:
            depth_of.append(depth_of[-1] + {"{": 1, "}": -1}.get(character, 0))
        end = depth_of.index(-1) - 1
        return f"{head}{{ ... @defer {{ {body[:end]} }} {body[end:]}"

    def _selections(self, type_: GraphQLNamedType, depth: int) -> str:
        text = super()._selections(type_, depth)
        chance = self._random.randrange(100)
        if chance < 20:
            return f"{text} ...{self._defer()} {{ {super()._selections(type_, depth)} }}"
        if chance < 32:
            return f"...{self._defer()} {{ {text} }}"
        if text.startswith("...F") and " " not in text and chance < 60:
            return f"{text}{self._defer()}"
        return text

    def _defer(self) -> str:
        return self._random.choice([" @defer", " @defer", " @defer", " @defer(if: $t)", " @defer(if: $f)"])


class StreamingOperationMaker(DeferringOperationMaker):
    """Makes operations with `@stream` on some lists as well."""

    def _field(self, parent: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        text = super()._field(parent, name, depth)
        if not is_list_type(get_nullable_type(parent.fields[name].type)) or self._random.randrange(100) >= 60:
            return text
        head, brace, inner = text.partition(" {")
        return f"{head}{self._stream()}{brace}{inner}"

    def _stream(self) -> str:
        count = self._random.choice(["", "initialCount: 1", "initialCount: 1", "initialCount: 2", "initialCount: 9"])
        condition = self._random.choice(["", "", "", "", "if: $t", "if: $f"])
        arguments = ", ".join(filter(None, (count, condition)))
        return f" @stream({arguments})" if arguments else " @stream"
