"""Operations with `@defer` and `@stream` over HTTP: who gets parts, in which media type, who gets the whole answer."""

from __future__ import annotations

import asyncio
import json

import orjson
import pytest

from federation.gateway.incremental import DEFER_20220824, INCREMENTAL_V0_2, choose_incremental_format
from tests.federation.gateway.asgi_call import call, post
from tests.federation.gateway.subscriptions.channels import stream, until
from tests.support.idle_time import idle_time

DEFERRED = '{ product(id: "1") { name ... @defer(label: "later") { reviews { body } } } }'
IN_A_LIST = "{ products { id ... @defer { reviews { body } } } }"
LEGACY = "multipart/mixed;deferSpec=20220824, application/json"
CURRENT = "multipart/mixed;incrementalSpec=v0.2, application/json"
REVIEWS = {"reviews": [{"body": "review of 1"}]}
WHOLE = {"data": {"product": {"name": "product 1", **REVIEWS}}}


def parts_of(reply):
    """The JSON of each part; the body is well-formed."""
    assert reply.body.startswith(b"---\r\n")
    assert reply.body.endswith(b"\r\n-----\r\n")
    parts = reply.body.removeprefix(b"---").removesuffix(b"\r\n-----\r\n").split(b"\r\n---")
    contents = [part.split(b"\r\n\r\n", 1) for part in parts]
    assert {head for head, _ in contents} == {b"\r\ncontent-type: application/json"}
    return [orjson.loads(content) for _, content in contents]


async def ask(app, query, accept, **options):
    headers = {"accept": accept, **options.pop("headers", {})}
    return await post(app, {"query": query, **options}, headers=headers)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (LEGACY, DEFER_20220824),
        ('application/json, Multipart/Mixed; boundary="-"; deferSpec="20220824"', DEFER_20220824),
        ("multipart/mixed", DEFER_20220824),
        ("application/json, multipart/mixed;q=0.5", DEFER_20220824),
        (CURRENT, INCREMENTAL_V0_2),
        ("multipart/mixed;deferSpec=20220824;q=0.5, multipart/mixed;incrementalSpec=v0.2", INCREMENTAL_V0_2),
        ('multipart/mixed;subscriptionSpec="1.0", application/json', None),
        ("multipart/mixed;deferSpec=20250101", None),
        ("multipart/mixed;incrementalSpec=v0.3", None),
        ("multipart/mixed;q=0", None),
        ("application/json", None),
        ("*/*", None),
        ("", None),
    ],
)
def test_parts_are_given_to_clients_that_name_their_format(accept, chosen):
    assert choose_incremental_format(accept.encode()) is chosen


@pytest.mark.parametrize("accept", [LEGACY, "multipart/mixed, application/json", "multipart/mixed"])
async def test_the_deferred_fragment_follows_at_its_path(served, accept):
    reply = await ask(served.app, DEFERRED, accept)
    assert (reply.status, reply.headers["content-type"]) == (200, 'multipart/mixed;boundary="-";deferSpec=20220824')
    assert parts_of(reply) == [
        {"data": {"product": {"name": "product 1"}}, "hasNext": True},
        {"incremental": [{"data": REVIEWS, "path": ["product"], "label": "later"}], "hasNext": False},
    ]


async def test_the_newer_format_announces_parts_and_tells_when_they_are_complete(served):
    reply = await ask(served.app, DEFERRED, CURRENT)
    assert reply.headers["content-type"] == 'multipart/mixed;boundary="-";incrementalSpec=v0.2'
    pending = [{"id": "0", "path": ["product"], "label": "later"}]
    assert parts_of(reply) == [
        {"data": {"product": {"name": "product 1"}}, "pending": pending, "hasNext": True},
        {"incremental": [{"id": "0", "data": REVIEWS}], "completed": [{"id": "0"}], "hasNext": False},
    ]


async def test_the_newer_format_sends_no_field_twice(served):
    query = '{ product(id: "1") { id } ... @defer { product(id: "1") { id reviews { body } } } }'
    assert parts_of(await ask(served.app, query, CURRENT))[1]["incremental"] == [
        {"id": "0", "subPath": ["product"], "data": REVIEWS}
    ]


async def test_each_object_of_a_list_has_a_part(served):
    _, last = parts_of(await ask(served.app, IN_A_LIST, LEGACY))
    assert [part["path"] for part in last["incremental"]] == [["products", 0], ["products", 1]]
    assert len(served.reviews.requests) == 1


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "*/*"])
async def test_a_client_that_takes_no_parts_gets_the_whole_answer(served, accept):
    reply = await ask(served.app, DEFERRED, accept)
    assert (reply.status, reply.json) == (200, WHOLE)


