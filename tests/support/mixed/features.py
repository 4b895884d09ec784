"""Features of federation, each added to the entities of a draft. What a feature finds nothing to build on it leaves."""

from __future__ import annotations

from typing import Any

from tests.support.mixed.draft import Draft, FieldDraft

SCALARS = ("String", "String", "Int", "String!", "Int!", "Color", "Big", "[[Int]]", "[Big]", "[String!]")


def add_scalars(draft: Draft) -> None:
    """Fields of leaf types, some of them shared."""
    for entity in draft.entities:
        for _ in range(draft.random.randint(2, 5)):
            _add_scalar(draft, entity, draft.homes[entity])


def _add_scalar(draft: Draft, entity: str, homes: list[str]) -> None:
    owners = draft.some(homes, 2) if draft.chance(30) else draft.some(homes, 1)
    type_ = draft.random.choice(SCALARS)
    draft.add_field(entity, draft.new_name("f"), FieldDraft(type_, owners), lambda _: draft.value(type_))


def add_arguments(draft: Draft, entity: str) -> None:
    """A field whose value depends on an argument: an enum, or one inside an input object."""
    owners = draft.some(draft.homes[entity], 1)
    argument, path, given = draft.random.choice(
        [
            ("(unit: Unit = KG, hidden: Int = 1 @inaccessible)", "unit", "(unit: G)"),
            ("(in: In = {unit: KG})", "in.unit", "(in: {unit: G})"),
            ("(in: In! = {}, unit: Unit = G)", "in.unit", "(in: {unit: G, deep: {unit: KG}})"),
        ]
    )
    drafted = FieldDraft("Int", owners, argument, given)
    draft.add_field(entity, draft.new_name("g"), drafted, lambda _: {"$by": path, **of_units(draft)})


def of_units(draft: Draft) -> dict[str, int]:
    number = draft.random.randrange(1000)
    return {"KG": number, "G": number + 1000, "None": number + 2000}


def add_reference(draft: Draft, entity: str) -> None:
    """A field that leads to an entity, a value, the union or the interface."""
    target = draft.random.choice([*draft.entities, *draft.entities, "V", "U", "I", "Z"])
    owners = agreeing(
        draft, target, [n for n in draft.homes[entity] if draft.knows(n, target)], 2 if draft.chance(30) else 1
    )
    if not owners:
        return
    type_ = draft.random.choice(["{}", "{}", "[{}]", "[{}!]!", "[[{}]]"]).format(target)
    members = members_of(draft, target, owners)
    draft.add_field(
        entity, draft.new_name("r"), FieldDraft(type_, owners, members=members), lambda _: draft.value(type_, members)
    )


def agreeing(draft: Draft, target: str, able: list[str], most: int) -> list[str]:
    """Choose the owners of a field; who share a union have members in common, and values known in part have all."""
    if target == "V" and not draft.has_whole_values:
        return able
    owners = draft.some(able, most)
    return owners if target != "U" or members_of(draft, target, owners) else owners[:1]


def members_of(draft: Draft, target: str, owners: list[str]) -> tuple[str, ...]:
    """The types that all owners of a field know its objects as."""
    if target == "I":
        return tuple(draft.implementing)
    if target == "U" and owners:
        return tuple(m for m in draft.unions[owners[0]] if all(m in draft.unions[o] for o in owners))
    return ()


def add_requirement(draft: Draft, entity: str) -> None:
    """A field that requires others, which may require in turn: also with arguments, of references, by type."""
    home = draft.random.choice(draft.homes[entity])
    required = [
        text
        for name in draft.some(draft.foreign_fields(home, entity), 3)
        if (text := _required(draft, home, entity, name, 2))
    ]
    if required:
        name = draft.new_name("q")
        directive = f' @requires(fields: "{" ".join(required)}")'
        draft.add_field(entity, name, FieldDraft("String", [home]), lambda r: f"{r['id']}-{name}", directive)


