"""The one ASGI app of all city subgraphs: `POST /<city>/<domain>` for gateways, `GET /health` for operators.

Here, and nowhere else, cities, contracts, keys and clock are put together.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
import orjson
import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from legacy_adapters.clock import Clock
from legacy_adapters.registry import City
from subgraphs.shared import types
from subgraphs.shared.contract import read_contract
from subgraphs.shared.errors import plain_error
from subgraphs.shared.http import (
    BadRequest,
    ClientGone,
    GraphQLRequest,
    read_request,
    send_bad_request,
    send_json,
    send_response,
    while_connected,
)
from subgraphs.shared.person_key import PlatformKeys
from subgraphs.shared.sse import send_events, wants_events
from subgraphs.shared.subgraph import BaseSubgraph, Domain, Subgraph, SubgraphSchema

_LOG = logging.getLogger("bureaugraph.subgraphs")


class SourcesInvalid(ValueError):
    """A city names several sources for a domain whose lists one source must sort and page."""


class SubgraphsApp:
    """Hands a path of a subgraph straight to it; everything else goes through Starlette's routing."""

    __slots__ = ("_others", "_subgraphs")

    def __init__(self, subgraphs: Mapping[str, BaseSubgraph], others: ASGIApp) -> None:
        self._subgraphs = subgraphs
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        subgraph = self._subgraphs.get(scope["path"]) if scope["type"] == "http" else None
        if subgraph is None:
            await self._others(scope, receive, send)
            return
        try:
            request = await read_request(scope, receive)
            if wants_events(scope):
                await _subscribe(subgraph, request, scope, receive, send)
                return
            execution = subgraph.execute(request.query, request.variables, request.operation_name)
            response = await while_connected(receive, execution)
            await send_response(scope, send, response)
        except BadRequest as error:
            await send_bad_request(send, error)
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001  (a defect of ours must not show a request's content)
            _LOG.error("A request failed unexpectedly: %s", type(error).__name__)
            body = orjson.dumps({"errors": [plain_error("INTERNAL_SERVER_ERROR", "Internal error.")]})
            await send_json(send, HTTPStatus.INTERNAL_SERVER_ERROR, body)


async def _subscribe(
    subgraph: BaseSubgraph, request: GraphQLRequest, scope: Scope, receive: Receive, send: Send
) -> None:
    answer = await subgraph.subscribe(request.query, request.variables, request.operation_name)
    if isinstance(answer, dict):
        await send_response(scope, send, answer)
    else:
        await while_connected(receive, send_events(send, answer))


def build_app(
    cities: Sequence[City], domains: Sequence[Domain], contracts: Path, keys: PlatformKeys, clock: Clock
) -> SubgraphsApp:
    """The app for opened cities. Raises ContractBroken, SourcesInvalid."""
    schemas = [SubgraphSchema(domain, read_contract(contracts, domain.name)) for domain in domains]
    subgraphs = {
        f"/{city.slug}/{schema.domain.name}": Subgraph(schema, _city(city), _sources(city, schema.domain), keys, clock)
        for city in cities
        for schema in schemas
        if _sources(city, schema.domain)
    }
    return SubgraphsApp(subgraphs, other_routes(cities, "the path is /<city>/<domain>"))


def _city(city: City) -> types.City:
    return types.City(code=strawberry.ID(city.code), name=city.name)


def _sources(city: City, domain: Domain) -> tuple[Any, ...]:
    sources: tuple[Any, ...] = getattr(city, domain.name)
    if domain.has_one_source and len(sources) > 1:
        raise SourcesInvalid(f"{city.slug}: domains.{domain.name} must name one system, whose lists are paged.")
    return sources


def other_routes(cities: Sequence[City], where: str) -> ASGIApp:
    """What is served beside subgraphs: health, and for all other paths a sentence that tells `where` they are."""

    async def health(_: Request) -> Response:
        systems = {city.slug: [msgspec.to_builtins(system) for system in city.health()] for city in cities}
        return _json(HTTPStatus.OK, {"status": "ok", "systems": systems})

    async def not_found(_: Request, __: Exception) -> Response:
        message = f"There is no such subgraph: {where}."
        return _json(HTTPStatus.NOT_FOUND, {"errors": [plain_error("NOT_FOUND", message)]})

    return Starlette(routes=[Route("/health", health)], exception_handlers={HTTPStatus.NOT_FOUND: not_found})


def _json(status: HTTPStatus, content: object) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
