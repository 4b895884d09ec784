"""JSON out: what the answer, the keys of representations and shared requests are encoded with."""

from __future__ import annotations

from decimal import Decimal

import orjson

from federation.executor.subgraph_client import JsonValue


def encode(value: JsonValue) -> bytes:
    """`value` as JSON. Decimals and integers of any size keep all their digits."""
    try:
        return orjson.dumps(value, default=_encode_decimal)
    except orjson.JSONEncodeError:
        # orjson refuses integers beyond 64 bits, which a custom scalar may hold: hand their digits over ready-made.
        return orjson.dumps(_with_digits(value), default=_encode_decimal)


def _encode_decimal(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value).encode())
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _with_digits(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {name: _with_digits(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_digits(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return orjson.Fragment(str(value).encode())
    return value
