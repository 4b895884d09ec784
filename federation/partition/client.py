"""The partitioned subgraph: asks the cities of a domain and answers as one subgraph."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from time import perf_counter

from federation.executor.bounded import BoundedCache
from federation.executor.errors import deadline_failure
from federation.executor.subgraph_client import FetchOperation, SubgraphClient, SubgraphRequest, SubgraphResponse
from federation.partition.contract import Contract
from federation.partition.dispatch import NOTHING_EXCLUDED, Ask, Dispatch, dispatch_request, given_variables
from federation.partition.fold import Answer, fold_answers
from federation.partition.presence import Excluded, PresenceSource
from federation.partition.program import Program, compile_program
from federation.partition.route import evaluate
from federation.partition.stale import Asked, Settled, StaleAnswers

#: Programs are kept up to so many characters of operation text; a gateway's plans use a few hundred each. Measured: a
#: program weighs 50 to 65 bytes per character, so this is about 50 megabytes for each domain.
_MAX_CHARACTERS = 800_000


class PartitionedClient:
    """A `SubgraphClient` over one client per city.

    Operations must be valid for the contract; subscriptions are `PartitionedSource`'s. Programs are kept by the fetch
    operation's identity.
    """

    def __init__(
        self,
        contract: Contract,
        clients: Mapping[str, SubgraphClient],
        stale: StaleAnswers | None = None,
        *,
        presence: PresenceSource | None = None,
    ) -> None:
        """`clients` are by city code, one for each of the contract's partitions; without `stale` none is remembered."""
        self._contract = contract
        self._presence = presence
        self._clients = tuple(clients[partition.city] for partition in contract.subgraph.partitions)
        self._stale = stale
        self._programs: BoundedCache[FetchOperation, Program] = BoundedCache(_MAX_CHARACTERS)

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        """Ask every city the request concerns, at once, and fold the answers."""
        operation = request.operation
        program = self._programs.get(operation, lambda: compile_program(self._contract, operation), len(operation.text))
        excluded = (
            NOTHING_EXCLUDED if self._presence is None else await self._excluded(self._presence, program, request)
        )
        dispatch = dispatch_request(program, request.variables, excluded)
        answers = await self._ask_all(program, dispatch, request)
        return fold_answers(program, dispatch, answers)

    async def _excluded(
        self, presence: PresenceSource, program: Program, request: SubgraphRequest
    ) -> dict[str, Excluded]:
        """The cities that need not be asked, by `_entities` field."""
        variables = given_variables(program, request.variables)
        return {
            root.name: await presence.excluded(evaluate(root.entities.value, variables) or [], request)
            for root in program.roots
            if root.entities is not None
        }

    async def _ask_all(self, program: Program, dispatch: Dispatch, request: SubgraphRequest) -> list[Answer]:
        if program.is_mutation or len(dispatch.asks) == 1:
            # The fields of a mutation are executed one after the other, whichever cities they change.
            return [await self._ask(program, ask, request) for ask in dispatch.asks]
        return await asyncio.gather(*(self._ask(program, ask, request) for ask in dispatch.asks))

    async def _ask(self, program: Program, ask: Ask, request: SubgraphRequest) -> Answer:
        started = perf_counter()
        asked = SubgraphRequest(ask.operation, ask.variables, request.headers, request.deadline)
        client = self._clients[ask.partition]
        try:
            # One that hangs costs its own share. A change under way is not cancelled: its client ends in time itself.
            async with asyncio.timeout_at(None if program.is_mutation else request.deadline):
                response = await client.execute(asked)
        except TimeoutError:
            response = deadline_failure(ask.operation)
        milliseconds = (perf_counter() - started) * 1000
        settled = self._settle(program, ask, asked, response) if program.units else None
        return Answer(ask, response, milliseconds) if settled is None else Answer.settled(ask, settled, milliseconds)

    def _settle(
        self, program: Program, ask: Ask, request: SubgraphRequest, response: SubgraphResponse
    ) -> Settled | None:
        if self._stale is None:
            return None
        units = tuple(unit for unit in program.units if unit.name in ask.names)
        return self._stale.settle(Asked(ask.partition, ask.names, units), request, response)
