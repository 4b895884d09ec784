"""The entities of a draft: where they are known, by which keys, and what the abstract types over them are."""

from __future__ import annotations

from tests.support.mixed.draft import HIDDEN, KEY_FIELDS, Draft

KEYS = ("sku", "id sku", "meta { id }", "meta { id tag } sku", "parts { id }", "id meta { tag }")
VALUE_FIELDS = {"a": "String", "b": "Int", "c": "String", "w": "W", "ws": "[W!]"}


def place_entities(draft: Draft) -> None:
    """Invent records, and give each subgraph its entities, keys, value types, interface and union."""
    _invent_records(draft)
    _choose_interface(draft)
    for entity in draft.entities:
        _place_entity(draft, entity)
    _place_values(draft)
    _place_interface(draft)
    _place_unions(draft)


def _invent_records(draft: Draft) -> None:
    for entity in (*draft.entities, HIDDEN):
        draft.world[entity] = {}
        for number in range(draft.random.randint(1, 3)):
            identity = f"{entity}-{number}"
            draft.world[entity][f"k{number}"] = {
                "id": identity,
                "sku": f"{identity}-sku",
                "meta": {"id": f"{identity}-meta", "tag": f"{identity}-tag"},
                "parts": [{"id": f"{identity}-part{i}", "tag": None} for i in range(2)],
            }


def _choose_interface(draft: Draft) -> None:
    """Choose the interface's owner, who knows all implementations; who stands in for them knows none."""
    if draft.chance(60):
        draft.interface_owner = draft.random.choice(draft.names)
        draft.implementing = draft.some(draft.entities, len(draft.entities))
        for name in draft.names:
            if name != draft.interface_owner and draft.chance(35):
                stand_in = draft.type(name, "I")
                stand_in.keys["id"] = True
                stand_in.directives.append("@interfaceObject")
                stand_in.fields["id"] = ": String!"


def _place_entity(draft: Draft, entity: str) -> None:
    is_implementation = entity in draft.implementing
    able = [n for n in draft.names if not (is_implementation and "I" in draft.types[n])]
    homes = [name for name in able if draft.chance(75)] or able[:1]
    if is_implementation and draft.interface_owner not in homes:
        homes.append(str(draft.interface_owner))
    draft.homes[entity] = homes
    for name in homes:
        keys = ["id"] if draft.chance(80) else []
        keys += draft.some(KEYS, 2) if not keys or draft.chance(40) else []
        is_owner = is_implementation and name == draft.interface_owner
        if is_owner and "id" not in keys:
            keys.append("id")
        type_ = draft.type(name, entity)
        type_.keys = {key: (is_owner and key == "id") or draft.chance(92) for key in keys}
        for field, type_text in KEY_FIELDS.items():
            if any(field in key.split() and f"{{ {field}" not in key for key in keys):
                type_.fields[field] = f": {type_text}"


def _place_values(draft: Draft) -> None:
    """Each subgraph knows a part of the value types; `Z` leads to an entity, and only its homes know it."""
    for name in draft.names:
        known = [f for f in VALUE_FIELDS if draft.has_whole_values or f == "a" or draft.chance(60)]
        fields = " ".join(f"{f}: {VALUE_FIELDS[f]}" for f in known)
        inner = "d: String" if not draft.has_whole_values and draft.chance(40) else "d: String e: Int"
        draft.definitions[name].append(f"type V @shareable {{ {fields} }}\ntype W @shareable {{ {inner} }}")
        if draft.knows(name, "Z"):
            entity = draft.entities[0]
            draft.definitions[name].append(f"type Z @shareable {{ a: String e: {entity} es: [{entity}] }}")


def _place_interface(draft: Draft) -> None:
    if draft.interface_owner is None:
        return
    draft.definitions[draft.interface_owner].append('interface I @key(fields: "id") { id: String! }')
    for entity in draft.implementing:
        draft.type(draft.interface_owner, entity).interfaces.append("I")


def _place_unions(draft: Draft) -> None:
    """Each subgraph may know a union of some of its entities, and of a type that clients do not see."""
    hidden = draft.some(draft.names, 2) if draft.chance(30) else []
    for name in draft.names:
        members = [e for e in draft.entities if name in draft.homes[e] and draft.chance(80)]
        if members and name in hidden:
            members.append(HIDDEN)
            type_ = draft.type(name, HIDDEN)
            type_.keys["id"] = True
            type_.directives.append("@inaccessible")
            type_.fields["id"] = ": String!"
        if members:
            draft.unions[name] = members
