"""A graph in the making: what each subgraph says of each type, and the world all of them resolve from.

Features (`features.py`, `roots.py`) add to one draft, so that they meet on the same entities, and later ones may build
on what earlier ones added: a requirement of a provided field, an override of a required one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", '
    '"@requires", "@provides", "@override", "@interfaceObject", "@inaccessible", "@context", "@fromContext"])\n'
)
KEY_FIELDS = {"id": "String!", "sku": "String!", "meta": "Meta", "parts": "[Meta!]"}
COMMON = """
type Meta @shareable { id: String! tag: String }
scalar Big
enum Unit { KG G SECRET @inaccessible }
enum Color { RED GREEN HIDDEN @inaccessible }
input In { unit: Unit = KG deep: In units: [Unit!] hidden: Int @inaccessible }
"""
HIDDEN = "Hidden"
"""An entity that only subgraphs see; values of abstract types may be one."""


@dataclass(slots=True)
class TypeDraft:
    """One type of one subgraph; `fields` by name hold what follows the name: `(unit: Unit): Int @external`."""

    keys: dict[str, bool] = field(default_factory=dict)
    directives: list[str] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)

    def sdl(self, name: str) -> str:
        """Write the type."""
        implements = f" implements {' & '.join(self.interfaces)}" if self.interfaces else ""
        keys = [
            f'@key(fields: "{k}"{"" if resolvable else ", resolvable: false"})' for k, resolvable in self.keys.items()
        ]
        fields = " ".join(f"{field_name}{rest}" for field_name, rest in self.fields.items())
        return f"type {name}{implements} {' '.join([*keys, *self.directives])} {{ {fields} }}"


@dataclass(slots=True)
class FieldDraft:
    """A field of the whole graph.

    Attributes:
        type, arguments: as SDL, e.g. `[E0!]` and `(unit: Unit = KG)`.
        owners: the subgraphs that resolve it.
        given: an argument to require it with, e.g. `(unit: G)`.
        members: the types its objects have, if it is of an abstract type.
    """

    type: str
    owners: list[str]
    arguments: str = ""
    given: str = ""
    members: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The named type."""
        return self.type.strip("[]!")

    @property
    def is_leaf(self) -> bool:
        """Whether it has no selections."""
        return self.target in {"String", "Int", "Big", "Color"}


