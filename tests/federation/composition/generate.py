"""Subgraph sets from a seed: mostly valid, each with a few liberties that may break them.

A set has entities (`E0` …) with one or two keys, value types, an interface, a union, an enum, an input and root fields,
spread over two to four subgraphs; a liberty changes one subgraph's version of something.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from federation.composition import Subgraph
from tests.federation.composition.scenarios import link

_VERSIONS = ("2.0", "2.3", "2.5", "2.7", "2.9", "2.11")
_SCALARS = ("Int", "String", "ID", "Float", "Boolean")


@dataclass
class _Type:
    """One subgraph's version of a type: keyword, name, what stands behind the name, and lines."""

    keyword: str
    name: str
    suffix: str = ""
    lines: dict[str, str] = field(default_factory=dict)

    def print(self) -> str:
        body = " ".join(self.lines.values())
        return f"{self.keyword} {self.name}{self.suffix} {{ {body} }}" if self.lines else ""


class SetGenerator:
    """Makes one set. `liberty` is the chance of each deviation."""

    def __init__(self, seed: int, liberty: float = 0.04) -> None:
        self.random = Random(seed)
        self.liberty = liberty
        self.names = ["a", "b", "c", "d"][: self.random.randint(2, 4)]
        self.versions = {name: self.random.choice(_VERSIONS) for name in self.names}
        if self.chance(0.15):
            self.versions[self.random.choice(self.names)] = ""  # a Federation 1 subgraph
        self.types: dict[str, dict[str, _Type]] = {name: {} for name in self.names}
        self.extra: dict[str, list[str]] = {name: [] for name in self.names}
        self.entities = [f"E{i}" for i in range(self.random.randint(1, 3))]
        self.values = [f"V{i}" for i in range(self.random.randint(1, 2))]

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def is_free(self) -> bool:
        return self.chance(self.liberty)

    def some(self) -> list[str]:
        count = self.random.randint(1, len(self.names))
        return sorted(self.random.sample(self.names, count))

    def generate(self) -> list[Subgraph]:
        """Give the subgraphs."""
        self.add_enum()
        self.add_input()
        for value in self.values:
            self.add_value_type(value)
        for entity in self.entities:
            self.add_entity(entity)
        if self.chance(0.5):
            self.add_interface()
        if self.chance(0.4):
            self.add_union()
        self.add_queries()
        if self.chance(0.3):
            self.add_mutations()
        if self.chance(0.25):
            self.add_interface_object()
        return [Subgraph(name, f"http://{name}", self.print(name)) for name in self.names]

    def print(self, name: str) -> str:
        parts = [
            link(self.versions[name]) if self.versions[name] else "",
            *(t.print() for t in self.types[name].values()),
            *self.extra[name],
        ]
        text = "\n".join(part for part in parts if part)
        return text if self.versions[name] else text.replace(" @shareable", "")

    def add_interface_object(self) -> None:
        """Add a keyed interface with two implementations, and another subgraph that stands in for it."""
        owner, other = self.random.sample(self.names, 2)
        if not all(self.versions[name] >= "2.3" for name in (owner, other)):
            return
        self.type(owner, "Media", "interface").suffix = ' @key(fields: "id")'
        self.type(owner, "Media").lines = {"id": "id: ID!", "title": "title: String"}
        for name in ("Book", "Film"):
            implementation = self.type(owner, name)
            key = "" if self.is_free() else ' @key(fields: "id")'
            implementation.suffix = f" implements Media{key}"
            implementation.lines = {"id": "id: ID!", "title": "title: String", name: f"only{name}: Int"}
            if self.is_free():
                implementation.lines["rating"] = "rating: Int @shareable"
        resolvable = ", resolvable: false" if self.is_free() else ""
        stand_in = self.type(other, "Media")
        stand_in.suffix = f' @key(fields: "id"{resolvable}) @interfaceObject'
        stand_in.lines = {"id": "id: ID!", "rating": f"rating: {self.vary_type('Int')}{self.marks()}"}
        if self.chance(0.3):
            stand_in.lines["title"] = "title: String @external"
            stand_in.lines["slug"] = 'slug: String @requires(fields: "title")'
        for name, chance in ((owner, 0.8), (other, 0.5)):
            if self.chance(chance):
                self.type(name, "Query").lines[f"{name}Media"] = f"{name}Media: Media"

    def type(self, subgraph: str, name: str, keyword: str = "type") -> _Type:
        return self.types[subgraph].setdefault(name, _Type(keyword, name))

    def add_enum(self) -> None:
        values = ["A", "B", "C"]
        for name in self.names:
            own = [value for value in values if not self.is_free()] or ["A"]
            marks = {value: " @inaccessible" if self.is_free() else "" for value in own}
            self.type(name, "Color", "enum").lines = {value: value + marks[value] for value in own}

    def add_input(self) -> None:
        for name in self.names:
            lines = {"x": "x: Int", "y": 'y: String = "y"', "z": "z: [Color!]"}
            if self.is_free():
                lines.pop(self.random.choice(sorted(lines)))
            if self.is_free():
                lines["x"] = self.random.choice(["x: Int!", "x: String", "x: Int = 1", 'x: Int @tag(name: "t")'])
            if self.is_free():
                lines["w"] = self.random.choice(["w: Int", "w: Int!", "w: Int! = 3"])
            self.type(name, "Filter", "input").lines = lines

    def field_type(self) -> str:
        name = self.random.choice([*_SCALARS, "Color", *self.values, *self.entities])
        return self.random.choice([name, name, f"{name}!", f"[{name}]", f"[{name}!]!"])

    def arguments(self) -> str:
        if not self.chance(0.25):
            return ""
        return self.random.choice(
            ["(n: Int)", "(n: Int = 2)", "(n: Int!)", "(f: Filter)", "(c: Color)", "(n: Int, c: Color = A)"]
        )

    def vary_type(self, text: str) -> str:
        """Give the type as another subgraph may write it."""
        if self.is_free():
            return self.random.choice([text.removesuffix("!"), text if text.endswith("!") else f"{text}!", "Int"])
        return text

    def vary_arguments(self, text: str) -> str:
        return self.arguments() if self.is_free() else text

    def marks(self) -> str:
        found = ""
        if self.is_free():
            found += self.random.choice([' @tag(name: "t")', ' @tag(name: "u")', " @inaccessible", " @deprecated"])
        return found

    def add_value_type(self, value: str) -> None:
        fields = {f"{value.lower()}{i}": self.field_type() for i in range(self.random.randint(1, 3))}
        for name in self.names:
            definition = self.type(name, value)
            definition.suffix = "" if self.is_free() else " @shareable"
            for field_name, type_name in fields.items():
                if not self.is_free():
                    definition.lines[field_name] = f"{field_name}: {self.vary_type(type_name)}{self.marks()}"
            definition.lines["common"] = "common: Int"

    def add_entity(self, entity: str) -> None:
        owners = self.names
        keys = ["id"] if self.chance(0.7) else ["id", "sku"]
        for name in owners:
            own = [key for key in keys if not self.chance(0.3)] or [self.random.choice(keys)]
            definition = self.type(name, entity, "extend type" if self.is_free() else "type")
            for key in own:
                resolvable = ", resolvable: false" if self.is_free() else ""
                definition.suffix += f' @key(fields: "{key}"{resolvable})'
                definition.lines[key] = f"{key}: ID!{self.marks()}"
        for i in range(self.random.randint(1, 4)):
            self.add_entity_field(entity, f"{entity.lower()}f{i}")

    def add_entity_field(self, entity: str, field_name: str) -> None:
        type_name, arguments = self.field_type(), self.arguments()
        resolvers = [self.random.choice(self.names)] if self.chance(0.6) else self.some()
        for name in resolvers:
            shareable = " @shareable" if len(resolvers) > 1 and not self.is_free() else ""
            line = f"{field_name}{self.vary_arguments(arguments)}: {self.vary_type(type_name)}{shareable}{self.marks()}"
            self.type(name, entity).lines[field_name] = line
        others = [name for name in self.names if name not in resolvers]
        if others and self.chance(0.35):
            self.use_field(self.random.choice(others), entity, (field_name, arguments, type_name), resolvers[0])

    def use_field(self, subgraph: str, entity: str, used: tuple[str, str, str], owner: str) -> None:
        """Let another subgraph require the field, override it, or only refer to it."""
        field_name, arguments, type_name = used
        lines = self.type(subgraph, entity).lines
        external = f"{field_name}{self.vary_arguments(arguments)}: {self.vary_type(type_name)} @external"
        base = type_name.strip("[]!")
        selection = (
            f"{field_name} {{ {self.subfield(base)} }}" if base in (*self.values, *self.entities) else field_name
        )
        if arguments == "(n: Int!)":
            selection = selection.replace(field_name, f"{field_name}(n: 1)", 1)
        choice = self.random.random()
        if choice < 0.5:
            lines[field_name] = external
            lines[f"{field_name}Derived"] = f'{field_name}Derived: Int @requires(fields: "{selection}")'
            if base in (*self.values, *self.entities) and self.is_free():
                lines[f"{field_name}Derived"] = f'{field_name}Derived: Int @requires(fields: "{field_name}")'
        elif choice < 0.85:
            label = ', label: "percent(5)"' if self.versions[subgraph] >= "2.7" and self.chance(0.3) else ""
            origin = "nowhere" if self.is_free() else owner
            lines[field_name] = f'{field_name}{arguments}: {type_name} @override(from: "{origin}"{label})'
        elif self.is_free():
            lines[field_name] = external

    def subfield(self, type_name: str) -> str:
        return "common" if type_name in self.values else "id"

    def add_interface(self) -> None:
        members = self.random.sample(self.entities, self.random.randint(1, len(self.entities)))
        for name in self.names:
            if self.chance(0.4):
                continue
            interface = self.type(name, "Node", "interface")
            interface.lines["id"] = "id: ID!"
            for member in members:
                if "id" in self.type(name, member).lines:
                    self.type(name, member).suffix = " implements Node" + self.type(name, member).suffix
            self.type(name, "Query").lines[f"{name}Node"] = f"{name}Node: Node"
            if self.is_free():
                interface.lines["extra"] = "extra: Int"
                for member in members:
                    self.type(name, member).lines["extra"] = "extra: Int @shareable"

    def add_union(self) -> None:
        for name in self.some():
            members = self.random.sample([*self.entities, *self.values], self.random.randint(1, 2))
            self.extra[name].append(f"union Any_ = {' | '.join(members)}")
            self.type(name, "Query").lines["any_"] = "any_: Any_ @shareable"

    def add_queries(self) -> None:
        for name in self.names:
            lines = self.type(name, "Query").lines
            if not self.is_free():
                lines[f"{name}Q"] = f"{name}Q{self.arguments()}: {self.field_type()}{self.marks()}"
            if self.chance(0.3):
                lines["shared"] = f"shared{self.vary_arguments('')}: Int{'' if self.is_free() else ' @shareable'}"
            if self.chance(0.3):
                self.add_providing_query(name)

    def add_providing_query(self, name: str) -> None:
        entity = self.random.choice(self.entities)
        external = [f for f, line in self.type(name, entity).lines.items() if line.endswith("@external")]
        plain = [
            f for f in external if self.type(name, entity).lines[f].split(": ")[1].split()[0].strip("[]!") in _SCALARS
        ]
        if plain:
            self.type(name, "Query").lines[f"{name}P"] = f'{name}P: {entity} @provides(fields: "{plain[0]}")'

    def add_mutations(self) -> None:
        for name in self.some():
            self.type(name, "Mutation").lines[f"{name}M"] = f"{name}M{self.arguments()}: {self.field_type()}"


def generate_set(seed: int) -> list[Subgraph]:
    """Give the set of a seed; every third is meant to be valid."""
    return SetGenerator(seed, liberty=0.0 if seed % 3 == 0 else 0.02 if seed % 3 == 1 else 0.06).generate()
