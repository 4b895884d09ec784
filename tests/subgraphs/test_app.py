"""The HTTP app: one path per city and domain, POST of JSON only, health for operators."""

from __future__ import annotations

import asyncio
import logging

import orjson
import pytest

from legacy_adapters.errors import SystemTimeout
from legacy_adapters.records.provenance import CityCode
from legacy_adapters.registry import City
from subgraphs.domains import DOMAINS
from subgraphs.shared.app import SourcesInvalid, SubgraphsApp, build_app
from subgraphs.shared.http import MAX_BODY_BYTES
from subgraphs.shared.person_key import PlatformKeys
from tests.subgraphs.conftest import CONTRACTS, NOW
from tests.subgraphs.records import ZHANG, card, insurance, person
from tests.subgraphs.sources import MemorySource

JSON = [(b"content-type", b"application/json; charset=utf-8")]
PERSON = "query($idNumber: String!) { person(idNumber: $idNumber) { name } }"


def city(slug="hangzhou", code="330100", source=None, **sources):
    one = () if source is None else (source,)
    domains = {"people": one, "cards": one, "pensions": one, "cases": one} | sources
    adapters = {} if source is None else {"memory": source}
    return City(code=CityCode(code), name="市", slug=slug, adapters=adapters, **domains)


def app(*cities):
    return build_app(cities, DOMAINS, CONTRACTS, PlatformKeys(bytes(range(64))), lambda: NOW)


async def call(application, path, body=b"", *, method="POST", headers=None, chunks=None, gone=None):
    """`(status, headers, body)` of one request; `chunks` is how its body arrives, `gone` when its client leaves."""
    sent = []
    pieces = [body] if chunks is None else chunks
    incoming = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces) - 1}
        if isinstance(piece, bytes)
        else piece
        for number, piece in enumerate(pieces)
    ]

    async def receive():
        if incoming:
            return incoming.pop(0)
        await (gone or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": JSON if headers is None else headers,
    }
    await application(scope, receive, send)
    if not sent:
        return None
    start, *rest = sent
    content = b"".join(message["body"] for message in rest)
    return start["status"], dict(start["headers"]), orjson.loads(content) if content else None


class HangingSource:
    """Answers nothing, whatever it is asked, and tells when it is asked and when the asking ends."""

    def __init__(self):
        self.asked, self.given_up = asyncio.Event(), asyncio.Event()

    def __getattr__(self, method):
        return self._hang

    async def _hang(self, *_, **__):
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.given_up.set()


def operation(query, **variables):
    return orjson.dumps({"query": query, "variables": variables or None})


async def test_every_city_answers_for_itself_at_its_own_path():
    cities = city(source=MemorySource([person()])), city("huangshan", "341000", MemorySource([person(name="张·三")]))
    application = app(*cities)
    names = [
        (await call(application, f"/{slug}/people", operation(PERSON, idNumber=ZHANG)))[2]["data"]["person"]["name"]
        for slug in ("hangzhou", "huangshan")
    ]
    assert names == ["张三", "张·三"]


async def test_the_answer_is_json_with_its_as_of_time():
    status, headers, body = await call(
        app(city(source=MemorySource([card()]))),
        "/hangzhou/cards",
        operation('{ card(city: "330100", number: "A00000019") { number } }'),
    )
    assert (status, headers[b"content-type"]) == (200, b"application/json")
    assert int(headers[b"content-length"]) == len(orjson.dumps(body))
    assert body == {
        "data": {"card": {"number": "A00000019"}},
        "extensions": {"asOf": "2026-10-31T08:00:00+08:00"},
    }


async def test_half_a_character_costs_itself_and_not_the_answer():
    half = chr(0xD840)
    application = app(city(source=MemorySource([person(name=f"张{half}"), insurance(scheme_raw=f"{half}\udc0b")])))
    query = "query($n: String!) { person(idNumber: $n) { name birthDate insurances { schemeRaw } } }"
    status, _, body = await call(application, "/hangzhou/people", operation(query, n=ZHANG))
    assert (status, body["data"]["person"]) == (
        200,
        {"name": "张�", "birthDate": "1958-05-12", "insurances": [{"schemeRaw": "𠀋"}]},
    )


async def test_a_domain_that_a_city_does_not_serve_has_no_path():
    application = app(city(source=MemorySource(), cases=()))
    status, _, body = await call(application, "/hangzhou/cases", operation("{ __typename }"))
    assert status == 404
    assert body["errors"][0]["extensions"] == {"code": "NOT_FOUND"}


@pytest.mark.parametrize("path", ["/", "/hangzhou", "/hangzhou/cards/", "/nowhere/cards", "/330199195805120015/cards"])
async def test_other_paths_are_not_found_and_not_quoted(path):
    status, _, body = await call(app(city(source=MemorySource())), path, operation("{ __typename }"))
    assert status == 404
    assert path == "/" or path.strip("/") not in str(body)


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "OPTIONS"])
async def test_only_post_is_answered(method):
    status, headers, _ = await call(app(city(source=MemorySource())), "/hangzhou/cards", method=method)
    assert (status, headers[b"allow"]) == (405, b"POST")


