"""Which media type the answer has, and which the request may have.

Source: https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

_HEADER_CACHE_SIZE = 512


class AnswerType(Enum):
    """The media types of an answer: its name, and its `content-type` value."""

    JSON = ("application/json", b"application/json; charset=utf-8")
    GRAPHQL_RESPONSE = ("application/graphql-response+json", b"application/graphql-response+json; charset=utf-8")
    HTML = ("text/html", b"text/html; charset=utf-8")

    def __init__(self, media_type: str, content_type: bytes) -> None:
        self.media_type = media_type
        self.content_type = content_type


@lru_cache(_HEADER_CACHE_SIZE)
def choose_answer_type(accept: bytes) -> AnswerType | None:
    """Choose by an `Accept` value; None when nothing we have is acceptable.

    The highest quality wins, then the more specific range, then `application/graphql-response+json`, which says
    more. A range with a star, or no header at all, means `application/json`.
    """
    if not accept.strip():
        return AnswerType.JSON
    ranges = _media_ranges(accept.decode("latin-1"))
    best: tuple[float, int, int] = (0.0, 0, 0)
    chosen: AnswerType | None = None
    for preference, answer_type in enumerate((AnswerType.HTML, AnswerType.JSON, AnswerType.GRAPHQL_RESPONSE)):
        quality, specificity = _quality(answer_type, ranges)
        # Stars never choose the types that a client must name to understand them.
        rank = (quality, specificity, preference if specificity == 2 else int(answer_type is AnswerType.JSON))
        if quality > 0 and rank > best:
            best, chosen = rank, answer_type
    return chosen


def _quality(answer_type: AnswerType, ranges: tuple[tuple[str, float], ...]) -> tuple[float, int]:
    """The quality that the most specific matching range gives, and how specific it is (2 name, 1 `type/*`, 0 `*/*`)."""
    family = answer_type.media_type.partition("/")[0]
    for specificity, pattern in ((2, answer_type.media_type), (1, f"{family}/*"), (0, "*/*")):
        for media_range, quality in ranges:
            if media_range == pattern:
                return quality, specificity
    return 0.0, 0


@lru_cache(_HEADER_CACHE_SIZE)
def _media_ranges(accept: str) -> tuple[tuple[str, float], ...]:
    ranges = []
    for item in accept.split(","):
        media_range, *parameters = (part.strip().lower() for part in item.split(";"))
        if media_range:
            ranges.append((media_range, _quality_value(parameters)))
    return tuple(ranges)


def _quality_value(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


@lru_cache(_HEADER_CACHE_SIZE)
def is_json_request(content_type: bytes) -> bool:
    """Whether a `Content-Type` value says JSON in UTF-8, the only charset JSON has."""
    media_type, *parameters = (part.strip() for part in content_type.decode("latin-1").lower().split(";"))
    charsets = [value.strip(' "') for name, _, value in (p.partition("=") for p in parameters) if name == "charset"]
    return media_type == "application/json" and all(charset in ("utf-8", "utf8") for charset in charsets)
