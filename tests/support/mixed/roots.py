"""The root fields of a draft: shared and not, with arguments, in lists of lists; and mutations."""

from __future__ import annotations

from tests.support.mixed import features
from tests.support.mixed.draft import Draft, FieldDraft
from tests.support.mixed.features import agreeing, members_of

SHAPES = ("{}", "{}", "[{}!]", "[{}]!", "[[{}!]]")


def add_queries(draft: Draft) -> None:
    """One to three fields for each type, and one that finds an entity by its key."""
    for target in (*draft.entities, "U", "I", "V", "V", "Z"):
        able = [name for name in draft.names if draft.knows(name, target)]
        for _ in range(draft.random.randint(1, 2) if able else 0):
            type_ = draft.random.choice(SHAPES).format(target)
            owners = agreeing(draft, target, able, 3 if draft.chance(40) else 1)
            members = members_of(draft, target, owners)
            drafted = FieldDraft(type_, owners, members=members)
            draft.add_field("Query", draft.new_name("a"), drafted, lambda _, t=type_, m=members: draft.value(t, m))
    for entity in draft.entities:
        owners = draft.some(draft.homes[entity], 2)
        drafted = FieldDraft(entity, owners, '(id: String = "none")')
        draft.add_field("Query", f"find{entity}", drafted, lambda _, e=entity: {"$find": e, "where": {"id": "$id"}})


def add_provision(draft: Draft) -> None:
    """A root field that provides what others own."""
    features.add_provision(draft, "Query")


def add_override(draft: Draft) -> None:
    """A root field that moves from one subgraph to another."""
    features.add_override(draft, "Query")


def add_roots_again(draft: Draft) -> None:
    """A field of an entity that gives the root type."""
    entity = draft.random.choice(draft.entities)
    homes = [name for name in draft.homes[entity] if "Query" in draft.types[name]]
    if homes:
        draft.add_field(entity, draft.new_name("o"), FieldDraft("Query", homes[:1]), lambda _: draft.value("Query"))


def add_mutations(draft: Draft) -> None:
    """Fields that change something, one of them perhaps shared."""
    for _ in range(draft.random.randint(2, 4)):
        target = draft.random.choice([*draft.entities, *(["V"] if draft.has_whole_values else [])])
        able = [name for name in draft.names if draft.knows(name, target)]
        type_ = draft.random.choice(["{}", "{}", "[{}!]"]).format(target)
        owners = draft.some(able, 2) if draft.chance(25) else draft.some(able, 1)
        drafted = FieldDraft(type_, owners, "(in: In, unit: Unit = G)")
        draft.add_field("Mutation", draft.new_name("m"), drafted, lambda _, t=type_: draft.value(t))