@pytest.mark.parametrize(
    "headers", [[], [(b"content-type", b"text/plain")], [(b"content-type", b"multipart/form-data")]]
)
async def test_only_json_is_read(headers):
    status, _, body = await call(
        app(city(source=MemorySource())), "/hangzhou/cards", operation("{ a }"), headers=headers
    )
    assert (status, body["errors"][0]["message"]) == (415, "The content type must be application/json.")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The body is not JSON."),
        (b'{"query": 330199195805120015X}', "The body is not JSON."),
        (b"[]", "The body must be one JSON object."),
        (b"[{}]", "The body must be one JSON object."),
        (b"{}", "query must be the text of an operation."),
        (b'{"query": ""}', "query must be the text of an operation."),
        (b'{"query": 1}', "query must be the text of an operation."),
        (b'{"query": "{ a }", "variables": []}', "variables must be an object or null."),
        (b'{"query": "{ a }", "operationName": 1}', "operationName must be text or null."),
    ],
)
async def test_a_body_that_is_no_operation_is_refused(body, message):
    status, _, answer = await call(app(city(source=MemorySource())), "/hangzhou/cards", body)
    assert (status, answer) == (400, {"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]})


async def test_a_body_may_arrive_in_pieces():
    body = operation("{ __typename }")
    _, _, answer = await call(
        app(city(source=MemorySource())), "/hangzhou/cards", chunks=[body[:5], body[5:9], body[9:]]
    )
    assert answer["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("pieces", [1, 4])
async def test_a_body_that_is_too_large_is_refused(pieces):
    chunks = [b" " * (MAX_BODY_BYTES // pieces + 1)] * pieces
    status, _, _ = await call(app(city(source=MemorySource())), "/hangzhou/cards", chunks=chunks)
    assert status == 413


async def test_a_client_that_leaves_is_not_answered():
    gone = {"type": "http.disconnect"}
    assert await call(app(city(source=MemorySource())), "/hangzhou/cards", chunks=[b"{", gone]) is None


@pytest.mark.parametrize(
    ("domain", "query"),
    [
        ("people", '{ person(idNumber: "330199195805120015") { name } }'),
        ("people", "{ people { nodes { name } } }"),
        ("pensions", "{ pensions { nodes { person { id } } } }"),
        ("cards", '{ card(city: "330100", number: "A00000019") { number } }'),
        ("cases", '{ case(city: "330100", caseNumber: "G1") { caseNumber } }'),
    ],
)
async def test_what_a_client_that_leaves_has_asked_is_given_up(domain, query):
    source = HangingSource()
    gone = asyncio.Event()
    calling = asyncio.create_task(call(app(city(source=source)), f"/hangzhou/{domain}", operation(query), gone=gone))
    async with asyncio.timeout(5):
        await source.asked.wait()
        gone.set()
        assert await calling is None
        await source.given_up.wait()


@pytest.mark.parametrize(("query", "status"), [("{ __typename }", 200), ("{ nothing }", 400), ("{", 400)])
async def test_who_asks_for_graphqls_media_type_learns_by_the_status(query, status):
    headers = [*JSON, (b"accept", b"application/graphql-response+json, application/json;q=0.9")]
    answer = await call(app(city(source=MemorySource())), "/hangzhou/cards", operation(query), headers=headers)
    assert (answer[0], answer[1][b"content-type"]) == (status, b"application/graphql-response+json")


async def test_who_does_not_gets_200_for_every_operation():
    assert (await call(app(city(source=MemorySource())), "/hangzhou/cards", operation("{ nothing }")))[0] == 200


async def test_one_of_several_operations_is_chosen_by_name():
    body = orjson.dumps({"query": "query A { a: __typename } query B { b: __typename }", "operationName": "B"})
    assert (await call(app(city(source=MemorySource())), "/hangzhou/cards", body))[2]["data"] == {"b": "Query"}


async def test_health_tells_how_each_system_has_fared():
    source = MemorySource(failure=SystemTimeout("memory", "330100", "late"))
    application = app(city(source=source))
    await call(application, "/hangzhou/people", operation(PERSON, idNumber=ZHANG))
    status, _, body = await call(application, "/health", method="GET")
    assert status == 200
    assert body["status"] == "ok"
    assert body["systems"]["hangzhou"][0]["calls"] == 1
    assert body["systems"]["hangzhou"][0]["circuit"] == "closed"
    assert ZHANG not in str(body)


class BrokenSubgraph:
    """Stands for a subgraph with a defect."""

    async def execute(self, *_):
        raise RuntimeError(f"{ZHANG} is in here")


async def test_a_defect_is_an_error_without_content_and_logged_by_its_class(caplog):
    application = SubgraphsApp({"/hangzhou/cards": BrokenSubgraph()}, app())
    status, _, body = await call(application, "/hangzhou/cards", operation("{ __typename }"))
    assert (status, body["errors"][0]["extensions"]) == (500, {"code": "INTERNAL_SERVER_ERROR"})
    assert [record.getMessage() for record in caplog.records] == ["A request failed unexpectedly: RuntimeError"]
    assert ZHANG not in caplog.text


async def test_nothing_of_a_request_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    application = app(city(source=MemorySource([person()])))
    await call(application, "/hangzhou/people", operation(PERSON, idNumber=ZHANG))
    await call(application, "/hangzhou/people", operation(f"{{ person(idNumber: {ZHANG} }}"))
    await call(application, "/hangzhou/people", b'{"query": "' + ZHANG.encode())
    assert ZHANG not in caplog.text


@pytest.mark.parametrize("domain", ["people", "pensions"])
def test_a_domain_with_paged_lists_has_one_source(domain):
    two = {domain: (MemorySource(), MemorySource())}
    with pytest.raises(SourcesInvalid, match=f"hangzhou: domains.{domain} must name one system"):
        app(city(source=MemorySource(), **two))
