"""What a person's request holds appears neither in log lines nor in errors."""

from __future__ import annotations

import logging

import pytest

from federation.gateway.errors import GraphQLRequestError
from federation.gateway.request_log import LineFormatter
from federation.gateway.validation import parse_document, validate_document, without_value
from tests.federation.gateway.asgi_call import call, post

NUMBER = "330199195805120015"
NAME = "张三"


@pytest.fixture
def log(caplog):
    """All records, of all libraries, as they would be written and as they are."""
    caplog.set_level(logging.DEBUG)

    def text():
        formatter = LineFormatter()
        return "\n".join(formatter.format(record) + repr(record.args) for record in caplog.records) + caplog.text

    return text


def documents():
    yield f'{{ product(id: "{NUMBER}") {{ name }} }}', {}
    yield "query Q($id: ID!) { product(id: $id) { name } }", {"id": NUMBER}
    yield "query Q($id: ID!) { product(id: $id) { name } }", {"id": {"number": NUMBER}}
    yield "query Q($first: Int) { products(first: $first) { name } }", {"first": NUMBER}
    yield f'{{ products(first: "{NUMBER}") {{ name }} }}', {}
    yield f"{{ products(first: {NUMBER}) {{ name }} }}", {}
    yield f"{{ product(id: {NUMBER}, size: {NUMBER}) {{ name }} }}", {}
    yield f'{{ product(id: {{a: "{NUMBER}"}}) {{ name }} }}', {}
    yield f'{{ product "{NUMBER}" }}', {}
    yield f'{{ product """{NUMBER} {NAME}""" }}', {}
    yield f"{{ product {NUMBER} }}", {}
    yield f'{{ product(id: "{NUMBER}', {}
    yield f'{{ product(id: "{NAME}" size: "{NAME}") {{ nothing }} }}', {}
    yield f'query($id: ID = "{NUMBER}", $n: Int = "{NUMBER}") {{ product(id: $id) {{ name }} }}', {}
    yield f'{{ product(id: "1") {{ name @include(if: "{NUMBER}") }} }}', {}


async def test_a_name_or_request_id_with_an_id_number_is_not_logged(served, log):
    query = f"query Person{NUMBER} {{ __typename }}"
    reply = await post(served.app, {"query": query}, headers={"x-request-id": NUMBER})
    assert reply.status == 200
    assert reply.headers["x-request-id"] != NUMBER
    assert "Person…" in log()
    assert NUMBER not in log()


@pytest.mark.parametrize(("query", "variables"), list(documents()))
async def test_neither_log_nor_refusal_holds_a_value(served, log, query, variables):
    reply = await post(served.app, {"query": query, "variables": variables})
    written = log()
    assert '"event":"request"' in written
    assert NUMBER not in written
    assert NAME not in written
    errors = [error["message"] for error in reply.json.get("errors", ())]
    assert not [message for message in errors if NUMBER in message or NAME in message]


async def test_a_query_string_is_not_logged(served, log):
    query = {"query": f'{{ product(id: "{NUMBER}") {{ name }} }}', "variables": f'{{"id":"{NUMBER}"}}'}
    reply = await call(served.app, "GET", "/graphql", headers={"content-type": "application/json"}, query=query)
    assert reply.status == 200
    assert '"event":"request"' in log()
    assert NUMBER not in log()


async def test_failing_subgraphs_put_nothing_personal_into_the_log(served, log):
    served.products.failure = (500, "text/html", f"<html>{NUMBER}".encode())
    await post(served.app, {"query": f'{{ product(id: "{NUMBER}") {{ name }} }}'})
    assert '"errorCodes":["SUBREQUEST_HTTP_ERROR"]' in log()
    assert NUMBER not in log()


@pytest.mark.parametrize(("message", "arguments"), [("failed for %s", (NUMBER,)), (f"failed for {NUMBER}", ())])
def test_of_other_libraries_records_their_places_are_logged_and_none_of_their_words(message, arguments):
    error = KeyError(NUMBER)
    record = logging.LogRecord(
        "library", logging.ERROR, "library.py", 1, message, arguments, (KeyError, error, error.__traceback__), "run"
    )
    line = LineFormatter().format(record)
    assert NUMBER not in line
    assert '"logger":"library","level":"ERROR","loggedAt":"library.py:1 run","exception":"KeyError"' in line


@pytest.mark.parametrize(
    ("message", "rest"),
    [
        ("Expected value of type 'ID!', found: [330199].", "Expected value of type 'ID!'"),
        ("Something new about 330199.", "The value is not valid"),
        ("Value 'zhangsan' does not exist in 'Size' enum.", "The value does not exist in enum 'Size'"),
        ('Int cannot represent non-integer value: "330199"', "Int cannot represent non-integer value"),
    ],
)
def test_of_a_message_about_a_value_only_the_rest_stays(message, rest):
    assert without_value(message) == rest


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            '{ product(id: "1", size: LARG) { id } }',
            "The value does not exist in enum 'Size' at Query.product(size:). Did you mean 'LARGE'?",
        ),
        ('{ products(first: "x") { id } }', "Int cannot represent non-integer value at Query.products(first:)."),
        ('query($n: Int = "x") { products(first: $n) { id } }', "Int cannot represent non-integer value at $n."),
        ('{ products { id @skip(if: "x") } }', "Boolean cannot represent a non boolean value at @skip(if:)."),
        ("{ produkt { id } }", "Cannot query field 'produkt' on type 'Query'. Did you mean 'product' or 'products'?"),
    ],
)
def test_a_validation_error_names_the_place_and_what_was_probably_meant(shop_supergraph, query, message):
    with pytest.raises(GraphQLRequestError) as refused:
        validate_document(shop_supergraph.api_schema, parse_document(query, 100))
    assert [error["message"] for error in refused.value.errors] == [message]
