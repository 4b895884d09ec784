"""Invents one graph with data, and splits it into subgraphs by the features of federation.

Everything follows from a seed. The graph has entities with several keys, value types, an interface, a union and an
interface object; a split decides who defines what: which keys, shared, required, provided and overridden fields.
Not every split composes: some leave fields unreachable, which composition must find out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any

FEDERATION = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable", "@external", '
    '"@requires", "@provides", "@override", "@interfaceObject", "@inaccessible"])\n'
)
SCALARS = ("String", "String!", "Int")
KEYS = ("id", "sku", "id sku", "meta { id }")


@dataclass(frozen=True, slots=True)
class Split:
    """A graph in pieces: the subgraphs' SDL by name, and the world all of them resolve from."""

    subgraphs: dict[str, str]
    world: dict[str, Any]


@dataclass(slots=True)
class _Entity:
    name: str
    scalars: dict[str, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)


class SchemaSplitter:
    """Invents one split."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._names = [f"s{i}" for i in range(self._random.randint(2, 4))]
        self._entities = [_Entity(f"E{i}") for i in range(self._random.randint(2, 4))]
        # By subgraph and type: the field lines.
        self._fields: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in self._names}
        self._keys: dict[tuple[str, str], list[str]] = {}
        self._resolvable: dict[tuple[str, str, str], bool] = {}
        self._members: dict[str, list[str]] = {}
        self._values: dict[str, set[str]] = {}
        self._allowed: dict[str, list[str]] = {}
        self._interface_owner: str | None = None
        self._interface_objects: dict[str, list[str]] = {}

    def split(self) -> Split:
        """Give the subgraphs and their world."""
        self._invent_entities()
        self._place_values()
        self._place_interface()
        homes = {entity.name: self._place_entity(entity) for entity in self._entities}
        for entity in self._entities:
            for field_name, type_ in list(entity.references.items()):
                self._place_reference(entity, field_name, type_, homes[entity.name])
        self._place_roots()
        return Split({name: FEDERATION + self._sdl(name) for name in self._names}, self._world())

    def _chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def _invent_entities(self) -> None:
        for entity in self._entities:
            for i in range(self._random.randint(2, 5)):
                entity.scalars[f"f{i}"] = self._random.choice(SCALARS)
            for i in range(self._random.randint(0, 2)):
                target = self._random.choice([*self._entities]).name
                entity.references[f"r{i}"] = self._random.choice(["{}", "[{}]", "[{}!]!"]).format(target)
            if self._chance(50):
                entity.references["value"] = self._random.choice(["V", "[V!]"])
            if self._chance(40):
                entity.references["any"] = self._random.choice(["U", "[U]", "[U!]!"])
            if self._chance(40):
                entity.references["node"] = self._random.choice(["I", "[I!]"])

    def _place_values(self) -> None:
        is_whole = self._chance(70)
        for name in self._names:
            known = {f for f in ("a", "b", "c") if is_whole or self._chance(60)}
            self._values[name] = known or {"a"}

    def _place_interface(self) -> None:
        """The interface's owner knows all implementations; another subgraph may stand in with an interface object."""
        self._implementing = [e.name for e in self._entities if self._chance(70)] or [self._entities[0].name]
        if self._chance(60):
            self._interface_owner = self._random.choice(self._names)
            for name in self._names:
                if name != self._interface_owner and self._chance(50):
                    fields = [f"x{i}" for i in range(self._random.randint(1, 2))]
                    self._interface_objects[name] = [f"{name}{f}" for f in fields]

    def _place_entity(self, entity: _Entity) -> list[str]:
        homes = [n for n in self._names if self._chance(65) and not self._stands_in(n, entity)]
        if self._interface_owner and entity.name in self._implementing and self._interface_owner not in homes:
            homes.append(self._interface_owner)
        if not homes:
            homes = [next(n for n in self._names if not self._stands_in(n, entity))]
        for name in homes:
            self._choose_keys(name, entity)
        for field_name, type_ in entity.scalars.items():
            self._place_scalar(entity, field_name, type_, homes)
        return homes

    def _stands_in(self, name: str, entity: _Entity) -> bool:
        return name in self._interface_objects and entity.name in self._implementing

    def _choose_keys(self, name: str, entity: _Entity) -> None:
        keys = self._random.sample(KEYS, self._random.choice([1, 1, 2]))
        if self._interface_owner == name and entity.name in self._implementing and "id" not in keys:
            keys.append("id")
        self._keys[name, entity.name] = keys
        for key in keys:
            must = self._interface_owner == name and key == "id"
            self._resolvable[name, entity.name, key] = must or self._chance(90)
        fields = {f for key in keys for f in ("id", "sku", "meta") if f in key.replace("{ id }", "").split()}
        for key_field in sorted(fields):
            type_ = "Meta" if key_field == "meta" else "String!"
            self._fields[name][entity.name].append(f"{key_field}: {type_}")

    def _place_scalar(self, entity: _Entity, field_name: str, type_: str, homes: list[str]) -> None:
        sharing = self._random.sample(homes, min(len(homes), self._random.choice([1, 1, 1, 2])))
        others = [n for n in homes if n not in sharing]
        if len(sharing) == 1 and others and self._chance(35):
            self._place_requiring(entity, field_name, type_, sharing[0])
            return
        if len(sharing) == 1 and others and self._chance(15):
            source = self._random.choice(others)
            self._fields[sharing[0]][entity.name].append(f'{field_name}: {type_} @override(from: "{source}")')
            self._fields[source][entity.name].append(f"{field_name}: {type_}")
            return
        shareable = " @shareable" if len(sharing) > 1 else ""
        for name in sharing:
            self._fields[name][entity.name].append(f"{field_name}: {type_}{shareable}")

    def _place_requiring(self, entity: _Entity, field_name: str, type_: str, home: str) -> None:
        """Let the field require scalars that stand before it, so that requirements do not run in circles."""
        before = [f for f in entity.scalars if f < field_name]
        own = {line.split(":")[0] for line in self._fields[home][entity.name]}
        wanted = [f for f in self._random.sample(before, min(len(before), 2)) if f not in own]
        for required in wanted:
            self._fields[home][entity.name].append(f"{required}: {entity.scalars[required]} @external")
        requires = f' @requires(fields: "{" ".join(wanted)}")' if wanted else ""
        self._fields[home][entity.name].append(f"{field_name}: {type_}{requires}")

    def _place_reference(self, entity: _Entity, field_name: str, type_: str, homes: list[str]) -> None:
        target = type_.strip("[]!")
        able = [n for n in homes if self._knows(n, target)]
        sharing = self._agreeing(f"{entity.name}.{field_name}", target, able)
        for name in sharing:
            shareable = " @shareable" if len(sharing) > 1 else ""
            provides = self._provided(name, target) if len(sharing) == 1 else ""
            self._fields[name][entity.name].append(f"{field_name}: {type_}{shareable}{provides}")
        if not sharing:
            del entity.references[field_name]

    def _agreeing(self, coordinate: str, target: str, able: list[str]) -> list[str]:
        """Choose who has a field; those who share a union have members in common, and only these are given."""
        sharing = self._random.sample(able, min(len(able), self._random.choice([1, 1, 2])))
        if target == "U" and sharing:
            common = set.intersection(*(set(self._union(n)) for n in sharing))
            sharing = sharing if common else sharing[:1]
            self._allowed[coordinate] = sorted(common or self._union(sharing[0]))
        return sharing

    def _provided(self, name: str, target: str) -> str:
        known = self._fields[name].get(target, [])
        external = [line.split(":")[0] for line in known if line.endswith("@external")]
        if external and self._chance(60):
            return f' @provides(fields: "{self._random.choice(external)}")'
        return ""

    def _knows(self, name: str, target: str) -> bool:
        match target:
            case "V":
                return True
            case "U":
                return bool(self._union(name))
            case "I":
                return name == self._interface_owner or name in self._interface_objects
            case _:
                return (name, target) in self._keys

    def _union(self, name: str) -> list[str]:
        if name not in self._members:
            known = [e.name for e in self._entities if (name, e.name) in self._keys]
            self._members[name] = [m for m in known if self._chance(80)]
        return self._members[name]

    def _place_roots(self) -> None:
        for target in [*(e.name for e in self._entities), "U", "I", "V"]:
            able = [n for n in self._names if self._knows(n, target)]
            if not able:
                continue
            for suffix, type_ in (("One", target), ("All", f"[{target}!]")):
                sharing = self._agreeing(f"Query.q{target}{suffix}", target, able)
                shareable = " @shareable" if len(sharing) > 1 else ""
                for name in sharing:
                    self._fields[name]["Query"].append(f"q{target}{suffix}: {type_}{shareable}")

    # -- text ---------------------------------------------------------------------------------------------------

    def _sdl(self, name: str) -> str:
        types = [self._type(name, type_name, lines) for type_name, lines in self._fields[name].items()]
        text = "\n".join(types)
        if "meta:" in text:
            types.append("type Meta @shareable { id: String! tag: String }")
        if " V" in text or "[V" in text:
            types.append(f"type V @shareable {{ {' '.join(f'{f}: String' for f in sorted(self._values[name]))} }}")
        if self._union(name):
            types.append(f"union U = {' | '.join(self._union(name))}")
        if name == self._interface_owner:
            types.append('interface I @key(fields: "id") { id: String! }')
        if name in self._interface_objects:
            lines = " ".join(f"{f}: String" for f in self._interface_objects[name])
            types.append(f'type I @key(fields: "id") @interfaceObject {{ id: String! {lines} }}')
        return "\n".join(types)

    def _type(self, name: str, type_name: str, lines: list[str]) -> str:
        keys = "".join(
            f' @key(fields: "{key}"{"" if self._resolvable[name, type_name, key] else ", resolvable: false"})'
            for key in self._keys.get((name, type_name), ())
        )
        implements = " implements I" if name == self._interface_owner and type_name in self._implementing else ""
        return f"type {type_name}{implements}{keys} {{ {' '.join(lines)} }}"

    # -- data ---------------------------------------------------------------------------------------------------

    def _world(self) -> dict[str, Any]:
        world: dict[str, Any] = {e.name: {} for e in self._entities}
        for entity in self._entities:
            for number in range(self._random.randint(1, 3)):
                world[entity.name][f"k{number}"] = self._record(entity, number)
        for entity in self._entities:
            for record in world[entity.name].values():
                for name, type_ in entity.references.items():
                    record[name] = self._value(type_, world, self._allowed.get(f"{entity.name}.{name}", []))
        world["Query"] = {}
        for lines in self._fields.values():
            for line in lines["Query"]:
                name, type_ = line.removesuffix(" @shareable").split(": ")
                world["Query"].setdefault(name, self._value(type_, world, self._allowed.get(f"Query.{name}", [])))
        return world

    def _record(self, entity: _Entity, number: int) -> dict[str, Any]:
        identity = f"{entity.name}-{number}"
        record: dict[str, Any] = {
            "id": identity,
            "sku": f"{identity}-sku",
            "meta": {"id": f"{identity}-meta", "tag": f"{identity}-tag"},
        }
        for name, type_ in entity.scalars.items():
            value: Any = self._random.randrange(100) if type_ == "Int" else f"{identity}-{name}"
            record[name] = value if type_.endswith("!") or self._chance(90) else None
        for fields in self._interface_objects.values():
            record |= {f: f"{identity}-{f}" for f in fields}
        return record

    def _value(self, type_: str, world: dict[str, Any], members: list[str]) -> Any:
        if type_.startswith("["):
            inner = type_.rstrip("!")[1:-1]
            return [self._value(inner, world, members) for _ in range(self._random.randint(0, 3))]
        if not type_.endswith("!") and self._chance(10):
            return None
        return self._object(type_.rstrip("!"), world, members)

    def _object(self, type_name: str, world: dict[str, Any], members: list[str]) -> Any:
        if type_name == "V":
            number = self._random.randrange(100)
            return {"__typename": "V", **{f: f"v{number}{f}" for f in "abc"}}
        if type_name == "U":
            type_name = self._random.choice(members)
        elif type_name == "I":
            type_name = self._random.choice(self._implementing)
        return {"$ref": f"{type_name}/{self._random.choice(list(world[type_name]))}"}
