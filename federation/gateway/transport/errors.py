"""What can go wrong between the gateway and a subgraph's socket.

TransportError
├── ConnectError          no connection came about: refused, unknown host, no route
├── DeadlineError         connecting, waiting for a turn, or the answer took longer than the deadline
├── ConnectionLostError   the connection ended before the answer was complete
├── ProtocolError         what came is not HTTP/1.1
└── AnswerTooLargeError   the answer is larger than the limit

Messages name neither the body nor the headers of a request.
"""

from __future__ import annotations


class TransportError(Exception):
    """An exchange that gave no complete answer.

    Attributes:
        nothing_sent: not one byte of the request had left, so the other side cannot have acted on it.
    """

    nothing_sent = False


class ConnectError(TransportError):
    """No connection came about; nothing was sent."""

    nothing_sent = True


class DeadlineError(TransportError):
    """The deadline passed first."""

    def __init__(self, message: str, *, nothing_sent: bool = False) -> None:
        super().__init__(message)
        self.nothing_sent = nothing_sent


class ConnectionLostError(TransportError):
    """The connection ended before the answer was complete.

    Attributes:
        nothing_answered: not one byte of an answer had arrived.
    """

    def __init__(self, *, nothing_answered: bool, nothing_sent: bool = False) -> None:
        super().__init__("the connection was closed before the answer was complete")
        self.nothing_sent = nothing_sent
        self.nothing_answered = nothing_answered


class ProtocolError(TransportError):
    """What came is not HTTP/1.1."""


class AnswerTooLargeError(TransportError):
    """The answer is larger than the limit."""
