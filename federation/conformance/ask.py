"""Asking one subgraph, and how long it took."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from federation.executor.encoding import encode
from federation.executor.subgraph_client import FetchOperation, SubgraphClient, SubgraphRequest, SubgraphResponse
from federation.query_plan.nodes import OperationKind, SubgraphName


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Its `repr` shows no data.

    Attributes:
        data: None where the whole request failed.
        codes: of its errors, each once; an error without a code counts as `no code`.
        milliseconds: from the question to the answer.
    """

    data: dict[str, Any] | None = field(repr=False)
    codes: tuple[str, ...]
    milliseconds: float

    @property
    def is_whole(self) -> bool:
        """Whether there are data and no errors."""
        return self.data is not None and not self.codes

    @property
    def is_coded(self) -> bool:
        """Whether every error has a code."""
        return NO_CODE not in self.codes


NO_CODE = "no code"


class Asker:
    """Asks one subgraph; no answer is kept."""

    def __init__(self, client: SubgraphClient, subgraph: SubgraphName, timeout_seconds: float) -> None:
        self._client = client
        self._subgraph = subgraph
        self._timeout_seconds = timeout_seconds

    async def ask(self, text: str, variables: Mapping[str, Any] | None = None) -> Reply:
        """Ask a query; what fails is a reply with codes."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        head = b'{"query":%b,"variables":' % encode(text)
        operation = FetchOperation(self._subgraph, text, OperationKind.QUERY, None, head)
        request = SubgraphRequest(operation, variables or {}, (), started + self._timeout_seconds)
        response = await self._client.execute(request)
        return Reply(response.data, _codes(response), round((loop.time() - started) * 1000, 1))

    async def entities(self, representations: Sequence[Mapping[str, Any]], selections: str) -> Reply:
        """Ask for entities; `selections` are fragments on their types."""
        text = f"query($r: [_Any!]!) {{ _entities(representations: $r) {{ __typename {selections} }} }}"
        return await self.ask(text, {"r": list(representations)})


def _codes(response: SubgraphResponse) -> tuple[str, ...]:
    extensions = [error.get("extensions") or {} for error in response.errors]
    return tuple(dict.fromkeys(str(each.get("code") or NO_CODE) for each in extensions))
