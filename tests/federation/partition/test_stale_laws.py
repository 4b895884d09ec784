"""Laws of last known answers: what was answered comes again, nothing else, in time, and to its own caller."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from federation.executor.subgraph_client import SubgraphResponse
from tests.federation.partition.cities import down, request_for
from tests.federation.partition.test_stale import ENTITIES, Graph, fails, notes, places

MAX_AGE = 60
FIELDS = ("name", "notes{text}", "home{street}", "status", "home{since}")
STALE = frozenset({"name", "notes", "street"})
HOME = frozenset({"street", "since"})
CALLERS = ("a", "b")
PEOPLE = ("p1", "p2")


@dataclass(frozen=True, slots=True)
class Step:
    """One request of one caller for one person, `wait` seconds after the last; the second city is down, or some of
    its fields cannot be answered, or it answers all.
    """

    caller: str
    person: str
    fields: tuple[str, ...]
    by_root: bool
    wait: int
    is_down: bool
    failing: frozenset[str]


steps = st.builds(
    Step,
    caller=st.sampled_from(CALLERS),
    person=st.sampled_from(PEOPLE),
    fields=st.sampled_from([FIELDS[:1], FIELDS[:3], FIELDS]),
    by_root=st.booleans(),
    wait=st.integers(0, 40),
    is_down=st.booleans(),
    failing=st.frozensets(st.sampled_from(["name", "notes", "street", "status"]), max_size=2),
)


class Model:
    """What each caller was told last, and when: by the way of asking, person, selection and field."""

    def __init__(self) -> None:
        self.known: dict[tuple[Any, ...], tuple[float, Any]] = {}

    def expect(self, key: tuple[Any, ...], now: float) -> tuple[bool, Any]:
        """Whether the last answer is young enough, and the answer."""
        at, value = self.known.get(key, (float("-inf"), None))
        return now - at <= MAX_AGE, value


def leaf(found: dict[str, Any], name: str) -> Any:
    """A field of a person or of the person's home."""
    return (found["home"] or {}).get(name) if name in HOME else found[name]


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, min_size=2, max_size=9))
def test_a_city_that_fails_gives_its_last_answers_in_time_to_their_caller_and_errors_elsewhere(run: list[Step]) -> None:
    asyncio.run(_follow(run))


async def _follow(run: list[Step]) -> None:
    nobody = {"person": None, "_entities": lambda _: None}
    graph = Graph(nobody, nobody)
    model = Model()
    for number, step in enumerate(run):
        graph.now += step.wait
        graph.there.root = _city(step, number)
        graph.there.failure = down() if step.is_down else None
        response = await _ask(graph, step)
        _check(model, step, graph.now, number, response)


def _city(step: Step, number: int) -> dict[str, Any]:
    """The second city at one moment: every value tells the moment, the person and the caller."""
    told = f"{number} {step.person} {step.caller}"
    values: dict[str, Any] = {"name": told, "status": told, "notes": notes(told), "street": told, "since": told}
    values |= {name: fails("unavailable") for name in step.failing}
    home = {name: values.pop(name) for name in ("street", "since")}
    person = {"__typename": "Person", "id": step.person, "home": home, **values}
    return {"person": lambda **_: person, "_entities": lambda _: person}


async def _ask(graph: Graph, step: Step) -> SubgraphResponse:
    selection = " ".join(step.fields)
    if step.by_root:
        text, variables = f"query($id: ID!){{person(id: $id){{{selection}}}}}", {"id": step.person}
    else:
        text, variables = ENTITIES % selection, {"r": [{"__typename": "Person", "id": step.person}]}
    return await graph.client.execute(request_for(text, variables, headers=(("authorization", step.caller),)))


def _check(model: Model, step: Step, now: float, number: int, response: SubgraphResponse) -> None:
    at = ("person",) if step.by_root else ("_entities", 0)
    found = response.data["person"] if step.by_root else response.data["_entities"][0]
    names = [name for name in ("name", "notes", "street", "status", "since") if name in " ".join(step.fields)]
    asked = (step.caller, step.person, step.by_root, step.fields)
    expected, stale, missing = {}, set(), set()
    for name in names:
        if not step.is_down and name not in step.failing:
            told = f"{number} {step.person} {step.caller}"
            expected[name] = [{"text": told}] if name == "notes" else told
            model.known[(*asked, name)] = (now, expected[name])
            continue
        is_young, value = model.expect((*asked, name), now)
        is_known = is_young and name in STALE
        expected[name] = value if is_known else None
        (stale if is_known else missing).add(name)
    if step.is_down and not stale:
        assert found is None
        assert [tuple(error["path"]) for error in response.errors] == [at[:1]]
        return
    assert {name: leaf(found, name) for name in names} == expected
    assert {place[-2] for place in places(response)} == stale
    # Nothing is known of a home of which no field is.
    is_home_missing = step.is_down and HOME & set(names) <= missing
    reported = {error["path"][-1] for error in response.errors}
    assert reported == (missing - HOME | {"home"} if is_home_missing and HOME & missing else missing)
