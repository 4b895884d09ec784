"""Ways to link: the same small graph, linked, imported, renamed and defined in all the forms that subgraphs use.

Most forms are allowed, some broken. A subgraph may link federation or its parts' own specifications, import a
directive or write it with its namespace, and bring its own definitions of what it links, as libraries print them.
"""

from __future__ import annotations

from random import Random

from federation.composition import Subgraph

_SPECS = "https://specs.apollo.dev"
_VERSIONS = ("2.0", "2.1", "2.3", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "2.12", "2.13", "2.14")
_SINCE = {
    "key": "2.0", "shareable": "2.0", "external": "2.0", "requires": "2.0", "provides": "2.0", "tag": "2.0",
    "inaccessible": "2.0", "override": "2.0", "extends": "2.0", "composeDirective": "2.1", "interfaceObject": "2.3",
    "authenticated": "2.5", "requiresScopes": "2.5", "policy": "2.6", "context": "2.8", "fromContext": "2.8",
    "cost": "2.9", "listSize": "2.9", "cacheTag": "2.12",
}  # fmt: skip
_STANDING_ALONE = {"tag": ("0.1", "0.2", "0.3"), "inaccessible": ("0.1", "0.2"), "cost": ("0.1",)}
_DEFINITIONS = {
    "key": (
        "directive @{key}(fields: {FieldSet}!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE",
        "directive @{key}(fields: {FieldSet}!) repeatable on OBJECT | INTERFACE",
        "directive @{key}(fields: String!) repeatable on OBJECT | INTERFACE",
        "directive @{key}(fields: String) on OBJECT",
        "directive @{key}(fields: {FieldSet}!, other: Int) repeatable on OBJECT",
        "directive @{key}(fields: {FieldSet}!) repeatable on OBJECT | ENUM",
    ),
    "shareable": (
        "directive @{shareable} repeatable on FIELD_DEFINITION | OBJECT",
        "directive @{shareable} on OBJECT | FIELD_DEFINITION",
        "directive @{shareable} on FIELD_DEFINITION",
        "directive @{shareable}(reason: String) on OBJECT | FIELD_DEFINITION",
    ),
    "external": (
        "directive @{external}(reason: String) on OBJECT | FIELD_DEFINITION",
        "directive @{external} on FIELD_DEFINITION",
    ),
    "tag": (
        "directive @{tag}(name: String!) repeatable on FIELD_DEFINITION | OBJECT | INTERFACE | UNION",
        "directive @{tag}(name: String!) repeatable on FIELD_DEFINITION | ARGUMENT_DEFINITION | ENUM_VALUE | SCHEMA",
        "directive @{tag}(name: String) repeatable on FIELD_DEFINITION",
        "directive @{tag}(label: String!) repeatable on FIELD_DEFINITION",
    ),
    "inaccessible": (
        "directive @{inaccessible} on FIELD_DEFINITION | OBJECT | INTERFACE | UNION",
        "directive @{inaccessible} on FIELD_DEFINITION | QUERY",
        "directive @{inaccessible} repeatable on FIELD_DEFINITION",
    ),
    "override": (
        "directive @{override}(from: String!) on FIELD_DEFINITION",
        "directive @{override}(from: String!, label: String) on FIELD_DEFINITION",
    ),
}
_LINK_DIRECTIVE = (
    "directive @link(url: {}, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA"
)
_LINK_DEFINITIONS = (
    f"{_LINK_DIRECTIVE.format('String')}\nscalar link__Import\nenum link__Purpose {{ SECURITY EXECUTION }}",
    f'{_LINK_DIRECTIVE.format("String!")}\nscalar link__Import\nenum link__Purpose {{ "one" SECURITY EXECUTION }}',
    "directive @link(url: String!, as: String, import: [link__Import]) repeatable on SCHEMA\nscalar link__Import",
    "directive @link(url: String!, import: [String]) repeatable on SCHEMA",
    "directive @link(url: String!) on SCHEMA",
    "directive @link(url: Int!) repeatable on SCHEMA",
    "enum link__Purpose { SECURITY }",
    "scalar link__Purpose",
)
_KEY = '(fields: "id")'
_RENAMED = ', as: "linked"'
_FEDERATION_1_DEFINITIONS = (
    "scalar _Any\nscalar _FieldSet\ndirective @key(fields: _FieldSet!) repeatable on OBJECT | INTERFACE",
    "directive @key(fields: String!) on OBJECT | INTERFACE\ndirective @external on FIELD_DEFINITION",
    "scalar federation__FieldSet\ndirective @extends on OBJECT | INTERFACE",
    """
    union _Entity = T
    type _Service { sdl: String }
    extend type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
    scalar _Any
    """,
)


