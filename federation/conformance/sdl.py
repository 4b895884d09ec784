"""Whether the subgraph answers at all, and tells its contract."""

from __future__ import annotations

from collections.abc import AsyncIterator

from federation.conformance.differences import Difference, compare_contracts
from federation.conformance.matrix import Row, Verdict
from federation.conformance.subject import Subject


class NotAnswering(Exception):
    """The subgraph gives no answer at all; `row` says so."""

    def __init__(self, row: Row) -> None:
        super().__init__(row.seen)
        self.row = row


async def check_sdl(subject: Subject) -> AsyncIterator[Row]:
    """One row if all is well, else one per difference. Raises NotAnswering."""
    alive = await subject.asker.ask("{ __typename }")
    if alive.data is None:
        remedy = "serve GraphQL over HTTP (POST, JSON) at this address"
        row = Row("Query.__typename", "answers", Verdict.NOT, ", ".join(alive.codes), remedy, alive.milliseconds)
        raise NotAnswering(row)
    yield Row("Query.__typename", "answers", Verdict.SUPPORTED, "an answer", None, alive.milliseconds)
    reply = await subject.asker.ask("{ _service { sdl } }")
    match reply.data:
        case {"_service": {"sdl": str(sdl)}}:
            pass
        case _:
            remedy = "answer `_service { sdl }` with the contract's text"
            yield Row("Query._service", "SDL", Verdict.NOT, "no SDL", remedy, reply.milliseconds)
            return
    differences = compare_contracts(subject.sdl, sdl)
    if not differences:
        yield Row("Query._service", "SDL", Verdict.SUPPORTED, "the contract", None, reply.milliseconds)
    for each in differences:
        yield _row(each)


def _row(difference: Difference) -> Row:
    verdict = Verdict.NOT if difference.is_breaking else Verdict.PARTLY
    if difference.served is None:
        seen, remedy = "nothing", f"serve it as the contract has it: {difference.expected}"
    elif difference.expected is None:
        seen, remedy = f"{difference.served}, which the contract has not", "leave it out, or have the contract extended"
    else:
        seen, remedy = difference.served, f"serve it as the contract has it: {difference.expected}"
    return Row(difference.coordinate, "SDL", verdict, seen, remedy)
