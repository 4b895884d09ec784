"""`ListExecutor` answers what graphql-core answers, errors and null bubbling included, and is quick where it can be."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import Annotated, Any

import pytest
import strawberry
from graphql import ExecutionResult, execute, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from legacy_adapters.errors import SystemTimeout
from subgraphs.shared import completion, execution
from subgraphs.shared.batching import batched
from subgraphs.shared.execution import ListExecutor
from subgraphs.shared.loaders import Partial, RecordLoader
from subgraphs.shared.scalars import SCALARS, Date


@strawberry.enum
class Colour(Enum):
    RED = 1
    GREEN = strawberry.enum_value(2, name="VERT")


@strawberry.enum
class Size(Enum):
    BIG = "b"
    SMALL = "s"


@strawberry.type
class Leaf:
    text: str
    note: str | None
    number: int
    flag: bool | None
    ratio: float | None
    colour: Colour
    size: Size | None
    day: Date | None


@strawberry.interface
class Thing:
    id: strawberry.ID
    leaf: Leaf | None


@strawberry.type
class Box(Thing):
    leaves: list[Leaf] | None
    strict: list[Leaf]
    nested: list[list[int | None]] | None


@strawberry.type
class Bag(Thing):
    one: Leaf
    inner: Box | None
    loaded: list[Leaf] | None = batched(attrgetter("leaves"), attrgetter("id"))

    @strawberry.field
    def shout(self, word: str = "hey") -> str:
        return f"{word} {self.id}"


@strawberry.type
class Query:
    things: list[Thing | None]
    boxes: list[Box] | None
    mixed: list[Annotated[Box | Bag, strawberry.union("Mixed")] | None] | None
    bags: list[Bag]


@dataclass
class Loaders:
    leaves: RecordLoader[Any, Any, Any]


@dataclass
class Context:
    loaders: Loaders
    partial_failures: list[Any]


SCHEMA = strawberry.Schema(query=Query, types=[Box, Bag], config=StrawberryConfig(scalar_map=SCALARS))
WHOLE_LEAF = "text note number flag ratio colour size day __typename"


def odd(ordinary):
    """Mostly ordinary values, sometimes one that does not belong."""
    strange = st.sampled_from([None, "text", 7, 2**40, True, [], object, ValueError("odd"), Colour.RED, Size.BIG])
    return st.one_of(ordinary, ordinary, ordinary, ordinary, ordinary, ordinary, strange)


texts = st.text(max_size=3)
leaves = st.builds(
    Leaf,
    text=odd(texts),
    note=odd(st.none() | texts),
    number=odd(st.integers(-9, 9)),
    flag=odd(st.none() | st.booleans()),
    ratio=odd(st.none() | st.floats()),
    colour=odd(st.sampled_from(Colour)),
    size=odd(st.none() | st.sampled_from(Size)),
    day=odd(st.none() | st.just("2026-10-31")),
)
boxes = st.builds(
    Box,
    id=odd(texts),
    leaf=odd(st.none() | leaves),
    leaves=odd(st.none() | st.lists(leaves, max_size=2)),
    strict=odd(st.lists(odd(leaves), max_size=2)),
    nested=odd(st.none() | st.lists(st.lists(odd(st.integers(0, 9)), max_size=2), max_size=2)),
)
bags = st.builds(Bag, id=texts, leaf=odd(st.none() | leaves), one=odd(leaves), inner=odd(st.none() | boxes))
things = odd(st.one_of(boxes, bags, leaves))
roots = st.builds(
    Query,
    things=odd(st.lists(things, max_size=4)),
    boxes=odd(st.none() | st.lists(odd(boxes), max_size=4)),
    mixed=odd(st.none() | st.lists(things, max_size=4)),
    bags=st.lists(odd(bags), max_size=4),
)
answers = st.one_of(
    st.lists(leaves, max_size=2),
    st.builds(lambda: SystemTimeout("system", "330100", "late")),
    st.builds(lambda found: Partial(found, (SystemTimeout("other", "330100", "late"),)), st.lists(leaves, max_size=2)),
)

leaf_selections = st.lists(st.sampled_from(WHOLE_LEAF.split()), min_size=1, max_size=5).map(" ".join)
box_fields = st.one_of(
    st.sampled_from(["id", "__typename", "nested", "again: id", "leaf { text @include(if: $yes) }", "...Named"]),
    st.builds(
        lambda name, inner: f"{name} {{ {inner} }}", st.sampled_from(["leaf", "leaves", "strict"]), leaf_selections
    ),
)
box_selections = st.lists(box_fields, min_size=1, max_size=4).map(" ".join)
bag_fields = st.one_of(
    st.sampled_from(["id", "shout", 'shout(word: "ho") @skip(if: $yes)', "...Named"]),
    st.builds(lambda name, inner: f"{name} {{ {inner} }}", st.sampled_from(["leaf", "one", "loaded"]), leaf_selections),
    box_selections.map(lambda inner: f"inner {{ {inner} }}"),
)
bag_selections = st.lists(bag_fields, min_size=1, max_size=4).map(" ".join)


def abstract_selections(box, bag):
    return f"__typename ... on Box {{ {box} }} ... on Bag {{ {bag} }}"


root_fields = st.one_of(
    st.builds("boxes {{ {} }}".format, box_selections),
    st.builds("bags {{ {} }}".format, bag_selections),
    st.builds("mixed {{ {} }}".format, st.builds(abstract_selections, box_selections, bag_selections)),
    st.builds(
        "things {{ id leaf {{ text }} {} }}".format, st.builds(abstract_selections, box_selections, bag_selections)
    ),
)
operations = st.builds(
    "query($yes: Boolean!) {{ {} u: __typename @include(if: $yes) }} fragment Named on Thing {{ name: id }}".format,
    st.lists(root_fields, min_size=1, max_size=2, unique_by=lambda field: field.split()[0]).map(" ".join),
)


def documents():
    return operations.map(parse).filter(lambda document: not _invalid(document))


def _invalid(document):
    return [e for e in validate(SCHEMA._schema, document) if "Named" not in e.message or "never used" not in e.message]


async def run(executor, document, root, loaded, yes=True):
    async def fetch(keys):
        return dict.fromkeys(keys, loaded)

    context = Context(Loaders(RecordLoader(fetch, lambda found: found, list)), [])
    result = execute(
        SCHEMA._schema,
        document,
        root_value=root,
        context_value=context,
        variable_values={"yes": yes},
        executor_class=executor,
    )
    answer = result if isinstance(result, ExecutionResult) else await result
    await settled()
    return answer, context


async def settled():
    """Where an error has nulled their parent, graphql-core settles the remaining fields behind the answer."""
    for _ in range(5):
        await asyncio.sleep(0)


def comparable(result, context):
    """Data, and errors without their order.

    Where an error has nulled more than its own place, the specification leaves it open which others below are told:
    of those only the place that became null is compared.
    """
    errors = {_told(result.data, tuple(error.path or ()), error.message) for error in result.errors or ()}
    beside = [(tuple(error.path), str(error.original_error)) for error in context.partial_failures]
    return result.data, errors, sorted(repr(one) for one in beside if _nulled_place(result.data, one[0]) is None)


def _told(data, path, message):
    place = _nulled_place(data, path)
    return (path, message) if place in (None, path) else place


def _nulled_place(data, path):
    """The place on the way to `path` that is null; None where there is a value."""
    for length, key in enumerate(path):
        if data is None:
            return path[:length]
        data = data[key]
    return path if data is None else None


@settings(max_examples=80, deadline=None)
@given(document=documents(), root=roots, loaded=answers, yes=st.booleans())
async def test_the_answer_is_graphql_cores_answer(document, root, loaded, yes):
    wanted, compiled, cached = [
        comparable(*await run(executor, document, root, loaded, yes))
        for executor in (StrawberryGraphQLCoreExecutionContext, ListExecutor, ListExecutor)
    ]
    assert compiled == wanted
    assert cached == wanted


LEAF = Leaf(
    text="a", note=None, number=1, flag=True, ratio=0.5, colour=Colour.GREEN, size=Size.BIG, day=Date("2026-10-31")
)


@pytest.fixture
def item_by_item(monkeypatch):
    """The names of the fields whose lists graphql-core completed."""
    seen = []
    complete = StrawberryGraphQLCoreExecutionContext.complete_iterable_value

    def record(self, item_type, details, info, *rest):
        seen.append(info.field_name)
        return complete(self, item_type, details, info, *rest)

    monkeypatch.setattr(StrawberryGraphQLCoreExecutionContext, "complete_iterable_value", record)
    return seen


def _root(**lists):
    return Query(**({"things": [], "boxes": [], "mixed": [], "bags": []} | lists))


async def test_a_list_of_plain_fields_is_completed_in_one_go(item_by_item):
    box = Box(id="1", leaf=LEAF, leaves=[LEAF], strict=[LEAF, LEAF], nested=[[1, None]])
    bag = Bag(id="2", leaf=None, one=LEAF, inner=box)
    whole = f"{{ {WHOLE_LEAF} }}"
    document = parse(
        f"""{{ mixed {{ __typename ... on Box {{ id leaf {whole} leaves {whole} strict {whole} nested }}
               ... on Bag {{ one {whole} inner {{ id }} loaded {{ text }} }} }} }}"""
    )
    result, _ = await run(ListExecutor, document, _root(mixed=[box, bag, None]), [LEAF])
    leaf = {
        "text": "a",
        "note": None,
        "number": 1,
        "flag": True,
        "ratio": 0.5,
        "colour": "VERT",
        "size": "BIG",
        "day": "2026-10-31",
        "__typename": "Leaf",
    }
    assert result == ExecutionResult(
        {
            "mixed": [
                {
                    "__typename": "Box",
                    "id": "1",
                    "leaf": leaf,
                    "leaves": [leaf],
                    "strict": [leaf, leaf],
                    "nested": [[1, None]],
                },
                {"__typename": "Bag", "one": leaf, "inner": {"id": "1"}, "loaded": [{"text": "a"}]},
                None,
            ]
        },
        None,
    )
    assert item_by_item == []


async def test_a_field_with_a_resolver_leaves_the_list_to_graphql_core(item_by_item):
    bag = Bag(id="2", leaf=None, one=LEAF, inner=None)
    result, _ = await run(ListExecutor, parse("{ bags { shout } }"), _root(bags=[bag]), [])
    assert result.data == {"bags": [{"shout": "hey 2"}]}
    assert item_by_item == ["bags"]


async def test_a_null_where_none_may_be_is_graphql_cores_to_report(item_by_item):
    document = parse("{ boxes { strict { text } } }")
    broken = Box(id="1", leaf=None, leaves=None, strict=[None], nested=None)
    result, _ = await run(ListExecutor, document, _root(boxes=[broken]), [])
    assert result.data == {"boxes": None}
    assert [error.path for error in result.errors or ()] == [["boxes", 0, "strict", 0]]
    assert item_by_item == ["boxes", "strict"]


async def test_a_batched_field_is_loaded_once_for_all_items_even_when_the_list_is_completed_again():
    calls = []

    async def fetch(keys):
        calls.append(list(keys))
        return {}

    bags = [Bag(id=str(number), leaf=None, one=LEAF, inner=None) for number in range(3)]
    bags.append(Bag(id="3", leaf=None, one=None, inner=None))
    context = Context(Loaders(RecordLoader(fetch, lambda found: found, list)), [])
    document = parse("{ bags { loaded { text } again: loaded { note } one { text } } }")
    result = await execute(
        SCHEMA._schema, document, root_value=_root(bags=bags), context_value=context, executor_class=ListExecutor
    )
    await settled()
    assert [error.path for error in result.errors] == [["bags", 3, "one"]]
    assert calls == [["0", "1", "2", "3"]]


async def test_a_partial_value_in_a_list_that_is_completed_again_is_reported_once():
    bags = [
        Bag(id="1", leaf=None, one=LEAF, inner=None),
        Bag(id="2", leaf=Leaf(**(LEAF.__dict__ | {"text": None})), one=LEAF, inner=None),
    ]
    partial = Partial([LEAF], (SystemTimeout("other", "330100", "late"),))
    document = parse("{ bags { loaded { number } leaf { text } } }")
    result, context = await run(ListExecutor, document, _root(bags=bags), partial)
    loaded = [{"number": 1}]
    assert result.data == {"bags": [{"loaded": loaded, "leaf": None}] * 2}
    assert [error.path for error in result.errors or ()] == [["bags", 1, "leaf", "text"]]
    assert sorted(error.path for error in context.partial_failures) == [["bags", 0, "loaded"], ["bags", 1, "loaded"]]


async def test_lists_are_compiled_once_per_document_and_condition(monkeypatch):
    compiled = []
    compile_list = completion.compile_list
    monkeypatch.setattr(execution, "compile_list", lambda *given: compiled.append(1) or compile_list(*given))
    document = parse("query($yes: Boolean!) { boxes { id @include(if: $yes) __typename } }")
    root = _root(boxes=[Box(id="1", leaf=None, leaves=None, strict=[], nested=None)])
    answers = [(await run(ListExecutor, document, root, [], yes))[0].data for yes in (True, False, True, False)]
    with_id, without = {"boxes": [{"id": "1", "__typename": "Box"}]}, {"boxes": [{"__typename": "Box"}]}
    assert answers == [with_id, without, with_id, without]
    assert len(compiled) == 2


async def test_only_so_many_compiled_lists_are_kept(monkeypatch):
    monkeypatch.setattr(execution, "MAX_COMPLETIONS", 3)
    kept = execution.Completions()
    monkeypatch.setattr(ListExecutor, "_completions", lambda self: kept)
    for number in range(9):
        await run(ListExecutor, parse(f"{{ boxes {{ a{number}: id }} }}"), _root(), [])
    assert len(kept._completions) <= 3


async def test_a_selection_too_deep_for_python_is_completed_by_graphql_core():
    deep = "id"
    for _ in range(60):
        deep = f"inner {{ {deep} }}"

    @strawberry.type
    class Deep:
        id: strawberry.ID
        inner: Deep | None

    Deep.__annotations__  # noqa: B018  (the class is read by name below)
    globals()["Deep"] = Deep

    @strawberry.type
    class DeepQuery:
        deep: list[Deep]

    schema = strawberry.Schema(query=DeepQuery)
    result = execute(
        schema._schema,
        parse(f"{{ deep {{ {deep} }} }}"),
        root_value=DeepQuery(deep=[Deep(id="1", inner=None)]),
        executor_class=ListExecutor,
    )
    assert result == ExecutionResult({"deep": [{"inner": None}]}, None)
