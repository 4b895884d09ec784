"""Splits that compose more often and add what most gateways stumble on: an interface that each subgraph knows in part.

Every entity is mostly entered by `id`, so that references lead back and forth. Each subgraph may know an interface `J`
with fields and implementations of its own choice, behind fields that no other subgraph has.
"""

from __future__ import annotations

from typing import Any

from tests.support.split_schema import SchemaSplitter, _Entity

OTHER_KEYS = ("sku", "id sku", "meta { id }", "meta { id tag } sku", "meta { id } id")
COMMON_FIELDS = ("f0", "f1")


class HarderSplitter(SchemaSplitter):
    """Invents one such split."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        # By subgraph: the implementations and the fields of its J.
        self._implementations: dict[str, list[str]] = {}
        self._interface_fields: dict[str, list[str]] = {}

    def _invent_entities(self) -> None:
        super()._invent_entities()
        for entity in self._entities:
            entity.scalars |= dict.fromkeys(COMMON_FIELDS, "String")

    def _choose_keys(self, name: str, entity: _Entity) -> None:
        keys = ["id"] if self._chance(75) else []
        keys += self._random.sample(OTHER_KEYS, self._random.choice([0, 0, 1, 2]) if keys else 1)
        is_owner = self._interface_owner == name and entity.name in self._implementing
        if is_owner and "id" not in keys:
            keys.append("id")
        self._keys[name, entity.name] = keys
        for key in keys:
            self._resolvable[name, entity.name, key] = (is_owner and key == "id") or self._chance(93)
        words = {word for key in keys for word in key.replace("{ id }", "").replace("{ id tag }", "").split()}
        self._fields[name][entity.name] += [f"{w}: {'Meta' if w == 'meta' else 'String!'}" for w in sorted(words)]

    def _place_roots(self) -> None:
        for name in self._names:
            self._place_partial_interface(name)
        super()._place_roots()
        for name, implementations in self._implementations.items():
            self._add_interface_field(name, "Query", f"k{name}: [J!]", implementations)
            self._add_interface_field(name, "Query", f"j{name}: J", implementations)

    def _place_partial_interface(self, name: str) -> None:
        known = [e for e in self._entities if (name, e.name) in self._keys and self._chance(75)]
        declared = [{line.split(":")[0] for line in self._fields[name][e.name]} for e in known]
        fields = [f for f in ("id", *COMMON_FIELDS) if known and all(f in some for some in declared)]
        fields = [f for f in fields if self._chance(75)]
        if not fields:
            return
        self._implementations[name] = [e.name for e in known]
        self._interface_fields[name] = fields
        for entity in known:
            if self._chance(35):
                entity.references[f"j{name}"] = "J"
                self._add_interface_field(name, entity.name, f"j{name}: J", self._implementations[name])

    def _add_interface_field(self, name: str, type_name: str, line: str, implementations: list[str]) -> None:
        self._fields[name][type_name].append(line)
        self._allowed[f"{type_name}.{line.split(':', maxsplit=1)[0]}"] = implementations

    def _sdl(self, name: str) -> str:
        text = super()._sdl(name)
        if name not in self._interface_fields:
            return text
        fields = " ".join(f"{f}: {'String!' if f == 'id' else 'String'}" for f in self._interface_fields[name])
        return f"{text}\ninterface J {{ {fields} }}"

    def _type(self, name: str, type_name: str, lines: list[str]) -> str:
        text = super()._type(name, type_name, lines)
        if type_name not in self._implementations.get(name, ()):
            return text
        if " implements I" in text:
            return text.replace(" implements I", " implements I & J", 1)
        return text.replace(f"type {type_name}", f"type {type_name} implements J", 1)

    def _object(self, type_name: str, world: dict[str, Any], members: list[str]) -> Any:
        chosen = self._random.choice(members) if type_name == "J" else type_name
        return super()._object(chosen, world, members)
