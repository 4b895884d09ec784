"""The law of conformance over invented splits: what the gateway answers is what one server would, by a sound plan.

A case is one operation over one split; both follow from a seed and the kind of split:

    keys         entities with several keys, shared, provided, required and overridden fields, an interface object
    interfaces   the same, and an interface that each subgraph knows in part
    nested       keys of nested objects that lead through one another in circles
    mixed        all features on the same entities, with arguments, mutations, contexts, labels and failing fields
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from graphql import FieldNode, GraphQLSchema, OperationDefinitionNode, OperationType, parse, validate

from federation.composition.compose import compose
from federation.composition.schema import Subgraph
from federation.planner import QueryPlanningError
from federation.query_plan.nodes import OperationKind, QueryPlan
from federation.supergraph import Supergraph, load_supergraph
from tests.support.argument_operation import ArgumentOperationMaker
from tests.support.harder_split import HarderSplitter
from tests.support.judgement import explain_difference, wrong_calls
from tests.support.mixed import MixedSplitter
from tests.support.nested_split import NestedKeySplitter
from tests.support.plan_checker import check_plan
from tests.support.random_operation import OperationMaker, VariedOperationMaker
from tests.support.scenario import Outcome, Scenario, ScenarioOperation, right_answer, run_operation
from tests.support.split_schema import SchemaSplitter, Split


class Splitter(Protocol):
    """Invents a split."""

    def split(self) -> Split: ...


MakerType: TypeAlias = Callable[[GraphQLSchema, int], OperationMaker]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of split: who invents it, who makes operations, in turn, and how deep."""

    splitter: Callable[[int], Splitter]
    makers: tuple[MakerType, ...] = (OperationMaker, VariedOperationMaker)
    depth: int = 4
    has_labels: bool = False


KINDS: Mapping[str, Kind] = {
    "keys": Kind(SchemaSplitter),
    "interfaces": Kind(HarderSplitter),
    "nested": Kind(NestedKeySplitter, (OperationMaker,), depth=5),
    "mixed": Kind(MixedSplitter, (ArgumentOperationMaker,), has_labels=True),
}
LABELS = ((), ("early",), ("early", "late"))


@dataclass(frozen=True, slots=True)
class GeneratedSplit:
    """A split that composes; in `supergraph_sdl` the subgraphs' URLs are `http://NAME`."""

    kind: str
    seed: int
    scenario: Scenario
    supergraph_sdl: str
    supergraph: Supergraph

    def operations(self, count: int) -> list[ScenarioOperation]:
        """Make the first `count` valid operations."""
        return list(itertools.islice(_valid(self.supergraph.api_schema, KINDS[self.kind], self.seed), count))


def generate_split(kind: str, seed: int) -> GeneratedSplit | None:
    """Invent the split of a seed; None if it does not compose."""
    split = KINDS[kind].splitter(seed).split()
    result = compose([Subgraph(name, f"http://{name}", sdl) for name, sdl in split.subgraphs.items()])
    if result.supergraph_sdl is None:
        return None
    scenario = Scenario("", split.subgraphs, split.world, ())
    return GeneratedSplit(kind, seed, scenario, result.supergraph_sdl, load_supergraph(result.supergraph_sdl))


def _valid(schema: GraphQLSchema, kind: Kind, seed: int) -> Iterator[ScenarioOperation]:
    makers = [maker(schema, seed) for maker in kind.makers]
    for number in itertools.count():
        maker = makers[number % len(makers)]
        query = maker.make(kind.depth)
        if not validate(schema, parse(query)):
            labels = LABELS[number % len(LABELS)] if kind.has_labels else ()
            yield ScenarioOperation(query, variables=_variables(maker, query), labels=labels)


def _variables(maker: OperationMaker, query: str) -> Mapping[str, object]:
    if isinstance(maker, ArgumentOperationMaker):
        return maker.variables
    return {name: name == "t" for name in "tf" if f"${name}:" in query}


@dataclass(frozen=True, slots=True)
class Judged:
    """An operation that ran.

    Attributes:
        faults: what is wrong with the plan, the answer or the order of calls, one sentence each.
        reason: by which rule the answer differs from the unsplit one and is right all the same.
    """

    operation: ScenarioOperation
    outcome: Outcome
    faults: tuple[str, ...]
    reason: str | None


async def judge(split: GeneratedSplit, operation: ScenarioOperation) -> Judged:
    """Run an operation and say what is wrong."""
    document = parse(operation.query)
    try:
        outcome = await run_operation(split.supergraph, split.scenario, operation)
    except QueryPlanningError as error:
        right = right_answer(split.supergraph, split.scenario, document, operation)
        nothing = Outcome("", right, QueryPlan(OperationKind.QUERY, ()), {}, [], 0, 0)
        return Judged(operation, nothing, (f"refused: {error}",), None)
    (wanted,) = (d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    faults = check_plan(split.supergraph, outcome.plan, wanted.selection_set)
    reason = None
    if outcome.answer != outcome.right_answer:
        reason = explain_difference(outcome.answer, outcome.right_answer)
        faults += [] if reason else [f"answered {outcome.answer}\nright is {outcome.right_answer}"]
    if wanted.operation is OperationType.MUTATION:
        faults += wrong_calls(outcome.calls, _mutated(wanted, outcome.right_answer))
    return Judged(operation, outcome, tuple(faults), reason)


def _mutated(operation: OperationDefinitionNode, right_answer: str) -> list[str]:
    """Give the root fields that must have run, in order: those that the answer has; operations here alias each."""
    fields = {
        f.alias.value: f.name.value for f in operation.selection_set.selections if isinstance(f, FieldNode) and f.alias
    }
    return [fields[key] for key in json.loads(right_answer.split("\n", maxsplit=1)[0])]


async def faults_of(kind: str, seed: int, count: int) -> list[str]:
    """Give all that is wrong with the first operations over a split that composes."""
    split = generate_split(kind, seed)
    assert split is not None, f"the split {kind} {seed} does not compose"
    judged = [await judge(split, operation) for operation in split.operations(count)]
    return [f"{each.operation.query}\n{fault}" for each in judged for fault in each.faults]