class _Linked:
    """One subgraph's links, and what it calls each directive."""

    def __init__(self, random: Random, liberty: float) -> None:
        self.random = random
        self.liberty = liberty
        self.version = random.choice(_VERSIONS)
        self.local: dict[str, str] = {}
        self.types = {"FieldSet": "federation__FieldSet"}

    def is_free(self) -> bool:
        """Tell whether to take a liberty here."""
        return self.random.random() < self.liberty

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def has(self, name: str) -> bool:
        return tuple(map(int, self.version.split("."))) >= tuple(map(int, _SINCE[name].split(".")))

    def federation_link(self) -> str:
        """Link federation; what is not imported is written with the namespace."""
        namespace = "federation"
        arguments = [f'url: "{self._url()}"']
        if self.chance(0.15):
            names = ["fed", "f2", "_", "fed_", "fed__x", "1x", "key"] if self.is_free() else ["fed", "f2"]
            namespace = self.random.choice(names)
            arguments.append(f'as: "{namespace}"')
            self.types["FieldSet"] = f"{namespace}__FieldSet"
        imports = [self._import(name, namespace) for name in _SINCE if self.has(name)]
        written = [text for text in imports if text]
        if self.chance(0.15):
            written.append(self.random.choice(['"FieldSet"', '{name: "FieldSet", as: "Fields"}']))
            self.types["FieldSet"] = "Fields" if "Fields" in written[-1] else "FieldSet"
        if self.is_free():
            written.append(
                self.random.choice(
                    ['"key"', '"@nothing"', '{name: "@key"}', '{as: "@k"}', '{name: "@key", as: "k"}', '"@key"', "1",
                     '{name: "@key", other: "x"}', '"Nothing"', '{name: "@tag", as: "@label"}', '"@link"', "null"]
                )
            )  # fmt: skip
        if written or self.chance(0.5):
            arguments.append(f"import: [{', '.join(written)}]")
        if self.chance(0.08):
            arguments.append(self.random.choice(["for: SECURITY", "for: EXECUTION", "for: null"]))
        return f"@link({', '.join(arguments)})"

    def _url(self) -> str:
        if self.is_free():
            return self.random.choice(
                [f"{_SPECS}/federation", f"{_SPECS}/federation/2.3", f"{_SPECS}/federation/v2", "federation",
                 f"{_SPECS}/federation/v3.0", f"{_SPECS}/federation/v{self.version}/", f"{_SPECS}/federation/v1.0",
                 f"{_SPECS}/federation/v{self.version}?a=b"]
            )  # fmt: skip
        return f"{_SPECS}/federation/v{self.version}"

    def _import(self, name: str, namespace: str) -> str:
        if self.chance(0.12):
            self.local[name] = f"{namespace}__{name}"
            return ""
        if self.chance(0.06):
            self.local[name] = f"my{name}"
            return f'{{name: "@{name}", as: "@my{name}"}}'
        self.local[name] = name
        return self.random.choice([f'"@{name}"'] * 4 + [f'{{name: "@{name}"}}', f'{{name: "@{name}", as: "@{name}"}}'])

    def other_link(self) -> str:
        """Link something beside federation."""
        choice = self.random.random()
        if choice < 0.45:
            name = self.random.choice(sorted(_STANDING_ALONE))
            version = self.random.choice([*_STANDING_ALONE[name], "9.9"] if self.is_free() else _STANDING_ALONE[name])
            named = self.random.choice(["", "", f', import: ["@{name}"]', f', as: "my{name}"'])
            self.local[name] = f"my{name}" if named.startswith(", as") else name
            return f'@link(url: "{_SPECS}/{name}/v{version}"{named})'
        urls = [
            "https://example.org/mark/v1.0", "https://example.org/mark/v0.3", "https://example.org/mark",
            "https://example.org/some/mark/v2.1", f"{_SPECS}/link/v1.0", f"{_SPECS}/nothing/v1.0",
            "mark", "", "https://example.org/", "https://example.org/mark/v1.0.1", "file:///mark/v1.0",
            "https://example.org/tag/v1.0", "https://example.org/federation/v1.0", "https://example.org/-a/v1.0",
        ]  # fmt: skip
        url = self.random.choice(urls if self.is_free() or self.chance(0.2) else urls[:4])
        more = self.random.choice(
            ["", "", ', import: ["@mark"]', ', as: "mine"', ', import: [{name: "@mark", as: "@sign"}]',
             ', for: SECURITY', ', for: EXECUTION', ', import: ["Mark"]', ", import: []"]
        )  # fmt: skip
        return f'@link(url: "{url}"{more})'

    def use(self, name: str, arguments: str = "") -> str:
        """Write the directive as it is called here, sometimes as it is not."""
        if name not in self.local:
            return ""
        local = name if self.is_free() else self.local[name]
        return f" @{local}{arguments}"

    def definitions(self) -> list[str]:
        """Bring own definitions of some of what is linked."""
        found = []
        for name, texts in _DEFINITIONS.items():
            if name in self.local and self.chance(0.12):
                text = self.random.choice(texts if self.is_free() or self.chance(0.3) else texts[:2])
                found.append(
                    text.replace(f"{{{name}}}", self.local[name]).replace("{FieldSet}", self.types["FieldSet"])
                )
        if self.chance(0.1) and self.types["FieldSet"] != "federation__FieldSet":
            kind = "enum {} {{ A }}" if self.is_free() else "scalar {}"
            found.append(kind.format(self.types["FieldSet"]))
        if self.chance(0.15):
            found.append(self.random.choice(_LINK_DEFINITIONS[: None if self.is_free() else 2]))
        return found


