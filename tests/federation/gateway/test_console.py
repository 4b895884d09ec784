"""The counter screen is served by the gateway alone, where its configuration says so."""

from __future__ import annotations

import pytest

from federation.console import STATIC_FILES
from tests.federation.gateway.asgi_call import call

TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = sorted(str(path.relative_to(STATIC_FILES)) for path in STATIC_FILES.rglob("*") if path.is_file())


@pytest.fixture
def served(serve):
    return serve(console_enabled=True)


@pytest.mark.parametrize("path", ["/console", "/console/"])
async def test_the_page_stands_at_its_address(served, path):
    reply = await call(served.app, "GET", path)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b'<script type="module" src="/console/main.js">' in reply.body


@pytest.mark.parametrize("name", FILES)
async def test_each_file_has_its_type_and_is_asked_for_anew_each_time(served, name):
    reply = await call(served.app, "GET", f"/console/{name}")
    suffix = name[name.rindex(".") :]
    assert (reply.status, reply.headers["content-type"].partition(";")[0]) == (200, TYPES[suffix])
    assert (reply.headers["cache-control"], reply.headers["x-content-type-options"]) == ("no-cache", "nosniff")
    again = await call(served.app, "GET", f"/console/{name}", headers={"if-none-match": reply.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


async def test_the_page_may_run_its_own_scripts_and_ask_its_own_host_only(served):
    reply = await call(served.app, "GET", "/console")
    policy = dict(part.strip().split(" ", 1) for part in reply.headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert reply.headers["referrer-policy"] == "no-referrer"


async def test_the_page_cannot_be_posted_to(served):
    reply = await call(served.app, "POST", "/console")
    assert (reply.status, reply.codes) == (405, ["METHOD_NOT_ALLOWED"])


@pytest.mark.parametrize("path", ["/console/../__init__.py", "/console/%2e%2e/__init__.py", "/console/nothing.js"])
async def test_no_other_file_is_served(served, path):
    assert (await call(served.app, "GET", path)).status == 404


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/main.js"])
async def test_there_is_no_console_unless_it_is_switched_on(serve, path):
    assert (await call(serve().app, "GET", path)).status == 404


async def test_graphiql_keeps_its_own_policy_beside_it(served):
    reply = await call(served.app, "GET", "/graphql", headers={"accept": "text/html"})
    assert "blob:" in reply.headers["content-security-policy"]
