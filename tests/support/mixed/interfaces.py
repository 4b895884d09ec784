"""Interfaces of a draft: one whose owner others stand in for, and one that each subgraph knows in part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.mixed.draft import Draft, FieldDraft
from tests.support.mixed.features import of_units


def add_interface_field(draft: Draft) -> None:
    """Fields of the interface objects, one of which requires a field of the interface, or is required of it."""
    owner = draft.interface_owner
    if owner is None:
        return
    common = draft.new_name("i")
    for entity in draft.implementing:
        draft.add_field(entity, common, FieldDraft("String", [owner]), lambda _: draft.value("String"))
        draft.protected.add((entity, common))
    text = draft.definitions[owner].pop(next(i for i, d in enumerate(draft.definitions[owner]) if "interface I" in d))
    draft.definitions[owner].append(text.replace(" }", f" {common}: String }}"))
    for name in draft.names:
        if name != owner and "I" in draft.types[name]:
            _add_to_interface_object(draft, name, common)


def _add_to_interface_object(draft: Draft, name: str, common: str) -> None:
    stand_in = draft.type(name, "I")
    plain = draft.new_name("x")
    stand_in.fields[plain] = ": String"
    _add_to_records(draft, plain, _named(plain))
    if draft.chance(50):
        argued = draft.new_name("x")
        stand_in.fields[argued] = "(unit: Unit = KG): Int"
        _add_to_records(draft, argued, lambda _: {"$by": "unit", **of_units(draft)})
    known = [entity for entity in draft.entities if draft.knows(name, entity)]
    if known and draft.chance(50):
        leading, target = draft.new_name("x"), draft.random.choice(known)
        stand_in.fields[leading] = f": [{target}]"
        _add_to_records(draft, leading, lambda _: draft.value(f"[{target}]"))
    if draft.chance(60):
        requiring = draft.new_name("x")
        stand_in.fields[common] = ": String @external"
        stand_in.fields[requiring] = f': String @requires(fields: "{common}")'
        _add_to_records(draft, requiring, _named(requiring))
    if draft.chance(60):
        entity = draft.random.choice(draft.implementing)
        homes = [h for h in draft.homes[entity] if draft.type(h, entity).keys.get("id")]
        if homes:
            home = draft.random.choice(homes)
            draft.type(home, entity).fields[plain] = ": String @external"
            requiring = draft.new_name("q")
            drafted = FieldDraft("String", [home])
            directive = f' @requires(fields: "{plain}")'
            draft.add_field(entity, requiring, drafted, lambda r: f"{r['id']}-{requiring}", directive)


def _named(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda record: f"{record['id']}-{name}"


def _add_to_records(draft: Draft, name: str, value: Callable[[dict[str, Any]], Any]) -> None:
    for entity in draft.implementing:
        for record in draft.records(entity):
            record[name] = value(record)


def add_partial_interface(draft: Draft) -> None:
    """An interface `J` with fields and implementations of each subgraph's own choice, behind fields only it has."""
    names = [draft.new_name("j"), draft.new_name("j")]
    for entity in draft.entities:
        for name in names:
            owners = draft.some(draft.homes[entity], 2)
            draft.add_field(entity, name, FieldDraft("String", owners), lambda _: draft.value("String"))
    for subgraph in draft.names:
        known = [entity for entity in draft.entities if subgraph in draft.homes[entity] and draft.chance(75)]
        fields = [f for f in ("id", *names) if known and all(f in draft.type(subgraph, e).fields for e in known)]
        if chosen := [field for field in fields if draft.chance(75)]:
            _place_partial_interface(draft, subgraph, known, chosen)


def _place_partial_interface(draft: Draft, subgraph: str, known: list[str], fields: list[str]) -> None:
    lines = " ".join(f"{field}: {'String!' if field == 'id' else 'String'}" for field in fields)
    draft.definitions[subgraph].append(f"interface J {{ {lines} }}")
    for entity in known:
        draft.type(subgraph, entity).interfaces.append("J")
    for type_name in ("Query", *(entity for entity in known if draft.chance(35))):
        type_ = draft.random.choice(["J", "[J]", "[J!]"])
        drafted = FieldDraft(type_, [subgraph], members=tuple(known))
        draft.add_field(type_name, draft.new_name("k"), drafted, lambda _, t=type_: draft.value(t, tuple(known)))
