"""How a stream of answers is written in an HTTP body, whatever answers they are; and what an `Accept` value names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from federation.executor.encoding import encode
from federation.executor.subgraph_client import ResponseObject


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """One way to write a stream.

    Attributes:
        name: for the log.
        content_type: of the whole body.
        opening: sent at once, so that the client knows that it is subscribed.
        heartbeat: sent when nothing else was for a while.
        complete: the last bytes, when there is nothing more to come.
        before, after: what stands around an answer.
        fatal_before: stands before the errors that end a stream, instead of `before`.
        fatal_after: stands after them.
    """

    name: str
    content_type: bytes
    opening: bytes
    heartbeat: bytes
    complete: bytes
    before: bytes
    after: bytes
    fatal_before: bytes
    fatal_after: bytes

    def answer(self, body: bytes) -> bytes:
        """Write one answer, given as JSON."""
        return b"%b%b%b" % (self.before, body, self.after)

    def failure(self, errors: Sequence[ResponseObject]) -> bytes:
        """Write the errors that end a stream."""
        return b"%b%b%b" % (self.fatal_before, encode(list(errors)), self.fatal_after)

    def only(self, body: bytes) -> bytes:
        """Write a whole stream of one answer."""
        return b"%b%b%b" % (self.opening, self.answer(body), self.complete)


# Clients take a part when they see the delimiter behind it, so each part is sent with the next one's.
#: Stands before the JSON of a part.
PART = b"\r\ncontent-type: application/json\r\n\r\n"


def multipart(
    name: str,
    boundary: bytes,
    parameter: bytes,
    *,
    envelope: tuple[bytes, bytes] = (b"", b""),
    fatal: tuple[bytes, bytes],
) -> StreamFormat:
    """Give the format of `multipart/mixed` with a parameter; `envelope` and `fatal` stand around the JSON of a part."""
    delimiter = b"\r\n--" + boundary
    return StreamFormat(
        name=name,
        content_type=b'multipart/mixed;boundary="%b";%b' % (boundary, parameter),
        opening=b"--" + boundary,
        heartbeat=b"",
        complete=b"--\r\n",
        before=PART + envelope[0],
        after=envelope[1] + delimiter,
        fatal_before=PART + fatal[0],
        fatal_after=fatal[1] + delimiter,
    )


def accepted_types(accept: bytes) -> Iterator[tuple[str, dict[str, str], float]]:
    """Give what an `Accept` value names: media type, parameters and quality, all in lower case."""
    for item in accept.decode("latin-1").lower().split(","):
        media_type, *given = (part.strip() for part in item.split(";"))
        parameters = {name.strip(): value.strip(' "') for name, _, value in (p.partition("=") for p in given)}
        yield media_type, parameters, _quality(parameters.get("q", "1"))


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
