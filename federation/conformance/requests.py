"""How wrong requests are refused: by a GraphQL answer whose errors have codes."""

from __future__ import annotations

from collections.abc import AsyncIterator

from federation.conformance.ask import NO_CODE
from federation.conformance.matrix import Row, Verdict
from federation.conformance.subject import Subject

#: Of the clients that ask: what came back was no GraphQL answer.
_NO_ANSWER = frozenset({"SUBREQUEST_HTTP_ERROR", "SUBREQUEST_MALFORMED_RESPONSE", "SUBGRAPH_REQUEST_TIMEOUT"})
_REQUESTS = {
    "broken syntax": "query {",
    "unknown field": "{ noSuchField }",
    "no operation": "fragment F on Query { __typename }",
}


async def check_requests(subject: Subject) -> AsyncIterator[Row]:
    """One row for each kind of wrong request."""
    for check, text in _REQUESTS.items():
        reply = await subject.asker.ask(text)
        codes = ", ".join(reply.codes)
        remedy = "answer with `errors`, each with an extensions.code, e.g. GRAPHQL_VALIDATION_FAILED"
        if not reply.codes:
            row = Row("errors", check, Verdict.NOT, "an answer without errors", remedy, reply.milliseconds)
        elif _NO_ANSWER.intersection(reply.codes) or NO_CODE in reply.codes:
            row = Row("errors", check, Verdict.PARTLY, codes, remedy, reply.milliseconds)
        else:
            row = Row("errors", check, Verdict.SUPPORTED, f"refused: {codes}", None, reply.milliseconds)
        yield row
