"""The ASGI app of the cooperation subgraph: `POST /cooperation` for gateways, `GET /health` for operators."""

from __future__ import annotations

from collections.abc import Mapping

from cooperation.workflows.office import CooperationOffice
from legacy_adapters.clock import Clock
from legacy_adapters.registry import City
from subgraphs.cooperation.context import CooperationContext
from subgraphs.shared.app import SubgraphsApp, other_routes
from subgraphs.shared.person_key import PlatformKeys
from subgraphs.shared.subgraph import BaseSubgraph, SubgraphSchema

PATH = "/cooperation"


class CooperationSubgraph(BaseSubgraph):
    """The one subgraph of the domain, over an opened office."""

    __slots__ = ("_clock", "_keys", "_office")

    def __init__(self, schema: SubgraphSchema, office: CooperationOffice, keys: PlatformKeys, clock: Clock) -> None:
        super().__init__(schema)
        self._office = office
        self._keys = keys
        self._clock = clock

    def _request_context(self) -> CooperationContext:
        context = CooperationContext(now=self._clock(), keys=self._keys, office=self._office, clock=self._clock)
        context.renew()
        return context


def build_cooperation_app(subgraph: CooperationSubgraph, cities: tuple[City, ...]) -> SubgraphsApp:
    """The app for an opened office."""
    subgraphs: Mapping[str, BaseSubgraph] = {PATH: subgraph}
    return SubgraphsApp(subgraphs, other_routes(cities, f"the path is {PATH}"))
