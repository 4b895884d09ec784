"""Sets made from the scenarios and the generated sets by a few small changes: the neighbourhood of each example."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from graphql import (
    ConstDirectiveNode,
    DocumentNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    GraphQLSyntaxError,
    InputValueDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NameNode,
    Node,
    NonNullTypeNode,
    StringValueNode,
    parse,
    print_ast,
)
from graphql.language.ast import TypeDefinitionNode, TypeExtensionNode

from federation.composition import Subgraph
from tests.federation.composition.generate import generate_set
from tests.federation.composition.generate_features import generate_featured_set
from tests.federation.composition.scenarios import read_scenarios

_SCENARIOS = [scenario.subgraphs for scenario in read_scenarios()]
_MEMBERS = (FieldDefinitionNode, InputValueDefinitionNode, EnumValueDefinitionNode)
_EXTRA = (
    "@shareable", "@inaccessible", '@tag(name: "t")', "@external", "@deprecated", '@override(from: "a")',
    '@override(from: "b", label: "percent(10)")', '@requires(fields: "id")', '@provides(fields: "id")',
    "@authenticated", '@requiresScopes(scopes: [["s"]])', '@policy(policies: [["p"]])', "@cost(weight: 2)",
    "@listSize(assumedSize: 3)", '@cacheTag(format: "x")', '@key(fields: "id")',
    '@key(fields: "id", resolvable: false)', "@interfaceObject", "@extends", '@context(name: "c")',
)  # fmt: skip


def mutate_set(seed: int) -> list[Subgraph]:
    """Give the set of a seed: one to three changes to a scenario, or to a generated set."""
    random = Random(seed)
    base = list(random.choice(_SCENARIOS)) if seed % 4 else generate_featured_set(seed)
    base = base if random.random() < 0.9 else generate_set(seed)
    documents = [parse(subgraph.sdl, no_location=True) for subgraph in base if _parses(subgraph.sdl)]
    if len(documents) < len(base):
        return base
    for _ in range(random.randint(1, 3)):
        index = random.randrange(len(documents))
        change = random.choice(_CHANGES)
        documents[index] = change(random, documents[index], documents)
    return [
        Subgraph(subgraph.name, subgraph.url, print_ast(document))
        for subgraph, document in zip(base, documents, strict=True)
    ]


def _parses(sdl: str) -> bool:
    try:
        parse(sdl)
    except GraphQLSyntaxError:
        return False
    return True


Change = Callable[[Random, DocumentNode, list[DocumentNode]], DocumentNode]


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for key in node.keys:
        value = getattr(node, key)
        for child in value if isinstance(value, tuple | list) else (value,):
            if isinstance(child, Node):
                yield from _nodes(child)


def changed(node: Node, **values) -> Node:
    """Give a copy of the node with other values."""
    return type(node)(**({key: getattr(node, key) for key in node.keys if key != "loc"} | values))


def replaced(document: Node, old: Node, new: Node | None) -> Node:
    """Give the document with one node exchanged, or left out."""
    if document is old:
        assert new is not None
        return new
    values = {}
    for key in document.keys:
        value = getattr(document, key)
        if isinstance(value, tuple | list):
            items = [
                (new if item is old else replaced(item, old, new)) if isinstance(item, Node) else item for item in value
            ]
            values[key] = tuple(item for item in items if item is not None)
        elif isinstance(value, Node):
            values[key] = new if value is old else replaced(value, old, new)
    return changed(document, **values)


def _pick(random: Random, document: DocumentNode, *kinds: type[Node]) -> Node | None:
    found = [node for node in _nodes(document) if isinstance(node, kinds)]
    return random.choice(found) if found else None


def _drop_directive(random: Random, document: DocumentNode, others: list[DocumentNode]) -> DocumentNode:
    node = _pick(random, document, ConstDirectiveNode)
    is_link = node is not None and node.name.value == "link"
    return document if node is None or is_link else replaced(document, node, None)


def _add_directive(random: Random, document: DocumentNode, others: list[DocumentNode]) -> DocumentNode:
    kinds = _MEMBERS if random.random() < 0.8 else (TypeDefinitionNode,)
    node = _pick(random, document, *kinds)
    if node is None:
        return document
    (example,) = parse(f"type X {random.choice(_EXTRA)}", no_location=True).definitions
    return replaced(document, node, changed(node, directives=(*(node.directives or ()), *example.directives)))


def _drop_member(random: Random, document: DocumentNode, others: list[DocumentNode]) -> DocumentNode:
    node = _pick(random, document, *_MEMBERS)
    return document if node is None else replaced(document, node, None)


def _drop_type(random: Random, document: DocumentNode, others: list[DocumentNode]) -> DocumentNode:
    node = _pick(random, document, TypeDefinitionNode, TypeExtensionNode)
    return document if node is None else replaced(document, node, None)


def _copy_member(random: Random, document: DocumentNode, others: list[DocumentNode]) -> DocumentNode:
    """Give a type the field that it has in another subgraph."""
    other = random.choice(others)
    node = _pick(random, other, TypeDefinitionNode)
    mine = next(
        (
            d
            for d in document.definitions
            if isinstance(d, TypeDefinitionNode) and node and d.name.value == node.name.value
        ),
        None,
    )
    if node is None:
        return document
    if mine is None:
        return changed(document, definitions=(*document.definitions, node))
    fields = [f for f in getattr(node, "fields", ()) or () if isinstance(f, FieldDefinitionNode)]
    own = {f.name.value for f in getattr(mine, "fields", ()) or ()}
    fields = [field for field in fields if field.name.value not in own]
    if not fields or type(mine) is not type(node):
        return document
    return replaced(document, mine, changed(mine, fields=(*(mine.fields or ()), random.choice(fields))))


def _change_type(random: Random, document: DocumentNode, others: list[DocumentNode]) -> DocumentNode:
    node = _pick(random, document, FieldDefinitionNode, InputValueDefinitionNode)
    if node is None:
        return document
    old = node.type
    names = [d.name.value for d in document.definitions if isinstance(d, TypeDefinitionNode)]
    choice = random.randrange(4)
    if choice == 0:
        new = old.type if isinstance(old, NonNullTypeNode) else NonNullTypeNode(type=old)
    elif choice == 1:
        new = ListTypeNode(type=old)
    elif choice == 2:
        new = NamedTypeNode(name=NameNode(value=random.choice(["Int", "String", "ID"])))
    else:
        new = NamedTypeNode(name=NameNode(value=random.choice([*names, "Int"])))
    return replaced(document, node, changed(node, type=new))


def _change_text(random: Random, document: DocumentNode, others: list[DocumentNode]) -> DocumentNode:
    """Give a directive's text argument another text of the set, or a broken one."""
    directive = _pick(random, document, ConstDirectiveNode)
    if directive is None or directive.name.value == "link":
        return document
    node = _pick(random, directive, StringValueNode)
    if node is None:
        return document
    texts = [
        value.value
        for other in others
        for found in _nodes(other)
        if isinstance(found, ConstDirectiveNode) and found.name.value != "link"
        for value in _nodes(found)
        if isinstance(value, StringValueNode)
    ]
    text = random.choice([*texts, "id", "nope", "id {", ""])
    return replaced(document, node, StringValueNode(value=text))


def _change_version(random: Random, document: DocumentNode, others: list[DocumentNode]) -> DocumentNode:
    urls = [
        node
        for node in _nodes(document)
        if isinstance(node, StringValueNode) and node.value.startswith("https://specs.apollo.dev/federation/")
    ]
    if not urls:
        return document
    version = random.choice(["2.0", "2.3", "2.7", "2.9", "2.12", "2.14", "2.99"])
    return replaced(document, urls[0], StringValueNode(value=f"https://specs.apollo.dev/federation/v{version}"))


_CHANGES: tuple[Change, ...] = (
    _drop_directive, _drop_directive, _add_directive, _add_directive, _drop_member, _drop_type, _copy_member,
    _copy_member, _change_type, _change_type, _change_text, _change_version,
)  # fmt: skip
