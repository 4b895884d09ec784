"""Invents operations with arguments and variables, and mutations."""

from __future__ import annotations

from typing import cast

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    ValueNode,
    ast_from_value,
    get_nullable_type,
    is_non_null_type,
    is_required_input_field,
    print_ast,
)

from tests.support.random_operation import OperationMaker, VariedOperationMaker


class ArgumentOperationMaker(VariedOperationMaker):
    """Makes operations that give arguments, as literals, as variables and as both in one, and mutations.

    `variables` are those of the operation made last.
    """

    def __init__(self, schema: GraphQLSchema, seed: int) -> None:
        super().__init__(schema, seed)
        self.variables: dict[str, object] = {}
        self._declared: list[str] = []

    def make(self, depth: int = 4) -> str:
        self.variables, self._declared = {}, []
        mutation = self._schema.mutation_type
        if mutation is None or self._random.randrange(100) < 70:
            text = super().make(depth)
        else:
            self._fragments, self._known = [], {}
            names = self._random.choices(sorted(mutation.fields), k=self._random.randint(1, 4))
            fields = [f"m{i}: {self._plain_field(mutation, name, depth)}" for i, name in enumerate(names)]
            text = " ".join(["mutation {", *fields, "}", *self._fragments])
        kind, body = text.split(" ", 1)[0].split("(")[0], text[text.index("{") :]
        self.variables |= {v: v == "t" for v in "tf" if f"${v})" in body}
        declared = [*(f"${v}: Boolean!" for v in "tf" if v in self.variables), *self._declared]
        return f"{kind}{'(' + ', '.join(declared) + ')' if declared else ''} {body}"

    def _plain_field(self, parent: GraphQLObjectType, name: str, depth: int) -> str:
        text = OperationMaker._field(self, parent, name, depth)  # the caller gives an alias
        return self._with_arguments(parent, name, text)

    def _field(self, parent: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        text = super()._field(parent, name, depth)
        return self._with_arguments(parent, name, text)

    def _with_arguments(self, parent: GraphQLObjectType | GraphQLInterfaceType, name: str, text: str) -> str:
        chosen = [
            f"{argument}: {self._argument(given.type)}"
            for argument, given in parent.fields[name].args.items()
            if self._random.randrange(100) < 75
        ]
        if not chosen:
            return text
        alias, rest = text.split(": ", 1) if text.split(" ", maxsplit=1)[0].endswith(":") else ("", text)
        return f"{alias}{': ' if alias else ''}{name}({', '.join(chosen)}){rest[len(name) :]}"

    def _argument(self, type_: GraphQLInputType) -> str:
        if self._random.randrange(100) >= 40:
            return self._literal(type_, 2)
        name = f"v{len(self._declared)}"
        default = ""
        if self._random.randrange(100) < 20:
            default = f" = {self._constant(type_, 1)}"
        if self._random.randrange(100) < 60 or (is_non_null_type(type_) and not default):
            self.variables[name] = self._value(type_, 2)
        self._declared.append(f"${name}: {type_}{default}")
        return f"${name}"

    def _literal(self, type_: GraphQLInputType, depth: int) -> str:
        """Give a literal, in which variables may stand."""
        named = get_nullable_type(type_)
        if isinstance(named, GraphQLInputObjectType):
            fields = [
                f"{name}: {self._argument(given.type) if depth else self._constant(given.type, 0)}"
                for name, given in named.fields.items()
                if self._random.randrange(100) < 50
                and (depth > 1 or not isinstance(given.type, GraphQLInputObjectType))
            ]
            return f"{{{', '.join(fields)}}}"
        if isinstance(named, GraphQLList):
            return f"[{', '.join(self._literal(named.of_type, depth) for _ in range(self._random.randint(0, 2)))}]"
        return self._constant(type_, depth)

    def _constant(self, type_: GraphQLInputType, depth: int) -> str:
        return print_ast(cast("ValueNode", ast_from_value(self._value(type_, depth), type_)))

    def _value(self, type_: GraphQLInputType, depth: int) -> object:
        if not is_non_null_type(type_) and self._random.randrange(100) < 10:
            return None
        named = get_nullable_type(type_)
        if isinstance(named, GraphQLList):
            return [self._value(named.of_type, depth) for _ in range(self._random.randint(0, 2))]
        if isinstance(named, GraphQLInputObjectType):
            chosen = [
                n for n, f in named.fields.items() if is_required_input_field(f) or self._random.randrange(100) < 50
            ]
            flat = [n for n in chosen if depth or not isinstance(named.fields[n].type, GraphQLInputObjectType)]
            return {name: self._value(named.fields[name].type, depth - 1) for name in flat}
        if isinstance(named, GraphQLEnumType):
            return self._random.choice(sorted(named.values))
        return f"E{self._random.randrange(3)}-{self._random.randrange(3)}" if named.name == "String" else 7
