"""Invents a graph whose keys are nested objects, often in circles, and splits it into subgraphs that share all fields.

Everything follows from a seed. Each type has some scalars and links to other types or to itself; a subgraph knows a
part of them, and identifies a type by scalars or by what its links lead to, one or two links away:

    type A @key(fields: "ab { b0 }") { a1: ID  ab: B }        type B @key(fields: "bb { ba { a1 } }") { … }

A key's parts often have to come from other subgraphs, by keys that lead back. Not every split composes.
"""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Any

from tests.support.split_schema import Split

LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])\n'
RECORDS_PER_TYPE = 3


class NestedKeySplitter:
    """Invents one split."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._types = list("ABCD")[: self._random.choice([2, 3, 3, 4])]
        self._names = list("abcde")[: self._random.choice([3, 3, 4, 5])]
        self._scalars = {t: [f"{t.lower()}{i}" for i in range(self._random.choice([2, 3]))] for t in self._types}
        # By type: the fields that lead to other types, which of them are lists.
        self._links: dict[str, dict[str, str]] = {t: self._invent_links(t) for t in self._types}
        self._lists = {link for links in self._links.values() for link in links if self._chance(15)}
        # By subgraph and type: the fields it knows and the keys.
        self._fields: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in self._names}
        self._keys: dict[tuple[str, str], list[str]] = {}

    def split(self) -> Split:
        """Give the subgraphs and their world."""
        for name in self._names:
            for type_name in self._types:
                self._place_type(name, type_name)
        root = self._random.choice(self._types)
        self._know(self._names[0], root, self._scalars[root][0])
        sdls = {name: self._sdl(name) for name in self._names}
        sdls[self._names[0]] += f"\ntype Query {{ root: {root} }}"
        return Split({name: LINK + sdl for name, sdl in sdls.items()}, self._world(root))

    def _chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def _invent_links(self, type_name: str) -> dict[str, str]:
        targets = [other for other in self._types if self._chance(65)]
        return {f"{type_name}{other}".lower(): other for other in targets}

    # -- the split ----------------------------------------------------------------------------------------------

    def _place_type(self, name: str, type_name: str) -> None:
        for scalar in self._scalars[type_name]:
            if self._chance(40):
                self._know(name, type_name, scalar)
        for link, target in self._links[type_name].items():
            if self._chance(45):
                self._know(name, type_name, link)
                self._know(name, target, self._random.choice(self._scalars[target]))
        count = self._random.choice([0, 1, 1, 2])
        self._keys[name, type_name] = sorted({self._invent_key(name, type_name) for _ in range(count)})

    def _invent_key(self, name: str, type_name: str) -> str:
        parts = {self._invent_part(name, type_name, depth=2)}
        if self._chance(15):
            parts.add(self._invent_part(name, type_name, depth=2))
        # Parts that begin with one field would have to be merged.
        return " ".join({part.split(" ")[0]: part for part in sorted(parts)}.values())

    def _invent_part(self, name: str, type_name: str, depth: int) -> str:
        links = self._links[type_name]
        if not links or depth == 0 or self._chance(50 if depth == 2 else 75):
            scalar = self._random.choice(self._scalars[type_name])
            self._know(name, type_name, scalar)
            return scalar
        link = self._random.choice(sorted(links))
        self._know(name, type_name, link)
        return f"{link} {{ {self._invent_part(name, links[link], depth - 1)} }}"

    def _know(self, name: str, type_name: str, field: str) -> None:
        self._fields[name][type_name].add(field)

    def _sdl(self, name: str) -> str:
        types = [self._type(name, type_name) for type_name in self._types if self._fields[name][type_name]]
        return "\n".join(types) or "scalar Nothing"

    def _type(self, name: str, type_name: str) -> str:
        keys = "".join(f' @key(fields: "{key}")' for key in self._keys[name, type_name])
        fields = (f"{field}: {self._field_type(type_name, field)}" for field in sorted(self._fields[name][type_name]))
        return f"type {type_name}{keys} @shareable {{ {' '.join(fields)} }}"

    def _field_type(self, type_name: str, field: str) -> str:
        target = self._links[type_name].get(field, "ID")
        return f"[{target}]" if field in self._lists else target

    # -- data ---------------------------------------------------------------------------------------------------

    def _world(self, root: str) -> dict[str, Any]:
        """Give records that every possible key identifies: no two of a type have an equal value anywhere."""
        world: dict[str, Any] = {
            t: {str(i): {f: f"{t}-{i}-{f}" for f in self._scalars[t]} for i in range(RECORDS_PER_TYPE)}
            for t in self._types
        }
        for type_name, links in self._links.items():
            for link, target in links.items():
                order = self._random.sample(range(RECORDS_PER_TYPE), RECORDS_PER_TYPE)
                for i in range(RECORDS_PER_TYPE):
                    world[type_name][str(i)][link] = self._link_value(link, target, order[i:] + order[:i])
        world["Query"] = {"root": {"$ref": f"{root}/0"}}
        return world

    def _link_value(self, link: str, target: str, order: list[int]) -> Any:
        references = [{"$ref": f"{target}/{i}"} for i in order]
        return references[:2] if link in self._lists else references[0]
