"""GraphiQL: its page and files come from the gateway alone."""

from __future__ import annotations

import re

import pytest

from tests.federation.gateway.asgi_call import call

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


async def test_a_browser_gets_graphiql_at_the_graphs_address(served):
    reply = await call(served.app, "GET", "/graphql", headers={"accept": BROWSER})
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<title>bureaugraph · GraphiQL</title>" in reply.body.decode()


async def test_every_file_of_the_page_comes_from_the_gateway_and_may_be_kept(served):
    page = await call(served.app, "GET", "/graphql", headers={"accept": BROWSER})
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page.body.decode())
    files = [address for address in addresses if not address.startswith("data:")]
    assert files
    for address in files:
        file = await call(served.app, "GET", address)
        assert (file.status, file.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")


async def test_the_page_itself_is_asked_for_each_time_and_may_load_nothing_from_elsewhere(served):
    reply = await call(served.app, "GET", "/graphql", headers={"accept": BROWSER})
    assert reply.headers["cache-control"] == "no-cache"
    policy = dict(part.strip().split(" ", 1) for part in reply.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"


async def test_an_unchanged_page_is_not_sent_again(served):
    first = await call(served.app, "GET", "/graphql", headers={"accept": BROWSER})
    again = await call(
        served.app, "GET", "/graphql", headers={"accept": BROWSER, "if-none-match": first.headers["etag"]}
    )
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("path", ["/graphiql/../pages.py", "/graphiql/%2e%2e/pages.py", "/graphiql/nothing.js"])
async def test_no_other_file_is_served(served, path):
    assert (await call(served.app, "GET", path)).status == 404


async def test_without_graphiql_a_browser_is_told_what_it_can_have(serve):
    served = serve(graphiql_enabled=False)
    reply = await call(served.app, "GET", "/graphql", headers={"accept": "text/html"})
    assert (reply.status, reply.codes) == (406, ["NOT_ACCEPTABLE"])
    assert (await call(served.app, "GET", "/graphiql/index.html")).status == 404


async def test_a_posted_request_is_answered_in_json_even_to_a_browser_form(served):
    reply = await call(
        served.app, "POST", "/graphql", headers={"accept": BROWSER, "content-type": "application/json"}, body=b"{}"
    )
    assert reply.status == 406