def _required(draft: Draft, home: str, type_name: str, name: str, depth: int) -> str | None:
    """Give the field as a requirement of `home`, where it is made external, or None if that is not possible."""
    drafted = draft.fields[type_name][name]
    if drafted.is_leaf:
        draft.make_external(home, type_name, name)
        draft.protected.add((type_name, name))
        return f"{name}{drafted.given if draft.chance(70) else ''}"
    inner = _required_below(draft, home, drafted, depth - 1) if depth else None
    if inner is None:
        return None
    draft.make_external(home, type_name, name)
    draft.protected.add((type_name, name))
    return f"{name} {{ {inner} }}"


def _required_below(draft: Draft, home: str, drafted: FieldDraft, depth: int) -> str | None:
    match drafted.target:
        case "V":
            return "a"
        case "Z":
            inner = _required_of_entity(draft, home, draft.entities[0], depth) if draft.knows(home, "Z") else None
            return f"e {{ {inner} }} a" if inner else None
        case "U" | "I":
            if not draft.knows(home, drafted.target):
                return None
            known = [m for m in members_of(draft, drafted.target, [home]) if m in drafted.members]
            inner = [(m, text) for m in known if (text := _required_of_entity(draft, home, m, depth))]
            return " ".join(f"... on {member} {{ {text} }}" for member, text in inner) or None
        case entity:
            return _required_of_entity(draft, home, entity, depth)


def _required_of_entity(draft: Draft, home: str, entity: str, depth: int) -> str | None:
    if entity not in draft.fields or (
        draft.interface_owner != home and "I" in draft.types[home] and entity in draft.implementing
    ):
        return None
    if draft.chance(25) and "id" in draft.type(home, entity).fields:
        return "id"
    foreign = draft.foreign_fields(home, entity)
    return _required(draft, home, entity, draft.random.choice(foreign), depth) if foreign else None


def add_provision(draft: Draft, type_name: str) -> None:
    """A field of an entity or of Query that provides what others own: of an entity, of union members, deeper."""
    targets = [*draft.entities, *draft.entities, "U", "I"]
    target = draft.random.choice(targets)
    homes = draft.homes.get(type_name, draft.names)
    able = [n for n in homes if draft.knows(n, target) and not (target == "I" and n != draft.interface_owner)]
    if not able:
        return
    home = draft.random.choice(able)
    members = members_of(draft, target, [home])
    provided = _provided(draft, home, target, members)
    if provided:
        type_ = draft.random.choice(["{}", "[{}]", "[{}!]"]).format(target)
        drafted = FieldDraft(type_, [home], members=members)
        draft.add_field(
            type_name,
            draft.new_name("p"),
            drafted,
            lambda _: draft.value(type_, members),
            f' @provides(fields: "{provided}")',
        )


def _provided(draft: Draft, home: str, target: str, members: tuple[str, ...]) -> str:
    if not members:
        return _provided_of_entity(draft, home, target, 2)
    inner = [(m, _provided_of_entity(draft, home, m, 1)) for m in members if m in draft.fields and draft.chance(80)]
    return " ".join(f"... on {member} {{ {text} }}" for member, text in inner if text)


def _provided_of_entity(draft: Draft, home: str, entity: str, depth: int) -> str:
    parts = []
    for name in draft.some(draft.foreign_fields(home, entity), 2):
        drafted = draft.fields[entity][name]
        if drafted.is_leaf and not drafted.arguments:
            draft.make_external(home, entity, name)
            draft.make_shareable(entity, name)
            parts.append(name)
        elif drafted.target in draft.entities and depth and draft.knows(home, drafted.target):
            inner = _provided_of_entity(draft, home, drafted.target, depth - 1)
            if inner:
                draft.make_external(home, entity, name)
                draft.make_shareable(entity, name)
                parts.append(f"{name} {{ {inner} }}")
    return " ".join(parts)


