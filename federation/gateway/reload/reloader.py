"""Takes over a changed supergraph while requests are answered.

wait until a watched file has changed, or for SIGHUP
compose it in a process, load it in a thread        the event loop goes on answering
plan the known operations, and those used last, over the new graph
exchange                                            requests under way keep the old graph
anything fails → one line in the log, `/readiness` says so, the old graph stays in service
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from federation.gateway.config import ConfigurationError, GatewayConfig, load_config
from federation.gateway.graph import Graph, build_graph
from federation.gateway.reload.admission import Admission, admit
from federation.gateway.reload.source import SupergraphSource, SupergraphUnusable, load_source
from federation.gateway.reload.watch import WatchedFiles
from federation.gateway.request_log import log_defect, log_event
from federation.gateway.server import Gateway
from federation.gateway.status import SupergraphStatus
from federation.gateway.warm_up import read_documents, warm_up, warm_up_recent
from federation.supergraph.supergraph import Supergraph

#: A change is taken over when the files have been left alone for so long.
SETTLING_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class ReloadPaths:
    """What is read again: the supergraph, and of `gateway.yaml` how subgraphs are asked."""

    supergraph: SupergraphSource
    config: Path | None = None

    def files(self) -> Iterator[Path]:
        """All files that are watched."""
        yield from self.supergraph.files()
        if self.config is not None:
            yield self.config


class Reloader:
    """Keeps a gateway's graph what its files say."""

    def __init__(self, gateway: Gateway, config: GatewayConfig, paths: ReloadPaths, watched: WatchedFiles) -> None:
        self._gateway = gateway
        self._config = config
        self._paths = paths
        self._watched = watched
        self._asked = asyncio.Event()
        self._asked_cities_at = 0.0
        self._incomplete: Supergraph | None = None  # as it was read, while a city of it is left out

    def ask(self) -> None:
        """Read everything again, whether it has changed or not."""
        self._asked.set()

    async def run(self) -> None:
        """Watch for ever."""
        while True:
            if await self._is_due():
                await self.reload()
            elif self._is_retry_due():
                await self.reload(is_retry=True)

    async def reload(self, *, is_retry: bool = False) -> None:
        """Take over what the files say now, or tell why not. A retry asks the cities that were left out once more."""
        started = self._loop_time()
        try:
            admission = await self._admit(is_retry=is_retry)
            if is_retry and admission.left_out == self._gateway.status.left_out:
                return
            graph = build_graph(admission.supergraph, admission.config)
            await self._warm_up(graph)
            await self._gateway.service.exchange(graph)
        except (SupergraphUnusable, ConfigurationError) as error:
            self._refuse(str(error))
            return
        except Exception as error:  # noqa: BLE001  (the border: a defect costs one reload, not the server)
            log_defect("", error)
            self._refuse("The gateway failed to load it; its log has a line `defect`.")
            return
        finally:
            self._asked_cities_at = self._loop_time()
        self._set_status(admission, is_retry=is_retry)
        _log_taken_over(graph, admission, self._loop_time() - started)

    async def _is_due(self) -> bool:
        seconds = SETTLING_SECONDS if self._watched.is_settling else self._config.reload.poll_seconds
        try:
            async with asyncio.timeout(seconds or None):
                await self._asked.wait()
        except TimeoutError:
            return self._watched.have_changed()
        self._asked.clear()
        self._watched.accept()
        return True

    def _is_retry_due(self) -> bool:
        seconds = self._config.reload.admission_retry_seconds
        is_waiting = bool(self._gateway.status.left_out) and not self._watched.is_settling
        return is_waiting and 0 < seconds <= self._loop_time() - self._asked_cities_at

    async def _admit(self, *, is_retry: bool) -> Admission:
        newer = self._incomplete if is_retry else None
        if newer is None:
            newer = await asyncio.to_thread(load_source, self._paths.supergraph)
        admission = await admit(self._gateway.service.current.graph.supergraph, newer, self._newest_config())
        self._incomplete = newer if admission.left_out else None
        return admission

    def _newest_config(self) -> GatewayConfig:
        """The configuration with the newest settings of subgraphs; all else is as at the start."""
        if self._paths.config is None:
            return self._config
        return msgspec.structs.replace(self._config, subgraphs=load_config(self._paths.config).subgraphs)

    async def _warm_up(self, graph: Graph) -> None:
        known = self._config.known_operations
        if known is not None:
            await warm_up(graph, read_documents(Path(known)))
        await warm_up_recent(graph, self._gateway.service.current.graph, self._config.reload.recent_operations)

    def _refuse(self, reason: str) -> None:
        self._gateway.status = replace(self._gateway.status, refused_at=datetime.now(UTC), refused_because=reason)
        log_event("supergraph-refused", reason=reason)

    def _set_status(self, admission: Admission, *, is_retry: bool) -> None:
        """A retry says nothing of files that were refused meanwhile."""
        known = self._gateway.status if is_retry else SupergraphStatus()
        self._gateway.status = replace(known, served_since=datetime.now(UTC), left_out=admission.left_out)

    def _loop_time(self) -> float:
        return asyncio.get_running_loop().time()


def _log_taken_over(graph: Graph, admission: Admission, seconds: float) -> None:
    for each in admission.left_out:
        log_event("city-left-out", **each.as_json())
    subgraphs = len(graph.supergraph.subgraphs)
    log_event("supergraph-taken-over", subgraphs=subgraphs, milliseconds=round(seconds * 1000, 1))