def generate_linked_set(seed: int) -> list[Subgraph]:
    """Give the set of a seed; every second keeps to the allowed forms, as far as they are known to be."""
    random = Random(seed)
    liberty = 0.0 if seed % 2 == 0 else 0.15
    return [
        Subgraph(
            name, f"http://{name}", _federation_1(random) if random.random() < 0.12 else _sdl(random, name, liberty)
        )
        for name in ("a", "b", "c")[: random.randint(1, 3)]
    ]


def _federation_1(random: Random) -> str:
    parts = ['type T @key(fields: "id") { id: ID! one: Int }' if random.random() < 0.5 else
             'extend type T @key(fields: "id") { id: ID! @external two: Int }', "type Query { old: T }"]  # fmt: skip
    if random.random() < 0.5:
        parts.append(random.choice(_FEDERATION_1_DEFINITIONS))
    if random.random() < 0.2:
        parts.append(f'extend schema @link(url: "{_SPECS}/link/v1.0")')
    return "\n".join(parts)


def _sdl(random: Random, name: str, liberty: float) -> str:
    linked = _Linked(random, liberty)
    links = [linked.federation_link()]
    links += [linked.other_link() for _ in range(random.choice([0, 0, 0, 1, 1, 2]))]
    if random.random() < 0.15:
        links.insert(random.randrange(2), f'@link(url: "{_SPECS}/link/v1.0")')
    random.shuffle(links)
    query = "Root" if random.random() < 0.1 else "Query"
    schema = f"schema {' '.join(links)} {{ query: {query} }}" if query == "Root" else f"extend schema {' '.join(links)}"
    if random.random() < 0.1 and query == "Query":
        schema = "\n".join(f"extend schema {link}" for link in links)
    hidden = linked.use("inaccessible") if random.random() < 0.3 else ""
    tagged = linked.use("tag", '(name: "t")') if random.random() < 0.4 else ""
    secured = linked.use("authenticated") if random.random() < 0.2 else ""
    weighed = linked.use("cost", "(weight: 2)") if random.random() < 0.2 else ""
    body = (
        f"type T{linked.use('key', _KEY)} {{\n"
        f"  id: ID!\n  common: Int{linked.use('shareable')}{tagged}{weighed}\n  {name}: Int{hidden}{secured}\n}}"
    )
    marked = random.choice(["", "", "", " @mark", " @mine__x", " @sign"]) if random.random() < 0.3 else ""
    directive = {" @mark": "directive @mark on FIELD_DEFINITION", " @sign": "directive @sign on FIELD_DEFINITION",
                 " @mine__x": "directive @mine__x on FIELD_DEFINITION"}.get(marked, "")  # fmt: skip
    queries = f"type {query} {{\n  {name}Q: T{marked}\n}}"
    own = linked.definitions()
    if any(linked.types["FieldSet"] in text for text in own) and not linked.is_free():
        own.append(f"scalar {linked.types['FieldSet']}")
    if "@linked(" in schema and not linked.is_free():
        own.append(_LINK_DEFINITIONS[0].replace("@link(", "@linked(").replace("link__", "linked__"))
    return "\n".join(dict.fromkeys(part for part in (schema, body, queries, directive, *own) if part))
