"""When fetches start, when they are left out, and how an execution ends early."""

from __future__ import annotations

import asyncio

import pytest
from graphql import build_schema, parse

from federation.executor import ExecutionRequest, ExecutionResult, compile_plan, execute_plan
from federation.executor.fetches import prepare_operation
from federation.executor.sources import merge_reports
from federation.executor.subgraph_client import SourceReport, SourceStatus, SubgraphRequest, SubgraphResponse
from federation.query_plan.nodes import Condition, OperationKind, SubgraphName
from tests.federation.executor.support import FakeSubgraph, entities, fetch, plan, run
from tests.support.idle_time import idle_time

SCHEMA = build_schema(
    """
    type Query { user: User other: User }
    type Mutation { one: Int two: Int three: Int }
    type User { id: ID! name: String mail: String best: User }
    """
)
NAME = "{_entities{...on User{name}}}"


class Gate:
    """Holds a subgraph's answer back until it is opened."""

    def __init__(self, answer: dict) -> None:
        self.asked = asyncio.Event()
        self.open = asyncio.Event()
        self._answer = answer

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        self.asked.set()
        await self.open.wait()
        return SubgraphResponse(self._answer)


async def test_a_fetch_starts_when_its_own_inputs_are_there_not_when_a_wave_is_done():
    quick, slow = Gate({"user": {"id": "1"}}), Gate({"other": {"id": "2"}})
    after_quick = Gate({"_entities": [{"name": "A"}]})
    query_plan = plan(
        fetch(0, "slow", "{other{id}}"),
        fetch(1, "quick", "{user{id}}"),
        fetch(2, "after_quick", NAME, entities("User", "id", "user"), after=(1,)),
    )
    clients = {"quick": quick, "slow": slow, "after_quick": after_quick}
    running = asyncio.ensure_future(run("{ user { name } other { id } }", query_plan, SCHEMA, clients))
    async with asyncio.timeout(5):
        await asyncio.gather(quick.asked.wait(), slow.asked.wait())
        quick.open.set()
        await after_quick.asked.wait()
        after_quick.open.set()
        slow.open.set()
        assert (await running).data == {"user": {"name": "A"}, "other": {"id": "2"}}


async def test_a_fetch_waits_for_all_its_inputs():
    """It is sent once, after the last of them, with what both brought."""
    mails = FakeSubgraph({"_entities": [{"mail": "m"}]})
    query_plan = plan(
        fetch(0, "a", "{user{id}}"),
        fetch(1, "b", NAME, entities("User", "id", "user"), after=(0,)),
        fetch(2, "c", "{_entities{...on User{best{id}}}}", entities("User", "id", "user"), after=(0,)),
        fetch(3, "d", "{_entities{...on User{mail}}}", entities("User", "id", "user", "user.best"), after=(1, 2)),
    )
    subgraphs = {
        "a": {"user": {"id": "1"}},
        "b": FakeSubgraph({"_entities": [{"name": "A"}]}, delay=0.01),
        "c": {"_entities": [{"best": {"id": "1"}}]},
        "d": mails,
    }
    result = await run("{ user { name mail best { mail } } }", query_plan, SCHEMA, subgraphs)
    assert result.data == {"user": {"name": "A", "mail": "m", "best": {"mail": "m"}}}
    assert [request.variables for request in mails.requests] == [
        {"representations": [{"__typename": "User", "id": "1"}]}
    ]


@pytest.mark.parametrize(("wanted", "fetched"), [(True, 1), (False, 0)])
async def test_a_condition_leaves_out_a_fetch_and_those_that_only_go_on_from_it(wanted, fetched):
    conditional, dependant = FakeSubgraph({"_entities": [{"name": "A"}]}), FakeSubgraph({"_entities": [{"mail": "m"}]})
    on_user = entities("User", "id", "user")
    query_plan = plan(
        fetch(0, "a", "{user{id}}"),
        fetch(1, "b", NAME, on_user, after=(0,), conditions=(Condition("wanted", True),)),
        fetch(2, "c", "{_entities{...on User{mail}}}", on_user, after=(1,)),
    )
    subgraphs = {"a": {"user": {"id": "1"}}, "b": conditional, "c": dependant}
    query = "query($wanted: Boolean!) { user { id ... @include(if: $wanted) { name mail } } }"

    result = await run(query, query_plan, SCHEMA, subgraphs, ExecutionRequest({"wanted": wanted}))

    assert result.data == {"user": {"id": "1", "name": "A", "mail": "m"} if wanted else {"id": "1"}}
    assert (len(conditional.requests), len(dependant.requests)) == (fetched, fetched)


