"""What an operation uses of a schema, as strings that changes can be looked up by.

Query.person          a field            Query.person(id:)   an argument that is given a value
CardFilter.state      an input field     CardState.OPEN      an enum value, written as a literal
CardState             a type of a field or literal
$CardFilter           a type that a variable may contain, however deep
... on Person         a type condition   @include            a directive
"""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    Visitor,
    get_named_type,
    type_from_ast,
    visit,
)


def read_usage(schema: GraphQLSchema, document: DocumentNode) -> frozenset[str]:
    """Give everything that a valid document uses."""
    types = TypeInfo(schema)
    reader = _Reader(schema, types)
    visit(document, TypeInfoVisitor(types, reader))
    return frozenset(reader.used)


class _Reader(Visitor):
    def __init__(self, schema: GraphQLSchema, types: TypeInfo) -> None:
        super().__init__()
        self.schema = schema
        self.types = types
        self.used: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent, result = self.types.get_parent_type(), self.types.get_type()
        if parent is not None and result is not None:
            self.used |= {f"{parent.name}.{node.name.value}", get_named_type(result).name}

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        directive, parent, field = self.types.get_directive(), self.types.get_parent_type(), self.types.get_field_def()
        if directive is not None:
            self.used.add(f"@{directive.name}({node.name.value}:)")
        elif parent is not None and field is not None:
            name = next((name for name, known in getattr(parent, "fields", {}).items() if known is field), "")
            self.used.add(f"{parent.name}.{name}({node.name.value}:)")

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        parent = self.types.get_parent_input_type()
        if parent is not None:
            name = get_named_type(parent).name
            self.used |= {name, f"{name}.{node.name.value}"}

    def enter_enum_value(self, node: EnumValueNode, *_: object) -> None:
        found = self.types.get_input_type()
        if found is not None:
            self.used.add(f"{get_named_type(found).name}.{node.value}")

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: object) -> None:
        if node.type_condition is not None:
            self.used.add(f"... on {node.type_condition.name.value}")

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: object) -> None:
        self.used.add(f"... on {node.type_condition.name.value}")

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        self.used.add(f"@{node.name.value}")

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: object) -> None:
        found = type_from_ast(self.schema, node.type)
        if found is not None:
            self.used.update(_of_variable(get_named_type(found), set()))


def _of_variable(type_: GraphQLNamedType, seen: set[str]) -> Iterator[str]:
    """A variable's value is not known, so it may use all of its type."""
    if type_.name in seen:
        return
    seen.add(type_.name)
    yield f"${type_.name}"
    match type_:
        case GraphQLInputObjectType():
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}"
                yield from _of_variable(get_named_type(field.type), seen)
        case GraphQLEnumType():
            yield from (f"{type_.name}.{value}" for value in type_.values)