async def test_subgraphs_are_never_sent_the_directive(served):
    await ask(served.app, DEFERRED, LEGACY)
    await ask(served.app, DEFERRED, "application/json")
    texts = [request["query"] for request in (*served.products.requests, *served.reviews.requests)]
    assert len(texts) == 4
    assert not any("defer" in text for text in texts)


async def test_a_variable_decides_whether_a_fragment_is_deferred(served):
    query = 'query($d: Boolean! = true) { product(id: "1") { name ... @defer(if: $d) { reviews { body } } } }'
    assert (await ask(served.app, query, LEGACY, variables={"d": False})).json == WHOLE
    assert len(parts_of(await ask(served.app, query, LEGACY, variables={"d": True}))) == 2
    assert len(parts_of(await ask(served.app, query, LEGACY))) == 2


async def test_a_fragment_that_is_never_deferred_is_answered_at_once(served):
    query = '{ product(id: "1") { name ... @defer(if: false) { reviews { body } } } }'
    assert (await ask(served.app, query, LEGACY)).json == WHOLE


async def test_an_answer_without_deferred_fragments_is_one_part_for_who_accepts_nothing_else(served):
    reply = await ask(served.app, '{ product(id: "1") { name } }', "multipart/mixed;deferSpec=20220824")
    assert parts_of(reply) == [{"data": {"product": {"name": "product 1"}}, "hasNext": False}]


async def test_a_refusal_is_json_where_json_is_accepted_and_else_a_part(served):
    refused = await ask(served.app, "{ nothing }", LEGACY)
    assert refused.headers["content-type"].startswith("application/json")
    (part,) = parts_of(await ask(served.app, "{ nothing }", CURRENT.partition(",")[0]))
    assert part["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize(
    ("query", "message", "place"),
    [
        (
            '{ product(id: "1") { ... @defer(label: "a") { name } ... @defer(label: "a") { id } } }',
            "Defer/Stream directive label argument must be unique.",
            {"line": 1, "column": 26},
        ),
        (
            'query($l: String) { product(id: "1") { ... @defer(label: $l) { name } } }',
            "Defer directive label argument must be a static string.",
            {"line": 1, "column": 44},
        ),
        (
            'mutation { ... @defer { rename(id: "1", name: "x") { id } } }',
            "Defer directive cannot be used on root mutation type 'Mutation'.",
            {"line": 1, "column": 16},
        ),
        (
            '{ product(id: "1") { id @defer } }',
            "Directive '@defer' may not be used on field.",
            {"line": 1, "column": 25},
        ),
        (
            '{ product(id: "1") @stream { id } }',
            "Stream directive cannot be used on non-list field 'product' on type 'Query'.",
            {"line": 1, "column": 20},
        ),
    ],
)
async def test_a_wrong_use_is_refused_with_its_place(served, query, message, place):
    (error,) = (await ask(served.app, query, LEGACY)).json["errors"]
    assert (error["message"], error["locations"][0]) == (message, place)


async def test_the_later_items_of_a_list_come_as_a_part_in_the_format_of_2022(served):
    query = '{ products @stream(initialCount: 1, label: "rest") { id reviews { body } } }'
    assert parts_of(await ask(served.app, query, LEGACY)) == [
        {"data": {"products": [{"id": "1", "reviews": [{"body": "review of 1"}]}]}, "hasNext": True},
        {
            "incremental": [
                {
                    "items": [{"id": "2", "reviews": [{"body": "review of 2"}]}],
                    "path": ["products", 1],
                    "label": "rest",
                }
            ],
            "hasNext": False,
        },
    ]


async def test_the_later_items_of_a_list_come_under_the_id_of_their_part_in_the_current_format(served):
    assert parts_of(await ask(served.app, "{ products @stream(initialCount: 1) { id } }", CURRENT)) == [
        {
            "data": {"products": [{"id": "1"}]},
            "pending": [{"id": "0", "path": ["products"]}],
            "hasNext": True,
        },
        {"incremental": [{"id": "0", "items": [{"id": "2"}]}], "completed": [{"id": "0"}], "hasNext": False},
    ]


async def test_a_client_that_takes_no_parts_gets_the_whole_list(served):
    reply = await ask(served.app, "{ products @stream(initialCount: 1) { id } }", "application/json")
    assert reply.json == {"data": {"products": [{"id": "1"}, {"id": "2"}]}}


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($n: Int) { products @stream(initialCount: $n) { id } }", {"n": -1}),
        ("{ products @stream(initialCount: -1) { id } }", {}),
    ],
)
async def test_less_than_no_first_items_are_refused_with_the_field(served, query, variables):
    (error,) = (await ask(served.app, query, LEGACY, variables=variables)).json["errors"]
    assert error == {
        "message": "'@stream(initialCount:)' of the field at 'products' must not be negative.",
        "extensions": {"code": "BAD_USER_INPUT"},
    }