async def test_mutations_run_in_order_also_after_one_that_is_left_out():
    order: list[str] = []

    def subgraph(name: str) -> FakeSubgraph:
        return FakeSubgraph(lambda request: order.append(name) or {name: 1}, delay=0.001)

    mutation = {"operation_kind": OperationKind.MUTATION}
    query_plan = plan(
        fetch(0, "one", "mutation{one}", **mutation),
        fetch(1, "two", "mutation{two}", **mutation, after=(0,), conditions=(Condition("skip", False),)),
        fetch(2, "three", "mutation{three}", **mutation, after=(1,)),
        kind=OperationKind.MUTATION,
    )
    subgraphs = {name: subgraph(name) for name in ("one", "two", "three")}
    query = "mutation($skip: Boolean!) { three one two @skip(if: $skip) }"
    result = await run(query, query_plan, SCHEMA, subgraphs, ExecutionRequest({"skip": True}))
    assert (result.body(), order) == (b'{"data":{"three":1,"one":1}}', ["one", "three"])


async def test_nothing_is_sent_where_there_is_no_entity():
    names = FakeSubgraph({"_entities": []})
    query_plan = plan(fetch(0, "a", "{user{id}}"), fetch(1, "b", NAME, entities("User", "id", "user"), after=(0,)))
    result = await run("{ user { name } }", query_plan, SCHEMA, {"a": {"user": None}, "b": names})
    assert (result.data, result.errors, names.requests) == ({"user": None}, (), [])


async def test_a_request_carries_the_variables_it_uses_the_headers_and_the_deadline():
    subgraph = FakeSubgraph({"user": None})
    deadline = asyncio.get_running_loop().time() + 60
    request = ExecutionRequest({"a": 1, "b": 2}, (("authorization", "x"),), deadline)
    root = fetch(0, "a", "query Q($a:Int){user(a:$a){id}}", operation_name="Q", variables=("a", "missing"))
    await run("{ user { id } }", plan(root), SCHEMA, {"a": subgraph}, request)
    sent = subgraph.requests[0]
    assert (sent.variables, sent.headers, sent.deadline) == ({"a": 1}, (("authorization", "x"),), deadline)
    assert sent.operation.head == b'{"query":"query Q($a:Int){user(a:$a){id}}","operationName":"Q","variables":'


async def test_cancelling_the_execution_cancels_every_running_fetch():
    subgraphs = {"a": FakeSubgraph({}, delay=60), "b": FakeSubgraph({}, delay=60)}
    query_plan = plan(fetch(0, "a", "{user{id}}"), fetch(1, "b", "{other{id}}"))
    running = asyncio.ensure_future(run("{ user { id } }", query_plan, SCHEMA, subgraphs))
    await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [subgraph.cancelled for subgraph in subgraphs.values()] == [1, 1]


async def test_at_the_deadline_the_answer_goes_out_with_what_has_come():
    slow = FakeSubgraph({"other": {"id": "2"}}, delay=60)
    query_plan = plan(fetch(0, "a", "{user{id}}"), fetch(1, "b", "{other{id}}"))
    subgraphs = {"a": {"user": {"id": "1"}}, "b": slow}
    with idle_time():
        request = ExecutionRequest(deadline=asyncio.get_running_loop().time() + 0.02)
        result = await run("{ user { id } other { id } }", query_plan, SCHEMA, subgraphs, request)
    assert (result.data, slow.cancelled) == ({"user": {"id": "1"}, "other": None}, 1)
    assert [(error["path"], error["extensions"]) for error in result.errors] == [
        (["other"], {"code": "GATEWAY_TIMEOUT", "service": "b", "retryable": True})
    ]


async def test_of_a_change_given_up_nobody_is_told_to_send_it_again():
    query_plan = plan(
        fetch(0, "a", "mutation{one}", operation_kind=OperationKind.MUTATION), kind=OperationKind.MUTATION
    )
    subgraphs = {"a": FakeSubgraph({"one": 1}, delay=60)}
    with idle_time():
        request = ExecutionRequest(deadline=asyncio.get_running_loop().time() + 0.02)
        result = await run("mutation { one }", query_plan, SCHEMA, subgraphs, request)
    assert result.errors == (
        {
            "message": "The subgraph was not done when the request's time ended. "
            "Whether the change was carried out is not known.",
            "path": ["one"],
            "extensions": {"code": "GATEWAY_TIMEOUT", "service": "a", "retryable": False},
        },
    )


