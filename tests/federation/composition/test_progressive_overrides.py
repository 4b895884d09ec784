"""Satisfiability under progressive overrides: labels are decided path by path, as if all were decided first."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from federation.composition import Subgraph, compose
from tests.federation.composition.scenarios import link


def labelled_subgraphs(seed: int) -> tuple[Subgraph, Subgraph]:
    """Two subgraphs whose types lead to one another by fields that move from one to the other under labels."""
    random = Random(seed)
    count = random.randint(2, 4)
    texts: dict[str, list[str]] = {"a": [], "b": []}
    for number in range(count):
        fields: dict[str, list[str]] = {"a": [], "b": []}
        for name in ("n", "m"):
            target = f"T{random.randrange(count)}"
            match random.random():
                case chance if chance < 0.5:
                    label = f"l{random.randrange(3)}"
                    fields["a"].append(f"{name}: {target}")
                    fields["b"].append(f'{name}: {target} @override(from: "a", label: "{label}")')
                case chance if chance < 0.75:
                    fields["a"].append(f"{name}: {target}")
                case _:
                    fields["b"].append(f"{name}: {target}")
        for subgraph, own in fields.items():
            resolvable = "" if random.random() < 0.5 else ", resolvable: false"
            body = " ".join(["id: ID! @shareable", *own])
            texts[subgraph].append(f'type T{number} @key(fields: "id"{resolvable}) {{ {body} }}')
    texts[random.choice("ab")].append("type Query { t: T0 }")
    return tuple(Subgraph(name, f"http://{name}", link("2.9") + "\n".join(parts)) for name, parts in texts.items())


def decided(subgraphs: tuple[Subgraph, ...], values: dict[str, bool]) -> list[Subgraph]:
    """Write the subgraphs as they are for requests for which the labels are as given: moved or not."""
    first, second = subgraphs
    for label, is_on in values.items():
        mark = f' @override(from: "a", label: "{label}")'
        if is_on:
            second = _with(second, second.sdl.replace(mark, ' @override(from: "a")'))
        else:
            lines = second.sdl.split("\n")
            second = _with(second, "\n".join(_without_fields(line, mark) for line in lines))
    return [first, second]


def _without_fields(line: str, mark: str) -> str:
    while mark in line:
        head, _, tail = line.partition(mark)
        line = f"{head.rsplit(' ', 2)[0]}{tail}"
    return line


def _with(subgraph: Subgraph, sdl: str) -> Subgraph:
    return Subgraph(subgraph.name, subgraph.url, sdl)


@pytest.mark.parametrize("seed", range(150))
def test_labels_are_satisfiable_exactly_if_every_request_is(seed: int) -> None:
    subgraphs = labelled_subgraphs(seed)
    labels = sorted(f"l{number}" for number in range(3) if f'"l{number}"' in subgraphs[1].sdl)
    outcomes = {
        error.code
        for values in product((False, True), repeat=len(labels))
        for error in compose(decided(subgraphs, dict(zip(labels, values, strict=True)))).errors
    }
    assert outcomes <= {"SATISFIABILITY_ERROR"}
    assert bool(compose(subgraphs).errors) == bool(outcomes)


def test_both_outcomes_occur() -> None:
    outcomes = {bool(compose(labelled_subgraphs(seed)).errors) for seed in range(20)}
    assert outcomes == {False, True}


def test_many_labels_cost_no_more_than_their_fields() -> None:
    """Each label doubles the requests that differ, but not the walk: what lies behind a field mostly stays alike."""

    def chain(count: int) -> list[Subgraph]:
        types = [f'type T{i} @key(fields: "id") {{ id: ID! next: T{(i + 1) % count}' for i in range(count)]
        moved = [f'{text} @override(from: "a", label: "l{i}") }}' for i, text in enumerate(types)]
        first = link("2.9") + "type Query { t: T0 }\n" + "\n".join(f"{text} }}" for text in types)
        return [Subgraph("a", "http://a", first), Subgraph("b", "http://b", link("2.9") + "\n".join(moved))]

    assert compose(chain(60)).errors == ()  # two to the power of sixty walks would not end
