"""A city's last known answer stands in for one that it cannot give, and is marked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from graphql import GraphQLError

from federation.executor.errors import ErrorCode
from federation.executor.subgraph_client import SubgraphResponse
from federation.partition import Memory, MemoryLimits, PartitionedClient, StaleAnswers
from federation.partition.errors import PartitionErrorCode
from tests.federation.partition.cities import MemoryCity, ScriptedCity, ask, down, request_for
from tests.federation.partition.contracts import read_contract

SDL = """
scalar DateTime
type Query {
  person(id: ID!): Person
  notes(city: String, word: String): [Note!] @route(argument: "city") @staleWhileUnavailable(maxAge: 60)
  count: Int @merge(rule: SUM) @staleWhileUnavailable(maxAge: 60)
  page(first: Int, after: String): Notes @merge(rule: CONNECTION, by: "text") @staleWhileUnavailable(maxAge: 60)
  live: [Note!]
}
type Mutation { write(city: String!): [Note!] @route(argument: "city") @staleWhileUnavailable(maxAge: 60) }
type Person @key(fields: "id") {
  id: ID!
  name: String @staleWhileUnavailable(maxAge: 60)
  debt: Int @merge(rule: SUM) @staleWhileUnavailable(maxAge: 10)
  status: String
  state: String @merge(rule: LATEST, by: "changedAt") @staleWhileUnavailable(maxAge: 60)
  changedAt: DateTime
  notes: [Note!] @staleWhileUnavailable(maxAge: 60)
  home: Home
  history(first: Int, after: String): Notes @merge(rule: CONNECTION, by: "text")
}
type Home { street: String @staleWhileUnavailable(maxAge: 60) since: String }
type Note { text: String author: String }
type Notes { edges: [NoteEdge!]! nodes: [Note!]! pageInfo: PageInfo! totalCount: Int! @merge(rule: SUM) }
type NoteEdge { cursor: String! node: Note! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
"""
CONTRACT = read_contract(SDL)
NOTES = "{notes{text}}"
ENTITIES = "query($r: [_Any!]!){_entities(representations: $r){...on Person{%s}}}"


class City:
    """A city whose answers can be changed between requests; `failure` is given instead of any."""

    def __init__(self, root: dict[str, Any], extensions: dict[str, Any] | None = None) -> None:
        self.root = root
        self.extensions = extensions
        self.failure: ScriptedCity | None = None

    async def execute(self, request):
        return await (self.failure or MemoryCity(CONTRACT.schema, self.root, self.extensions)).execute(request)


class Graph:
    """Two cities behind one client with a clock of its own."""

    def __init__(self, here: dict[str, Any], there: dict[str, Any], limits: MemoryLimits | None = None) -> None:
        self.here, self.there = City(here), City(there)
        self.now = 1000.0
        self.memories = [Memory(limits or MemoryLimits(), lambda: self.now) for _ in range(2)]
        clients = {"330100": self.here, "341000": self.there}
        self.client = PartitionedClient(CONTRACT, clients, StaleAnswers(self.memories))

    async def ask(self, text: str, **variables: Any) -> SubgraphResponse:
        return await ask(self.client, text, **variables)


def person(**fields: Any) -> dict[str, Any]:
    """A city that knows one person, and no other."""
    known = {"__typename": "Person", "id": "p1", **fields}
    return {
        "person": lambda **arguments: known if arguments["id"] == "p1" else None,
        "_entities": lambda representation: known if representation["id"] == "p1" else None,
    }


NOBODY: dict[str, Any] = {"person": lambda **_: None, "_entities": lambda representation: None}


def fails(status: str) -> Any:
    """A field that a city cannot or will not answer."""

    def resolve(*_: Any) -> Any:
        raise GraphQLError("The system did not answer.", extensions={"code": "LEGACY", "sourceStatus": status})

    return resolve


def notes(*texts: str) -> list[dict[str, Any]]:
    return [{"text": text, "author": f"author of {text}"} for text in texts]


def places(response: SubgraphResponse) -> list[tuple[Any, ...]]:
    return [(*share.path, share.partition) for share in response.stale]


def errors(response: SubgraphResponse) -> list[tuple[Any, ...]]:
    return [(*error["path"], error["extensions"]["partition"]) for error in response.errors]


def statuses(response: SubgraphResponse) -> list[str]:
    return [source.status.value for source in response.sources]


FAILURES = [
    down(),
    down(ErrorCode.SUBGRAPH_REQUEST_TIMEOUT),
    ScriptedCity(
        SubgraphResponse(
            None, ({"message": "…", "extensions": {"code": PartitionErrorCode.PARTITION_CIRCUIT_OPEN.value}},)
        )
    ),
]


@pytest.mark.parametrize("failure", FAILURES, ids=["unavailable", "timeout", "open circuit"])
async def test_the_last_answer_of_a_city_that_fails_is_merged_and_marked(failure):
    graph = Graph({"notes": notes("a")}, {"notes": notes("b")})
    before = await graph.ask(NOTES)
    graph.there.failure = failure
    graph.here.root = {"notes": notes("a2")}
    response = await graph.ask(NOTES)
    assert before.data == {"notes": [{"text": "a"}, {"text": "b"}]}
    assert (before.stale, statuses(before)) == ((), ["ok", "ok"])
    assert response.data == {"notes": [{"text": "a2"}, {"text": "b"}]}
    assert (response.errors, places(response)) == ((), [("notes", "huangshan")])
    assert statuses(response) == ["ok", "stale"]


async def test_the_time_of_the_last_answer_is_told():
    graph = Graph({}, {"notes": notes("b")})
    graph.there.extensions = {"asOf": "2026-10-31T08:00:00+08:00"}
    await graph.ask(NOTES)
    graph.there.failure = down()
    response = await graph.ask(NOTES)
    assert {share.as_of for share in response.stale} == {"2026-10-31T08:00:00+08:00"}
    assert response.sources[1].as_of == "2026-10-31T08:00:00+08:00"


async def test_a_city_that_names_no_time_gave_its_answer_when_it_came():
    graph = Graph({}, {"notes": notes("b")})
    await graph.ask(NOTES)
    graph.there.failure = down()
    graph.now += 50
    (share,) = (await graph.ask(NOTES)).stale
    age = datetime.now().astimezone() - datetime.fromisoformat(share.as_of)
    assert 49 <= age.total_seconds() < 60


@pytest.mark.parametrize(("seconds", "is_known"), [(60, True), (60.5, False)])
async def test_an_answer_is_of_use_until_its_age_is_over(seconds, is_known):
    graph = Graph({}, {"notes": notes("b")})
    await graph.ask(NOTES)
    graph.there.failure = down()
    graph.now += seconds
    response = await graph.ask(NOTES)
    assert response.data == {"notes": [{"text": "b"}] if is_known else None}
    assert errors(response) == ([] if is_known else [("notes", "huangshan")])


@pytest.mark.parametrize("code", ["FORBIDDEN", "UNAUTHENTICATED"])
async def test_a_refusal_is_an_answer_and_ends_what_was_known(code):
    graph = Graph({}, {"notes": notes("b")})
    await graph.ask(NOTES)
    refusal = {"message": "no", "extensions": {"code": code}}
    graph.there.failure = ScriptedCity(SubgraphResponse(None, (refusal,)))
    refused = await graph.ask(NOTES)
    graph.there.failure = down()
    after = await graph.ask(NOTES)
    assert (refused.data, refused.stale, statuses(refused)[1]) == ({"notes": None}, (), "refused")
    assert (after.data, after.stale) == ({"notes": None}, ())


async def test_that_there_was_nothing_is_an_answer():
    graph = Graph(person(name="张三"), {"person": lambda **_: None})
    query = '{person(id: "p1"){name}}'
    await graph.ask(query)
    graph.there.failure = down()
    response = await graph.ask(query)
    assert (response.data, response.errors) == ({"person": {"name": "张三"}}, ())
    assert (places(response), statuses(response)) == ([("person", "huangshan")], ["ok", "stale"])


async def test_what_was_asked_otherwise_is_not_known():
    graph = Graph({}, {"notes": notes("b"), "count": 1})
    await graph.ask("query($w: String){notes(word: $w){text}}", w="x")
    graph.there.failure = down()
    for text, variables in [
        ("query($w: String){notes(word: $w){text}}", {"w": "y"}),
        ("query($w: String){notes(word: $w){author}}", {"w": "x"}),
        (NOTES, {}),
        ("{count}", {}),
    ]:
        response = await graph.ask(text, **variables)
        assert (response.stale, len(response.errors)) == ((), 1)
    known = await graph.ask(
        "query Other($w: String, $v: Boolean = true){notes(word: $w){text} __typename @skip(if: $v)}", w="x"
    )
    assert places(known) == [("notes", "huangshan")]


@pytest.mark.parametrize(
    ("headers", "is_known"),
    [
        ((("authorization", "a"),), True),
        ((("traceparent", "t"), ("authorization", "a")), True),
        ((("authorization", "b"),), False),
        ((), False),
    ],
)
async def test_an_answer_is_given_to_who_may_read_it(headers, is_known):
    graph = Graph({}, {"notes": notes("b")})
    await graph.client.execute(request_for(NOTES, headers=(("authorization", "a"),)))
    graph.there.failure = down()
    response = await graph.client.execute(request_for(NOTES, headers=headers))
    assert bool(response.stale) is is_known


async def test_changes_are_neither_remembered_nor_answered_from_memory():
    graph = Graph({}, {"write": notes("b")})
    change = 'mutation{write(city: "341000"){text}}'
    await graph.ask(change)
    assert [len(memory) for memory in graph.memories] == [0, 0]
    graph.there.failure = down()
    response = await graph.ask(change)
    assert (response.data, response.stale, len(response.errors)) == ({"write": None}, (), 1)


async def test_other_fields_of_a_request_that_fails_are_missing():
    graph = Graph({"notes": notes("a"), "live": notes("c")}, {"notes": notes("b"), "live": notes("d")})
    query = "{notes{text} live{text}}"
    await graph.ask(query)
    graph.there.failure = down()
    response = await graph.ask(query)
    assert response.data == {"notes": [{"text": "a"}, {"text": "b"}], "live": [{"text": "c"}]}
    assert errors(response) == [("live", "huangshan")]
    assert (places(response), statuses(response)) == ([("notes", "huangshan")], ["ok", "unavailable"])


async def test_an_object_comes_with_what_is_known_of_it_and_errors_elsewhere():
    there = person(name="张三", status="ACTIVE", home={"street": "屯溪路", "since": "2020"})
    graph = Graph(NOBODY, there)
    query = '{person(id: "p1"){id name status home{street since}}}'
    await graph.ask(query)
    graph.there.failure = down()
    response = await graph.ask(query)
    home = {"street": "屯溪路", "since": None}
    assert response.data == {"person": {"id": "p1", "name": "张三", "status": None, "home": home}}
    assert errors(response) == [("person", "status", "huangshan"), ("person", "home", "since", "huangshan")]
    assert places(response) == [("person", "name", "huangshan"), ("person", "home", "street", "huangshan")]


async def test_fields_of_one_object_have_their_own_ages():
    graph = Graph(NOBODY, person(name="张三", debt=5))
    query = '{person(id: "p1"){name debt}}'
    await graph.ask(query)
    graph.there.failure = down()
    graph.now += 30
    response = await graph.ask(query)
    assert response.data == {"person": {"name": "张三", "debt": None}}
    assert errors(response) == [("person", "debt", "huangshan")]


async def test_each_entity_is_remembered_by_itself():
    graph = Graph(person(notes=notes("a")), person(notes=notes("b")))
    people = [{"__typename": "Person", "id": name} for name in ("p1", "p2", "p3")]
    query = ENTITIES % "notes{text}"
    await graph.ask(query, r=people[:2])
    graph.there.failure = down()
    response = await graph.ask(query, r=[people[2], *people[:2]])
    assert response.data == {"_entities": [None, {"notes": [{"text": "a"}, {"text": "b"}]}, None]}
    assert errors(response) == [("_entities", 0, "huangshan")]
    assert places(response) == [("_entities", 1, "notes", "huangshan"), ("_entities", 2, "huangshan")]


async def test_a_field_that_a_city_cannot_answer_is_filled_beside_the_others():
    graph = Graph(NOBODY, person(name="张三", status="ACTIVE", notes=notes("b")))
    query = ENTITIES % "name status notes{text}"
    representations = [{"__typename": "Person", "id": "p1"}]
    await graph.ask(query, r=representations)
    graph.there.root = person(name="张三丰", status=fails("unavailable"), notes=fails("timeout"))
    response = await graph.ask(query, r=representations)
    assert response.data == {"_entities": [{"name": "张三丰", "status": None, "notes": [{"text": "b"}]}]}
    assert errors(response) == [("_entities", 0, "status", "huangshan")]
    assert places(response) == [("_entities", 0, "notes", "huangshan")]
    graph.there.failure = down()
    later = await graph.ask(query, r=representations)
    assert later.data == response.data  # with the newer name


async def test_what_a_city_refuses_of_an_object_is_forgotten_and_the_rest_is_not():
    graph = Graph(NOBODY, person(name="张三", notes=notes("b")))
    query = '{person(id: "p1"){name notes{text}}}'
    await graph.ask(query)
    graph.there.root = person(name="张三", notes=fails("refused"))
    refused = await graph.ask(query)
    assert (refused.data, refused.stale) == ({"person": {"name": "张三", "notes": None}}, ())
    graph.there.failure = down()
    response = await graph.ask(query)
    assert response.data == {"person": {"name": "张三", "notes": None}}
    assert errors(response) == [("person", "notes", "huangshan")]


async def test_an_answer_that_lacks_something_inside_is_given_as_it_is():
    graph = Graph({}, {"notes": notes("b")})
    query = "{notes{text author}}"
    await graph.ask(query)
    graph.there.root = {"notes": [{"text": "new", "author": fails("unavailable")}]}
    response = await graph.ask(query)
    assert (response.data, response.stale) == ({"notes": [{"text": "new", "author": None}]}, ())
    assert errors(response) == [("notes", 0, "author", "huangshan")]
    graph.there.failure = down()
    assert (await graph.ask(query)).data == {"notes": [{"text": "b", "author": "author of b"}]}


async def test_an_aggregate_of_a_last_known_share_is_marked():
    graph = Graph({"count": 1, **person(debt=1)}, {"count": 2, **person(debt=2)})
    query = '{count person(id: "p1"){debt}}'
    await graph.ask(query)
    graph.there.failure = down()
    graph.here.root = {"count": 5, **person(debt=5)}
    response = await graph.ask(query)
    assert (response.data, response.errors) == ({"count": 7, "person": {"debt": 7}}, ())
    assert places(response) == [("count", "huangshan"), ("person", "debt", "huangshan")]


async def test_a_value_that_another_city_gave_is_not_marked():
    known = person(name="张三", state="OLD", changedAt="2026-01-01T00:00:00Z")
    graph = Graph(person(name="章三", state="NEW", changedAt="2026-02-01T00:00:00Z"), known)
    query = '{person(id: "p1"){name state}}'
    await graph.ask(query)
    graph.there.failure = down()
    response = await graph.ask(query)
    assert (response.data, response.stale) == ({"person": {"name": "章三", "state": "NEW"}}, ())
    assert statuses(response) == ["ok", "stale"]


def page_of(*texts: str) -> dict[str, Any]:
    rows = notes(*texts)
    edges = [{"cursor": row["text"], "node": row} for row in rows]
    info = {"hasNextPage": False, "endCursor": texts[-1]}
    return {"edges": edges, "nodes": rows, "pageInfo": info, "totalCount": len(rows)}


async def test_a_page_of_a_list_is_known_as_a_whole():
    graph = Graph({"page": page_of("a", "c")}, {"page": page_of("b", "d")})
    query = (
        "query($after: String){page(first: 3, after: $after){totalCount nodes{text} pageInfo{hasNextPage endCursor}}}"
    )
    before = await graph.ask(query)
    graph.there.failure = down()
    response = await graph.ask(query)
    assert (response.data, response.errors) == (before.data, ())
    assert places(response) == [("page", "huangshan"), ("page", "totalCount", "huangshan")]
    cursor = response.data["page"]["pageInfo"]["endCursor"]
    next_page = await graph.ask(query, after=cursor)
    assert (next_page.stale, errors(next_page)[0]) == ((), ("page", "huangshan"))


async def test_a_list_of_an_entity_that_is_restored_in_part_lacks_the_citys_rows():
    there = person(name="张三", history=lambda *_, **__: page_of("b"))
    graph = Graph(person(name="张三", history=lambda *_, **__: page_of("a")), there)
    query = ENTITIES % "name history{nodes{text} pageInfo{hasNextPage}}"
    representations = [{"__typename": "Person", "id": "p1"}]
    await graph.ask(query, r=representations)
    graph.there.failure = down()
    response = await graph.ask(query, r=representations)
    (found,) = response.data["_entities"]
    assert found["history"] == {"nodes": [{"text": "a"}], "pageInfo": {"hasNextPage": True}}


async def test_memory_is_bounded_by_entries_and_what_was_known_first_goes_first():
    graph = Graph({}, {"notes": notes("b")}, MemoryLimits(max_entries=2))
    query = "query($w: String){notes(word: $w){text}}"
    for word in "abc":
        await graph.ask(query, w=word)
    graph.there.failure = down()
    assert [bool((await graph.ask(query, w=word)).stale) for word in "abc"] == [False, True, True]


async def test_memory_is_bounded_by_bytes():
    graph = Graph({}, {"notes": notes("x" * 400)}, MemoryLimits(max_bytes=1000))
    for word in "abc":
        await graph.ask("query($w: String){notes(word: $w){text}}", w=word)
    assert [len(memory) for memory in graph.memories] == [2, 1]
    graph.there.root = {"notes": notes("x" * 1000)}
    await graph.ask("query($w: String){notes(word: $w){text}}", w="c")
    assert (len(graph.memories[1]), graph.memories[1].used_bytes) == (0, 0)


async def test_what_is_too_old_is_forgotten_when_the_next_answer_comes():
    graph = Graph({}, {"notes": notes("b"), "count": 1})
    await graph.ask(NOTES)
    graph.now += 61
    await graph.ask("{count}")
    assert [len(memory) for memory in graph.memories] == [1, 1]


@pytest.mark.parametrize("answer", [{"person": 1}, {"person": {"home": "屯溪"}}, {"person": ["张三"]}])
async def test_an_answer_of_another_shape_is_neither_remembered_nor_fatal(answer):
    query = '{person(id: "p1"){name status home{street since}}}'
    graph = Graph(person(name="张三", status="ACTIVE"), NOBODY)
    graph.there.failure = ScriptedCity(SubgraphResponse(answer))
    assert (await graph.ask(query)).data["person"]["name"] == "张三"
    assert len(graph.memories[1]) == 0
    graph.there.failure = ScriptedCity(
        SubgraphResponse(answer, ({"message": "…", "path": ["person", "home", 0, "x"]},))
    )
    assert (await graph.ask(query)).stale == ()


@pytest.mark.parametrize("entities", [None, [], [None, None]])
async def test_an_answer_for_other_entities_is_not_remembered(entities):
    graph = Graph(NOBODY, person(name="张三"))
    representations = [{"__typename": "Person", "id": "p1"}]
    await graph.ask(ENTITIES % "name", r=representations)
    graph.there.failure = ScriptedCity(SubgraphResponse({"_entities": entities}))
    await graph.ask(ENTITIES % "name", r=representations)
    graph.there.failure = down()
    assert (await graph.ask(ENTITIES % "name", r=representations)).data == {"_entities": [{"name": "张三"}]}


async def test_what_comes_with_an_error_that_names_no_place_is_not_remembered():
    graph = Graph({}, {"notes": notes("b")})
    await graph.ask(NOTES)
    graph.there.failure = ScriptedCity(SubgraphResponse({"notes": None}, ({"message": "something is missing"},)))
    await graph.ask(NOTES)
    graph.there.failure = down()
    assert (await graph.ask(NOTES)).data == {"notes": [{"text": "b"}]}


async def test_nothing_is_remembered_where_it_is_switched_off():
    graph = Graph({"notes": notes("a")}, {"notes": notes("b")})
    graph.client = PartitionedClient(
        CONTRACT, {"330100": graph.here, "341000": graph.there}, StaleAnswers([graph.memories[0], None])
    )
    await graph.ask(NOTES)
    graph.here.failure = graph.there.failure = down()
    response = await graph.ask(NOTES)
    assert response.data == {"notes": [{"text": "a"}]}
    assert errors(response) == [("notes", "huangshan")]


async def test_what_is_remembered_shows_no_value_in_its_key_or_text():
    graph = Graph({}, {"notes": notes("secret")})
    await graph.ask("query($w: String){notes(word: $w){text}}", w="330199195805120015")
    records = graph.memories[1]._records
    assert "secret" not in repr(records)
    assert "330199195805120015" not in repr(records)