async def test_what_clients_say_of_the_deadline_is_waited_for():
    """Only they know whose share is missing."""

    class Late(FakeSubgraph):
        async def execute(self, request):
            await asyncio.sleep(request.deadline - asyncio.get_running_loop().time() + 0.01)
            return SubgraphResponse({"user": {"id": "1"}})

    with idle_time():
        request = ExecutionRequest(deadline=asyncio.get_running_loop().time() + 0.02)
        result = await run("{ user { id } }", plan(fetch(0, "a", "{user{id}}")), SCHEMA, {"a": Late()}, request)
    assert (result.data, result.errors) == ({"user": {"id": "1"}}, ())


async def test_sources_are_reported_once_with_the_worst_that_happened():
    def report(status: SourceStatus, as_of: str | None, partition: str = "hangzhou") -> SourceReport:
        return SourceReport(SubgraphName("a"), partition, "330100", status, 10.04, as_of)

    first = SubgraphResponse(
        {"user": {"id": "1"}}, sources=(report(SourceStatus.OK, "2026-02-01"), report(SourceStatus.OK, None, "x"))
    )
    second = SubgraphResponse({"_entities": [None]}, sources=(report(SourceStatus.STALE, "2026-01-01"),))
    query_plan = plan(fetch(0, "a", "{user{id}}"), fetch(1, "a", NAME, entities("User", "id", "user"), after=(0,)))
    result = await run("{ user { name } }", query_plan, SCHEMA, {"a": FakeSubgraph(first, second)})
    common = {"service": "a", "city": "330100"}
    assert result.extensions == {
        "sources": [
            {**common, "partition": "hangzhou", "status": "stale", "milliseconds": 20.1, "asOf": "2026-01-01"},
            {**common, "partition": "x", "status": "ok", "milliseconds": 10.0, "asOf": None},
        ]
    }


async def test_the_oldest_of_several_times_is_found_whatever_their_offsets():
    def report(as_of: str) -> SourceReport:
        return SourceReport(SubgraphName("a"), "hangzhou", "330100", SourceStatus.OK, 1.0, as_of)

    times = ("2026-01-01T01:00:00Z", "2026-01-01T08:30:00+08:00", "2026-01-01T10:00:00", "2026-01-02", "at night")
    for order in (times, times[::-1]):
        [entry] = merge_reports(report(as_of) for as_of in order)
        assert entry["asOf"] == "2026-01-01T08:30:00+08:00"


async def test_without_reports_and_errors_the_body_is_data_alone():
    result = await run("{ user { id } }", plan(fetch(0, "a", "{user{id}}")), SCHEMA, {"a": {"user": {"id": "1"}}})
    assert result.body() == b'{"data":{"user":{"id":"1"}}}'


async def test_an_event_of_a_subscription_is_completed_by_the_fetches_after_it():
    schema = build_schema("type Query { a: Int } type Subscription { joined: User } type User { id: ID! name: String }")
    on_joined = entities("User", "id", "joined")
    query_plan = plan(
        fetch(0, "a", "subscription{joined{id}}", operation_kind=OperationKind.SUBSCRIPTION),
        fetch(1, "b", NAME, on_joined, after=(0,)),
        kind=OperationKind.SUBSCRIPTION,
    )
    compiled = compile_plan(query_plan, schema, schema, parse("subscription { joined { name } }"), None)
    clients = {SubgraphName("b"): FakeSubgraph({"_entities": [{"name": "A"}]}, {"_entities": [{"name": "B"}]})}
    for name in ("A", "B"):
        event = SubgraphResponse({"joined": {"id": name}})
        result = await execute_plan(compiled, ExecutionRequest(), clients, event)
        assert (result.data, result.errors) == ({"joined": {"name": name}}, ())


def test_what_a_request_carries_is_not_shown_when_it_is_printed():
    """Requests end up in tracebacks and logs."""
    secret = "330199195805120015"
    operation = prepare_operation(fetch(0, "a", "{user{id}}"))
    shown = (
        SubgraphRequest(operation, {"idNumber": secret}, (("authorization", secret),)),
        SubgraphResponse({"idNumber": secret}, ({"message": secret},)),
        ExecutionRequest({"idNumber": secret}, (("authorization", secret),)),
        ExecutionResult({"idNumber": secret}),
    )
    assert secret not in repr(shown)
