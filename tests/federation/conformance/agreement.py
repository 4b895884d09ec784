"""Comparing our answers with those of one server, and with other gateways, over many generated cases.

`python -m tests.federation.conformance.agreement KIND FIRST COUNT [--others]` takes the splits of COUNT seeds from
FIRST on; KIND is one of `generated_case.KINDS`, or `all` for every one. It prints each case in which ours is wrong,
and how many are right and by which rule. With `--others` the same operations go through other gateways, over the same
supergraph and subgraphs: it prints each case in which another one is right at a lower cost, and how often each was
right, wrong and why.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from federation.query_plan.nodes import OperationKind
from tests.federation.conformance.others import GATEWAYS, OtherAnswer, Others, running_others
from tests.federation.conformance.symptoms import is_right, symptom
from tests.support.generated_case import KINDS, GeneratedSplit, Judged, generate_split, judge

OPERATIONS_PER_SPLIT = 20


@dataclass(slots=True)
class OtherTally:
    """What another gateway did; calls, depth, and why it was cheaper than ours are counted where both are right.

    `right_alone` counts where ours is wrong.
    """

    right: int = 0
    right_alone: int = 0
    symptoms: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    depths: Counter[str] = field(default_factory=Counter)
    cheaper: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Tally:
    """What became of the cases of one kind."""

    splits: int = 0
    right: int = 0
    wrong: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    others: dict[str, OtherTally] = field(default_factory=lambda: {name: OtherTally() for name in GATEWAYS})

    @property
    def cases(self) -> int:
        """How many operations ran."""
        return self.right + self.wrong


async def main(kinds: Sequence[str], seeds: range, *, with_others: bool) -> int:
    """Compare and print; gives how many cases of ours are wrong."""
    wrong = 0
    async with AsyncExitStack() as stack:
        others = await stack.enter_async_context(running_others()) if with_others else None
        for kind in kinds:
            started = time.monotonic()
            tally = Tally()
            for seed in seeds:
                if (split := generate_split(kind, seed)) is not None:
                    await compare_split(split, others, tally)
            print_tally(f"{kind} {seeds.start}+{len(seeds)}", tally, time.monotonic() - started)
            wrong += tally.wrong
    return wrong


async def compare_split(split: GeneratedSplit, others: Others | None, tally: Tally) -> None:
    """Run the operations over one split, here and elsewhere."""
    tally.splits += 1
    operations = split.operations(OPERATIONS_PER_SPLIT)
    judged = [await judge(split, operation) for operation in operations]
    # Which labels of overrides hold is not told to other gateways.
    asked = [i for i, operation in enumerate(operations) if not operation.labels]
    answers = await others.ask(split, [operations[i] for i in asked]) if others else {}
    for i, each in enumerate(judged):
        case = f"{split.kind} {split.seed} {i}"
        _count_ours(case, each, tally)
        if i in asked:
            place = asked.index(i)
            _count_others(case, each, {name: given[place] for name, given in answers.items()}, tally)


def _count_ours(case: str, judged: Judged, tally: Tally) -> None:
    if judged.faults:
        tally.wrong += 1
        print(
            f"{case}: WRONG {judged.operation.query} {dict(judged.operation.variables)}",
            *judged.faults,
            sep="\n  ",
            flush=True,
        )
    else:
        tally.right += 1
        if judged.reason:
            tally.reasons[judged.reason] += 1


def _count_others(case: str, judged: Judged, answers: Mapping[str, OtherAnswer], tally: Tally) -> None:
    calls, depth = sum(judged.outcome.fetches.values()), judged.outcome.depth
    for name, answer in answers.items():
        other = tally.others[name]
        if not is_right(answer, judged.outcome.right_answer):
            other.symptoms[symptom(answer, judged.outcome.right_answer) or ""] += 1
            continue
        other.right += 1
        if judged.faults:
            other.right_alone += 1
            continue
        other.calls[_compared(answer.calls, calls)] += 1
        other.depths[_compared(answer.depth, depth)] += 1
        if answer.calls < calls or answer.depth < depth:
            reason = _why_dearer(judged)
            other.cheaper[reason or "unexplained"] += 1
            known = f" (known: {reason})" if reason else ""
            cost = f"{answer.calls} calls, depth {answer.depth}; ours {calls}, {depth}{known}"
            print(f"{case}: {name} with {cost}", flush=True)


def _why_dearer(judged: Judged) -> str | None:
    """Say by which rule another gateway's fetches may be fewer, or wait for fewer; None if ours should be better."""
    if judged.outcome.idle_calls:
        return "planned for data that was not there"
    if judged.outcome.plan.operation_kind is OperationKind.MUTATION:
        return "a mutation waits for all that is selected of the one before"
    return None


def _compared(other: int, ours: int) -> str:
    return "fewer" if other < ours else "equal" if other == ours else "more"


def print_tally(title: str, tally: Tally, seconds: float) -> None:
    """Say what became of the cases."""
    print(f"{title}: {tally.splits} splits, {tally.cases} cases, {tally.wrong} wrong, {seconds:.0f} s")
    for reason, count in tally.reasons.most_common():
        print(f"  right by rule, {count}: {reason}")
    for name, other in tally.others.items():
        refused = sum(count for text, count in other.symptoms.items() if text.startswith("refuses"))
        wrong = other.symptoms.total() - refused
        if other.right + wrong + refused:
            alone = f" ({other.right_alone} where ours is wrong)" if other.right_alone else ""
            print(f"  {name}: {other.right} right{alone}, {wrong} wrong, {refused} refused", end="; ")
            print(f"calls {_listed(other.calls)}; depth {_listed(other.depths)}")
        for text, count in other.cheaper.most_common():
            print(f"    {count} cheaper than ours: {text}")
        for text, count in other.symptoms.most_common():
            print(f"    {count}: {text}")


def _listed(compared: Counter[str]) -> str:
    return ", ".join(f"{compared[word]} {word}" for word in ("fewer", "equal", "more"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=[*KINDS, "all"])
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--others", action="store_true")
    given = parser.parse_args()
    chosen = tuple(KINDS) if given.kind == "all" else (given.kind,)
    seeds = range(given.first, given.first + given.count)
    raise SystemExit(1 if asyncio.run(main(chosen, seeds, with_others=given.others)) else 0)
