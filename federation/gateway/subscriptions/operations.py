"""One operation over a WebSocket, from its `subscribe` to its `complete`.

prepare → a query or mutation: its answer as `next`        → `complete`
          a subscription: a `next` for each result         → `complete`
          refused, or the source failed: `error`
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeAlias

from federation.executor.errors import SubscriptionFailure
from federation.executor.subgraph_client import ResponseObject
from federation.gateway.context import (
    CLIENT_CLOSED_REQUEST,
    Answer,
    AnswerRequest,
    Headers,
    RequestContext,
    Subscribed,
    plan_view,
    request_id,
)
from federation.gateway.errors import RequestCode, RequestError, coded_error
from federation.gateway.request_log import RequestRecord, StreamEnd, log_defect, log_request
from federation.gateway.subscriptions.messages import Subscribe, write_complete, write_error, write_next
from federation.gateway.subscriptions.registry import Subscriptions
from federation.query_plan.nodes import OperationKind

SendMessage: TypeAlias = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class OperationSettings:
    """What all operations of a gateway share."""

    answer: AnswerRequest
    subscriptions: Subscriptions
    timeout_seconds: float
    exposes_query_plans: bool


@dataclass(frozen=True, slots=True)
class Connection:
    """What an operation needs of its connection: a way to send, and `forget`, called before its last message."""

    send: SendMessage
    forget: Callable[[str], None]
    headers: Headers = field(repr=False)


class Operation:
    """An operation under way over one connection."""

    def __init__(self, settings: OperationSettings, subscribe: Subscribe, connection: Connection) -> None:
        self._settings = settings
        self._id = subscribe.id
        self._parameters = subscribe.parameters
        self._connection = connection
        self._record = RequestRecord(request_id({}))
        self._is_wanted = True
        self._end = StreamEnd.CLIENT_GONE
        self._task: asyncio.Task[None] | None = None

    def start(self) -> asyncio.Task[None]:
        """Begin; the task never fails."""
        self._task = asyncio.ensure_future(self._run())
        return self._task

    def stop(self, end: StreamEnd) -> None:
        """Send no more of it. A mutation goes on, for a half-done change is worse than one nobody hears of."""
        self._is_wanted = False
        self._end = end
        if self._task is not None and self._record.operation_kind != OperationKind.MUTATION:
            self._task.cancel()

    async def _run(self) -> None:
        started = perf_counter()
        try:
            await self._answer()
        except asyncio.CancelledError:
            self._record.end_stream(self._end)
            self._record.status = self._record.status or CLIENT_CLOSED_REQUEST
            if self._is_wanted:  # the server was stopped under us
                raise
        except OSError:  # what a server raises when it has lost the connection
            self._record.end_stream(StreamEnd.CLIENT_GONE)
        finally:
            self._record.milliseconds = (perf_counter() - started) * 1000
            log_request(self._record)

    async def _answer(self) -> None:
        try:
            answer = await self._settings.answer(self._parameters, self._context(), self._record)
            if isinstance(answer, Subscribed):
                await self._send_results(answer)
            elif isinstance(answer, Answer):
                self._record.status = 200
                self._record.error_codes, self._record.subgraph_calls = answer.error_codes, answer.subgraph_calls
                await self._send(write_next(self._id, answer.body))
            await self._send_last(write_complete(self._id))
        except RequestError as refused:
            self._record.status = refused.status
            await self._fail(refused.errors)
        except SubscriptionFailure as failure:
            await self._fail(failure.errors)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001  (the border: a defect costs one operation, not the connection)
            log_defect(self._record.request_id, error)
            self._record.status = 500
            await self._fail((coded_error(RequestCode.INTERNAL_SERVER_ERROR, "The gateway failed."),))

    async def _send_results(self, subscribed: Subscribed) -> None:
        with self._settings.subscriptions.running():
            self._record.begin_stream("websocket")
            async with aclosing(subscribed.results) as results:
                async for result in results:
                    self._record.count_event(result)
                    await self._send(write_next(self._id, result.body()))
        self._record.end_stream(StreamEnd.COMPLETE)

    async def _fail(self, errors: Sequence[ResponseObject]) -> None:
        self._record.end_stream(StreamEnd.FAILED, errors)
        await self._send_last(write_error(self._id, errors))

    async def _send_last(self, message: bytes) -> None:
        if self._is_wanted:  # else the id may be another operation's by now
            self._connection.forget(self._id)
        await self._send(message)

    async def _send(self, message: bytes) -> None:
        if self._is_wanted:
            await self._connection.send(message)

    def _context(self) -> RequestContext:
        headers = self._connection.headers
        deadline = asyncio.get_running_loop().time() + self._settings.timeout_seconds
        if self._settings.exposes_query_plans:
            return RequestContext(self._record.request_id, deadline, headers, plan_view(headers))
        return RequestContext(self._record.request_id, deadline, headers)
