"""The operation that partitions get: the client's, with what the merge needs besides under hidden names.

At every position whose objects are merged (not inside a concatenated list, whose items are taken as they are)
a rule may need a field that is not selected: LATEST its `by`, UNION and nested entities their keys, abstract types
`__typename`, connections their rows' cursors and order. Each is added as `<prefix><field>: <field>`; `<prefix>` occurs
nowhere in the client's text, so what begins with it is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from graphql import (
    ArgumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInputType,
    GraphQLNonNull,
    InlineFragmentNode,
    NamedTypeNode,
    NameNode,
    SelectionNode,
    SelectionSetNode,
    TypeNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    parse_type,
)

from federation.executor.subgraph_client import JsonValue
from federation.partition.contract import (
    ENTITIES_FIELD,
    ENTITY_UNION,
    META_FIELDS,
    Contract,
    default_of,
    is_list,
    node_type_of,
    type_name_of,
)
from federation.partition.hidden import HiddenNames, response_name_of
from federation.partition.merge.collect import entity_type_of
from federation.supergraph.partitions import Merge, MergeRule


@dataclass(frozen=True, slots=True)
class ConnectionCall:
    """One connection of the operation.

    Attributes:
        number: distinguishes it in the operation.
        field: its field's name.
        root: the response name of the root field it is in.
        arguments: the client's values of the field's arguments.
        variables: by argument, our variable that carries each partition's own value.
        default_size: the contract's default of `first`.
        is_turnable: the contract has `last` and `before`, too.
    """

    number: int
    field: str
    root: str
    arguments: Mapping[str, ValueNode]
    variables: Mapping[str, str]
    default_size: JsonValue
    is_turnable: bool


@dataclass(slots=True)
class Extension:
    """Extends one operation.

    Attributes:
        connections: those at merged positions, by response path.
        variables: the definitions of the variables we added.
        literals: representations that the client wrote out, by our variable.
    """

    contract: Contract
    names: HiddenNames
    fragments: Mapping[str, FragmentDefinitionNode]
    connections: dict[tuple[str, ...], ConnectionCall] = field(default_factory=dict)
    variables: list[VariableDefinitionNode] = field(default_factory=list)
    literals: dict[str, ValueNode] = field(default_factory=dict)

    def merged(self, selection_set: SelectionSetNode, parent: str, path: tuple[str, ...]) -> SelectionSetNode:
        """The selection set of a position whose objects are merged; fragment spreads become inline fragments."""
        selections = [self._selection(selection, parent, path) for selection in selection_set.selections]
        return SelectionSetNode(selections=self.names.tidy(chain.from_iterable(selections)))

    def _selection(self, selection: SelectionNode, parent: str, path: tuple[str, ...]) -> list[SelectionNode]:
        if isinstance(selection, FieldNode):
            return self._field(selection, parent, path)
        condition, inner = self._fragment(selection)
        name = parent if condition is None else condition.name.value
        extended = self.merged(inner, name, path)
        return [replace(inline_fragment(condition, extended), directives=selection.directives)]

    def _fragment(self, selection: SelectionNode) -> tuple[NamedTypeNode | None, SelectionSetNode]:
        if isinstance(selection, FragmentSpreadNode):
            fragment = self.fragments[selection.name.value]
            return fragment.type_condition, fragment.selection_set
        if isinstance(selection, InlineFragmentNode):
            return selection.type_condition, selection.selection_set
        raise TypeError(selection.kind)

    def _field(self, node: FieldNode, parent: str, path: tuple[str, ...]) -> list[SelectionNode]:
        name = node.name.value
        here = (*path, response_name_of(node))
        if name == ENTITIES_FIELD:
            return [self._entities(node, here)]
        if name in META_FIELDS:
            return [node]
        beside: list[SelectionNode] = []
        for merge, types in self._rules(parent, name).items():
            node, siblings = self._under_rule(node, merge, types[0], here)
            beside += self._on_types(siblings, parent, types)
        return [node, *beside]

    def _entities(self, node: FieldNode, path: tuple[str, ...]) -> FieldNode:
        if node.selection_set is None:
            return node
        selections = self.merged(node.selection_set, ENTITY_UNION, path).selections
        if entity_type_of(self.contract, (SelectionSetNode(selections=selections),)) == ENTITY_UNION:
            selections = self.names.tidy((*selections, self.names.alias("__typename")))
        extended = SelectionSetNode(selections=selections)
        return replace(self._with_own_representations(node), selection_set=extended)

    def _with_own_representations(self, node: FieldNode) -> FieldNode:
        """Literal representations become a variable of ours, for each partition gets only its own."""
        value = next(argument.value for argument in node.arguments or () if argument.name.value == "representations")
        if isinstance(value, VariableNode):
            return node
        variable = f"{self.names.prefix}representations{len(self.literals)}"
        self.literals[variable] = value
        self.variables.append(define_variable(variable, parse_type("[_Any!]!")))
        return replace(node, arguments=replace_argument(node, "representations", variable))

    def _rules(self, parent: str, field_name: str) -> dict[Merge, list[str]]:
        """The rules of a field by the object types that may stand here."""
        rules: dict[Merge, list[str]] = {}
        for type_name in self.contract.possible_types(parent):
            rules.setdefault(self.contract.merge_of(type_name, field_name), []).append(type_name)
        return rules

    def _under_rule(
        self, node: FieldNode, merge: Merge, type_name: str, path: tuple[str, ...]
    ) -> tuple[FieldNode, list[FieldNode]]:
        """The field extended for one rule, and the hidden fields that must stand beside it."""
        definition = self.contract.field(type_name, node.name.value)
        inner = type_name_of(definition)
        match merge.rule:
            case MergeRule.LATEST:
                return node, [self.names.alias(merge.by or "")]
            case MergeRule.CONNECTION:
                return self._connection(node, merge, type_name, path), []
            case MergeRule.UNION if node.selection_set is not None:
                return self._composite(node, inner, path), []
            case MergeRule.FIRST if node.selection_set is not None and not is_list(definition.type):
                return self._composite(node, inner, path), []
            case _:
                return node, []

    def _on_types(self, siblings: list[FieldNode], parent: str, types: list[str]) -> list[SelectionNode]:
        if not siblings:
            return []
        if parent in types:
            return list(siblings)
        selection_set = SelectionSetNode(selections=tuple(siblings))
        return [_fragment_on(type_name, selection_set) for type_name in types]

    def _composite(self, node: FieldNode, type_name: str, path: tuple[str, ...]) -> FieldNode:
        """A field whose objects are merged, with `__typename` and keys where they are needed to compare them."""
        if node.selection_set is None:
            return node
        selections = list(self.merged(node.selection_set, type_name, path).selections)
        if self.contract.is_abstract(type_name):
            selections.append(self.names.alias("__typename"))
        selections += self._keys(type_name)
        return replace(node, selection_set=SelectionSetNode(selections=self.names.tidy(selections)))

    def _keys(self, type_name: str) -> list[SelectionNode]:
        keys: list[SelectionNode] = []
        for possible in self.contract.possible_types(type_name):
            if (key := self.contract.keys.get(possible)) is not None:
                hidden = SelectionSetNode(selections=self.names.hide(key))
                keys += hidden.selections if possible == type_name else [_fragment_on(possible, hidden)]
        return keys

    def _connection(self, node: FieldNode, merge: Merge, type_name: str, path: tuple[str, ...]) -> FieldNode:
        definition = self.contract.field(type_name, node.name.value)
        node = self._with_own_page(node, definition, path)
        if node.selection_set is None:
            return node
        connection = type_name_of(definition)
        selected = self.merged(node.selection_set, connection, path)
        row_type = node_type_of(self.contract, connection)
        keys = self.contract.shared_keys(row_type)
        if keys:
            selected = self._with_merged_rows(selected, row_type, path)
        rows = self.names.rows(
            self._field_names(selected),
            (merge.by or "").split("."),
            self._row_key(row_type, keys) if keys else (),
            self._page_info(connection, self.connections[path]),
        )
        return replace(node, selection_set=SelectionSetNode(selections=(*selected.selections, *rows)))

    def _page_info(self, connection: str, call: ConnectionCall) -> list[str]:
        """What of the page info tells whether and where a partition goes on, in the directions that it may be asked."""
        type_name = type_name_of(self.contract.field(connection, "pageInfo"))
        backward = ("hasPreviousPage", "startCursor") if "last" in call.variables else ()
        wanted = ("hasNextPage", "endCursor", *backward)
        return [name for name in wanted if self.contract.has_field(type_name, name)]

    def _with_merged_rows(
        self, selection_set: SelectionSetNode, row_type: str, path: tuple[str, ...]
    ) -> SelectionSetNode:
        """A connection's selections whose rows are merged positions; an entity of several cities is one row."""
        selections: list[SelectionNode] = []
        for selection in selection_set.selections:
            if not isinstance(selection, FieldNode):
                condition, inner = self._fragment(selection)
                rows = self._with_merged_rows(inner, row_type, path)
                selections.append(replace(inline_fragment(condition, rows), directives=selection.directives))
                continue
            here = (*path, response_name_of(selection))
            if selection.name.value in {"nodes", "node"}:
                selections.append(self._merged_row(selection, row_type, here))
            elif selection.name.value == "edges" and selection.selection_set is not None:
                edges = self._with_merged_rows(selection.selection_set, row_type, here)
                selections.append(replace(selection, selection_set=edges))
            else:
                selections.append(selection)
        return SelectionSetNode(selections=tuple(selections))

    def _merged_row(self, node: FieldNode, row_type: str, path: tuple[str, ...]) -> FieldNode:
        if node.selection_set is None:
            return node
        selections = list(self.merged(node.selection_set, row_type, path).selections)
        if self.contract.is_abstract(row_type):
            selections.append(self.names.alias("__typename"))
        return replace(node, selection_set=SelectionSetNode(selections=self.names.tidy(selections)))

    def _row_key(self, row_type: str, keys: Mapping[str, SelectionSetNode]) -> tuple[SelectionNode, ...]:
        """The key of a hidden row, under its own names."""
        if not self.contract.is_abstract(row_type):
            return keys[row_type].selections
        typename = FieldNode(name=NameNode(value="__typename"))
        return (typename, *(_fragment_on(name, key) for name, key in keys.items()))

    def _with_own_page(self, node: FieldNode, definition: GraphQLField, path: tuple[str, ...]) -> FieldNode:
        """The field with our variables for what each partition gets its own value of."""
        call = self.connections.get(path)
        if call is None:
            call = self.connections[path] = self._call(node, definition, path[0])
            self.variables += (
                define_variable(variable, _nullable(definition.args[name].type))
                for name, variable in call.variables.items()
            )
        kept = [argument for argument in node.arguments or () if argument.name.value not in call.variables]
        own = (
            ArgumentNode(name=NameNode(value=name), value=VariableNode(name=NameNode(value=variable)))
            for name, variable in call.variables.items()
        )
        return replace(node, arguments=(*kept, *own))

    def _call(self, node: FieldNode, definition: GraphQLField, root: str) -> ConnectionCall:
        arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
        number, is_turnable = len(self.connections), {"last", "before"} <= definition.args.keys()
        given = arguments.keys() & {"after", "last", "before"}
        # Whoever may turn round may have to be asked for a row from its other side.
        own = ("first", "after", "last", "before") if is_turnable and given else given & {"after"}
        variables = {name: f"{self.names.prefix}{name}{number}" for name in own}
        default = default_of(definition.args.get("first"))
        return ConnectionCall(number, node.name.value, root, arguments, variables, default, is_turnable)

    def _field_names(self, selection_set: SelectionSetNode) -> set[str]:
        """The names of the fields selected, in fragments too."""
        names: set[str] = set()
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                names.add(selection.name.value)
            elif isinstance(selection, InlineFragmentNode):
                names |= self._field_names(selection.selection_set)
        return names


def replace_argument(node: FieldNode, name: str, variable: str) -> tuple[ArgumentNode, ...]:
    """The field's arguments with a variable as the value of one."""
    value = VariableNode(name=NameNode(value=variable))
    return tuple(
        replace(argument, value=value) if argument.name.value == name else argument for argument in node.arguments or ()
    )


def define_variable(name: str, type_: TypeNode) -> VariableDefinitionNode:
    """The definition `$name: type`."""
    return VariableDefinitionNode(variable=VariableNode(name=NameNode(value=name)), type=type_)


def _nullable(type_: GraphQLInputType) -> TypeNode:
    return parse_type(str(type_.of_type if isinstance(type_, GraphQLNonNull) else type_))


def inline_fragment(condition: NamedTypeNode | None, selection_set: SelectionSetNode) -> InlineFragmentNode:
    """The fragment `... on condition selection_set`."""
    return InlineFragmentNode(type_condition=condition, selection_set=selection_set)


def _fragment_on(type_name: str, selection_set: SelectionSetNode) -> InlineFragmentNode:
    return inline_fragment(NamedTypeNode(name=NameNode(value=type_name)), selection_set)
