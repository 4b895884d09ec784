"""The machines as a page of Mermaid pictures and tables: `docs/cooperation-states.md` is its output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cooperation.states.machine import Machine, Transition

INTRODUCTION = """# State machines of cross-city operations

Written by `bureaugraph cooperation states`, from the tables in `cooperation/states/machines.py`.
Being overdue is no state: it is computed from the deadline.
"""


def picture(machines: Iterable[Machine]) -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *("\n".join(_machine(machine)) for machine in machines)])


def _machine(machine: Machine) -> Iterator[str]:
    yield f"## {machine.name} {machine.label}\n"
    yield f"Requesters: {', '.join(machine.requesters)}. Addressees: {', '.join(machine.addressees)}.\n"
    yield "```mermaid\nstateDiagram-v2"
    yield from (f"  {state.name}: {state.name} {state.label}" for state in machine.states)
    yield f"  [*] --> {machine.initial}"
    yield from (f"  {one.source} --> {one.target}: {one.action}" for one in machine.transitions)
    yield from (f"  {state.name} --> [*]" for state in machine.states if state.is_final)
    yield "```\n"
    yield "| action | from | to | who | needs | deadline |\n|---|---|---|---|---|---|"
    yield from map(_row, machine.transitions)
    yield ""


def _row(one: Transition) -> str:
    needs = [need.value for need in one.needs]
    if one.checks is not None:
        needs.append(f"another person than `{one.checks}`")
    if one.limit is not None:
        needs.append(f"at most {one.limit} time(s)")
    who = one.side.lower() if one.duty is None else f"{one.side.lower()}, {one.duty.lower()}"
    return (
        f"| `{one.action}` {one.label} | {one.source} | {one.target} | {who} | {', '.join(needs)} | {one.clock or ''} |"
    )