async def test_the_payload_of_a_mutation_can_be_deferred(served):
    query = 'mutation { rename(id: "1", name: "new") { name ... @defer { reviews { body } } } }'
    assert parts_of(await ask(served.app, query, LEGACY)) == [
        {"data": {"rename": {"name": "new"}}, "hasNext": True},
        {"incremental": [{"data": REVIEWS, "path": ["rename"]}], "hasNext": False},
    ]


async def test_introspection_shows_the_directive(served):
    query = "{ __schema { directives { name locations args { name defaultValue } } } }"
    directives = (await ask(served.app, query, "application/json")).json["data"]["__schema"]["directives"]
    arguments = [{"name": "if", "defaultValue": "true"}, {"name": "label", "defaultValue": None}]
    locations = ["FRAGMENT_SPREAD", "INLINE_FRAGMENT"]
    assert {"name": "defer", "locations": locations, "args": arguments} in directives


async def test_introspection_can_be_deferred(served):
    query = '{ product(id: "1") { id } ... @defer { __schema { queryType { name ... @defer { kind } } } } }'
    _, last = parts_of(await ask(served.app, query, LEGACY))
    assert last["incremental"] == [
        {"data": {"__schema": {"queryType": {"name": "Query", "kind": "OBJECT"}}}, "path": []}
    ]


async def test_the_initial_result_is_sent_before_deferred_fetches_are_answered(served):
    served.reviews.go = asyncio.Event()
    async with stream(served.app, {"query": DEFERRED}, accept=LEGACY) as client:
        assert await client.chunk() == b"---"
        initial = await client.chunk()
        assert b'{"data":{"product":{"name":"product 1"}},"hasNext":true}' in initial
        served.reviews.go.set()
        assert b'"hasNext":false' in await client.rest()


async def test_a_failed_deferred_fetch_is_an_error_of_its_part(served):
    served.reviews.failure = (500, "text/plain", b"down")
    initial, last = parts_of(await ask(served.app, DEFERRED, LEGACY))
    assert initial == {"data": {"product": {"name": "product 1"}}, "hasNext": True}
    (part,) = last["incremental"]
    assert part["data"] == {"reviews": None}
    assert [error["path"] for error in part["errors"]] == [["product"]]


async def test_at_the_deadline_what_is_deferred_is_answered_without_what_has_not_come(serve):
    served = serve(subgraphs={"all": {"timeout_seconds": 60}})
    await ask(served.app, DEFERRED, CURRENT)  # so that nothing is left to prepare in the planning thread
    served.reviews.go = asyncio.Event()
    with idle_time():
        _, last = parts_of(await ask(served.app, DEFERRED, CURRENT))
    assert last["incremental"][0]["data"] == {"reviews": None}
    assert [error["extensions"]["code"] for error in last["incremental"][0]["errors"]] == ["GATEWAY_TIMEOUT"]
    assert last["hasNext"] is False


async def test_deferred_fetches_end_when_the_client_leaves(served):
    served.reviews.go = asyncio.Event()
    leaves = asyncio.Event()
    request = call(
        served.app,
        "POST",
        "/graphql",
        headers={"content-type": "application/json", "accept": LEGACY},
        body=orjson.dumps({"query": DEFERRED}),
        client_leaves=leaves,
    )
    task = asyncio.ensure_future(request)
    await until(lambda: len(served.reviews.requests) == 1)
    leaves.set()
    with idle_time():
        await asyncio.wait_for(task, 1)
    assert not served.reviews.go.is_set()


async def test_who_accepts_a_complete_answer_only_gets_it_as_a_whole(served):
    headers = {"bureaugraph-require-complete": "true"}
    assert (await ask(served.app, DEFERRED, LEGACY, headers=headers)).json == WHOLE


async def test_the_plan_shows_what_is_deferred_to_who_takes_parts(served):
    headers = {"bureaugraph-query-plan": "dry-run"}
    plan = (await ask(served.app, DEFERRED, LEGACY, headers=headers)).json["extensions"]["queryPlan"]
    assert plan["json"]["node"]["kind"] == "Defer"
    plan = (await ask(served.app, DEFERRED, "application/json", headers=headers)).json["extensions"]["queryPlan"]
    assert plan["json"]["node"]["kind"] == "Sequence"
    headers = {"bureaugraph-query-plan": "include"}
    initial, _ = parts_of(await ask(served.app, DEFERRED, LEGACY, headers=headers))
    assert initial["extensions"]["queryPlan"]["json"]["node"]["kind"] == "Defer"


async def test_a_request_in_parts_has_one_line_in_the_log(served, caplog):
    caplog.set_level("INFO", "bureaugraph.gateway")
    await ask(served.app, DEFERRED, LEGACY)
    line = json.loads(caplog.messages[-1])
    assert (line["event"], line["protocol"], line["events"], line["subgraphCalls"]) == (
        "request",
        "defer-20220824",
        2,
        2,
    )
    assert line["end"] == "complete"