def add_override(draft: Draft, entity: str) -> None:
    """A field of an entity or of Query that moves from one subgraph to another, at once or by a label."""
    able = [
        (name, home)
        for name, drafted in draft.fields.get(entity, {}).items()
        for home in draft.homes.get(entity, draft.names)
        if name[0] in "fra" and len(drafted.owners) == 1 and name not in draft.type(home, entity).fields
        if drafted.is_leaf or (drafted.target != "U" and draft.knows(home, drafted.target))
    ]
    if not able:
        return
    name, home = draft.random.choice(able)
    drafted = draft.fields[entity][name]
    (origin,) = drafted.owners
    label = f', label: "{draft.random.choice(["early", "late"])}"' if draft.chance(50) else ""
    draft.type(home, entity).fields[name] = f'{drafted.arguments}: {drafted.type} @override(from: "{origin}"{label})'
    drafted.owners = [origin, home] if label else [home]


def add_hidden(draft: Draft, entity: str) -> None:
    """A field that clients do not see and another subgraph requires."""
    homes = draft.homes[entity]
    if len(homes) < 2:
        return
    owner, home = draft.random.sample(homes, 2)
    hidden, name = draft.new_name("h"), draft.new_name("q")
    draft.add_field(entity, hidden, FieldDraft("String", [owner]), lambda _: draft.value("String"), " @inaccessible")
    draft.make_external(home, entity, hidden)
    draft.protected.add((entity, hidden))
    draft.add_field(
        entity, name, FieldDraft("String", [home]), lambda r: f"{r['id']}-{name}", f' @requires(fields: "{hidden}")'
    )


def add_context(draft: Draft, entity: str) -> None:
    """A context that the entity sets, and an entity of its own below it, one to each record, that reads it."""
    home = draft.random.choice(draft.homes[entity])
    names = [
        n
        for n, d in draft.fields.get(entity, {}).items()
        if d.type.rstrip("!") in {"String", "Int"} and not d.arguments
    ]
    if not names:
        return
    setting, below, field = draft.random.choice(names), draft.new_name("X"), draft.new_name("x")
    draft.protected.add((entity, setting))
    drafted = draft.fields[entity][setting]
    if home not in drafted.owners:
        draft.make_external(home, entity, setting)
    context = draft.new_name("c")
    draft.type(home, entity).directives.append(f'@context(name: "{context}")')
    draft.homes[below] = [home]
    draft.world[below] = {}
    for number, record in enumerate(draft.records(entity)):
        draft.world[below][f"k{number}"] = {"id": f"{below}-{number}", "of": record[setting]}
    for name in {home, *draft.some(draft.homes[entity], 2)}:
        draft.type(name, below).keys["id"] = True
        draft.type(name, below).fields["id"] = ": String!"
        draft.homes[below] = [*{*draft.homes[below], name}]
    owner = draft.random.choice(sorted(set(draft.homes[below])))
    references = iter([{"$ref": f"{below}/{key}"} for key in draft.world[below]])
    draft.add_field(entity, field, FieldDraft(below, [owner]), lambda _: next(references))
    draft.protected.add((entity, field))
    argument = f'(in: {drafted.type.rstrip("!")} @fromContext(field: "${context} {{ {setting} }}"))'
    draft.add_field(
        below,
        draft.new_name("y"),
        FieldDraft("String", [home], argument),
        lambda r: {"$context": "in", "is": r["of"], "then": f"{r['id']}-scoped"},
    )


def add_faults(draft: Draft) -> None:
    """Errors, missing values where none may be, values that clients do not see."""
    for entity in draft.entities:
        for name, drafted in draft.fields.get(entity, {}).items():
            if (entity, name) not in draft.protected and draft.chance(25):
                for record in draft.records(entity):
                    if draft.chance(40):
                        record[name] = _fault(draft, f"{entity}.{name}", drafted, record[name])


def _fault(draft: Draft, coordinate: str, drafted: FieldDraft, value: Any) -> Any:
    choices: list[Any] = [{"$error": f"{coordinate} failed"}]
    if drafted.type.endswith("!"):
        choices.append(None)
    if drafted.type == "Color":
        choices.append("HIDDEN")
    if isinstance(value, list) and value:
        choices.append([*value[:-1], {"$error": f"an item of {coordinate} failed"}])
    return draft.random.choice(choices)
