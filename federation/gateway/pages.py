"""Everything beside `/graphql`: health, files of GraphiQL and the counter screen, partitioned subgraphs for routers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from os import PathLike, stat_result
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from federation.gateway.errors import RequestCode, coded_error
from federation.gateway.graphiql.operations import of_day

# GraphiQL's editor needs styles of its own making and workers from blobs; everything comes from this host.
GRAPHIQL_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
# The counter screen makes its elements one by one: no text ever becomes markup, style or script.
CONSOLE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_PAGE_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",  # a query in the address bar must not travel on
}
_FOR_A_YEAR = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"
_NOT_KEPT = {"cache-control": "no-store"}


class PageFiles(StaticFiles):
    """The files of a page of ours, which may do what `policy` says.

    Those under `assets/` carry a hash in their names and never change.
    """

    def __init__(self, directory: Path, policy: str) -> None:
        super().__init__(directory=directory)
        self._headers = {"content-security-policy": policy, **_PAGE_HEADERS}

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        is_hashed = Path(full_path).parent.name == "assets"
        response.headers.update(self._headers)
        response.headers["cache-control"] = _FOR_A_YEAR if is_hashed else _ASK_EACH_TIME
        return response


class Page:
    """Answers every GET with the page that `files` belong to."""

    def __init__(self, files: PageFiles) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._files.get_response("index.html", scope)
        await response(scope, receive, send)


def build_pages(routes: Sequence[BaseRoute], supergraph: Callable[[], Mapping[str, object]]) -> Starlette:
    """The app of everything beside `/graphql`; `routes` are added to health and readiness.

    The gateway listens only once its graph is in service, so it is ready as soon as it is healthy. What it says of the
    `supergraph` changes nothing about that: a newer one that cannot be served leaves the older in service.
    """

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers=_NOT_KEPT)

    async def readiness(_: Request) -> Response:
        return JSONResponse({"status": "ready", "supergraph": supergraph()}, headers=_NOT_KEPT)

    async def refuse(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  (registered for nothing else)
        code = RequestCode.METHOD_NOT_ALLOWED if error.status_code == 405 else RequestCode.NOT_FOUND
        body = {"errors": [coded_error(code, error.detail)]}
        return JSONResponse(body, error.status_code, headers=error.headers)

    own = [Route("/health", health), Route("/readiness", readiness)]
    return Starlette(routes=[*own, *routes], exception_handlers={HTTPException: refuse})


def graphiql_routes(files: PageFiles, operations: Sequence[Mapping[str, str]]) -> list[BaseRoute]:
    """Where the files of GraphiQL and the ready operations that it opens are served."""

    async def ready_operations(_: Request) -> Response:
        return JSONResponse(of_day(operations, datetime.now().astimezone().date()), headers=_NOT_KEPT)

    return [Route("/graphiql/operations.json", ready_operations), Mount("/graphiql", files)]


def console_routes(files: PageFiles) -> list[BaseRoute]:
    """Where the counter screen and its files are served."""
    page = Page(files)
    addresses = [Route(path, page, methods=["GET"]) for path in ("/console", "/console/")]
    return [*addresses, Mount("/console", files)]