class Draft:
    """What is invented so far.

    Attributes:
        names: the subgraphs.
        entities: the entity types; `homes` are the subgraphs that have a key of each.
        types: by subgraph and name.
        fields: by type and name, of what is no key.
        definitions: further SDL by subgraph.
        unions: the members each subgraph's union `U` has.
        has_whole_values: whether every subgraph knows all of the value types.
        protected: fields that must have a value without error, since other subgraphs need it.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.names = [f"s{i}" for i in range(self.random.choice([2, 3, 3, 4]))]
        self.entities = [f"E{i}" for i in range(self.random.choice([2, 2, 3]))]
        self.homes: dict[str, list[str]] = {}
        self.types: dict[str, dict[str, TypeDraft]] = {name: {} for name in self.names}
        self.fields: dict[str, dict[str, FieldDraft]] = {}
        self.definitions: dict[str, list[str]] = {name: [] for name in self.names}
        self.unions: dict[str, list[str]] = {}
        self.protected: set[tuple[str, str]] = set()
        self.has_whole_values = self.chance(60)
        self.interface_owner: str | None = None
        self.implementing: list[str] = []
        self.world: dict[str, dict[str, Any]] = {"Query": {}, "Mutation": {}}
        self._count = 0

    def chance(self, percent: int) -> bool:
        """Say yes so often."""
        return self.random.randrange(100) < percent

    def some(self, items: Iterable[Any], most: int) -> list[Any]:
        """Pick one to `most` of the items, none of none."""
        pool = list(items)
        return self.random.sample(pool, min(len(pool), self.random.randint(1, most)))

    def new_name(self, prefix: str) -> str:
        """Give a name that nothing has."""
        self._count += 1
        return f"{prefix}{self._count}"

    def type(self, subgraph: str, name: str) -> TypeDraft:
        """Give the type, which is begun where it is not there."""
        return self.types[subgraph].setdefault(name, TypeDraft())

    def records(self, type_name: str) -> Iterator[dict[str, Any]]:
        """Give the records of an entity, or the one of a root type."""
        if type_name in {"Query", "Mutation"}:
            yield self.world[type_name]
        else:
            yield from self.world[type_name].values()

    def add_field(
        self,
        type_name: str,
        name: str,
        drafted: FieldDraft,
        value: Callable[[dict[str, Any]], Any],
        directives: str = "",
    ) -> None:
        """Add a field to its owners and to the world; several owners share it."""
        shareable = " @shareable" if len(drafted.owners) > 1 else ""
        for owner in drafted.owners:
            self.type(owner, type_name).fields[name] = f"{drafted.arguments}: {drafted.type}{directives}{shareable}"
        self.fields.setdefault(type_name, {})[name] = drafted
        for record in self.records(type_name):
            record[name] = value(record)

    def make_external(self, subgraph: str, type_name: str, name: str) -> None:
        """Have the field declared in a subgraph that does not resolve it."""
        drafted = self.fields[type_name][name]
        fields = self.type(subgraph, type_name).fields
        fields.setdefault(name, f"{drafted.arguments}: {drafted.type} @external")

    def make_shareable(self, type_name: str, name: str) -> None:
        """Have the field's owners share it, as they must with who provides it."""
        for owner in self.fields[type_name][name].owners:
            fields = self.type(owner, type_name).fields
            if "@shareable" not in fields[name]:
                fields[name] += " @shareable"

    def foreign_fields(self, subgraph: str, type_name: str) -> list[str]:
        """Give the fields of a type that the subgraph does not resolve, though it may have them as external."""
        declared = self.type(subgraph, type_name).fields
        return [
            name for name in self.fields.get(type_name, {}) if declared.get(name, "@external").endswith("@external")
        ]

    def knows(self, subgraph: str, target: str) -> bool:
        """Whether a field of the subgraph may give such objects."""
        match target:
            case "U":
                return bool(self.unions.get(subgraph))
            case "I":
                return "I" in self.types[subgraph] or subgraph == self.interface_owner
            case "V" | "W":
                return True
            case "Z":
                return subgraph in self.homes[self.entities[0]]
            case _:
                return subgraph in self.homes.get(target, ())

    def value(self, type_: str, members: tuple[str, ...] = ()) -> Any:
        """Invent a value: lists of up to three, some nulls where they may be."""
        if type_.endswith("!"):
            return self._present(type_[:-1], members)
        return None if self.chance(10) else self._present(type_, members)

    def _present(self, type_: str, members: tuple[str, ...]) -> Any:  # noqa: C901, PLR0911, PLR0912
        if type_.startswith("["):
            return [self.value(type_[1:-1], members) for _ in range(self.random.randint(0, 3))]
        match type_:
            case "String":
                return f"text {self.random.randrange(1000)}"
            case "Int":
                return self.random.randrange(1000)
            case "Color":
                return self.random.choice(["RED", "GREEN"])
            case "Big":
                return self.random.choice(
                    [2**53 + 1, -(2**60), "9", {"$json": {"deep": [2**53 + 3, None]}}, [[1.5]], True]
                )
            case "V":
                number = self.random.randrange(1000)
                return {
                    "__typename": "V",
                    "a": f"a{number}",
                    "b": number,
                    "c": None,
                    "w": self.value("W"),
                    "ws": self.value("[W!]"),
                }
            case "W":
                number = self.random.randrange(1000)
                return {"__typename": "W", "d": f"d{number}", "e": number}
            case "Z":
                number = self.random.randrange(1000)
                entities = self.value(f"[{self.entities[0]}]")
                return {"__typename": "Z", "a": f"z{number}", "e": self.value(self.entities[0]), "es": entities}
            case "Query":
                return {"$query": None}
            case "U" | "I" | "J":
                return self._reference(self.random.choice(members))
            case _:
                return self._reference(type_)

    def _reference(self, type_name: str) -> dict[str, str]:
        return {"$ref": f"{type_name}/{self.random.choice(list(self.world[type_name]))}"}

    def sdl(self, subgraph: str) -> str:
        """Write the subgraph."""
        types = [draft.sdl(name) for name, draft in self.types[subgraph].items() if draft.fields]
        union = self.unions.get(subgraph)
        more = [f"union U = {' | '.join(union)}"] if union else []
        return "\n".join([LINK, COMMON, *self.definitions[subgraph], *types, *more])
