"""JSON in and out: answers, variables, the keys of representations. Numbers keep all their digits both ways."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from math import isinf
from typing import Any

import msgspec
import orjson

from federation.executor.subgraph_client import JsonValue

#: Makes every number after a `:`, a `,`, a `[` or a space a colon with zeros.
_NUMBERS = bytes.maketrans(b"0123456789.+-eE,[ \t\r\n", b"0" * 15 + b":" * 6)
#: A shorter number fits 64 bits, or has so few digits that a double keeps them all.
_LONG_NUMBER = b":" + b"0" * 16
_LONG = 16
#: Makes all digits zeros, so that every decimal has a `0.0` in it.
_DECIMALS = bytes.maketrans(b"123456789", b"0" * 9)
#: What is looked at to tell whether there are many decimals.
_SAMPLE_BYTES = 4096
#: Measured: having a decimal read by its digits costs as much as looking through 200 bytes for long numbers.
_BYTES_PER_DECIMAL = 200


class WrittenFloat(float):
    """A number with more digits than a double keeps, which is written as it was read.

    Attributes:
        text: as it was read.
    """

    __slots__ = ("text",)

    def __new__(cls, text: str) -> WrittenFloat:
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str


def decode(body: bytes | str) -> JsonValue:
    """`body` as JSON. Raises ValueError, whose message may quote it.

    msgspec is as strict as orjson and as fast, but also keeps integers beyond 64 bits and tells decimals as they are
    written. Only where there are many of these is it cheaper to make sure that none is long, and let orjson read them.
    """
    content = body.encode() if isinstance(body, str) else body
    if has_many_decimals(content) and _LONG_NUMBER not in content.translate(_NUMBERS):
        return orjson.loads(content)
    try:
        return _decode_digits(content)
    except RecursionError as error:
        raise ValueError("the values are nested too deeply") from error


def encode(value: JsonValue) -> bytes:
    """`value` as JSON. Decimals and integers of any size keep all their digits."""
    try:
        return orjson.dumps(value, default=_encode_number)
    except orjson.JSONEncodeError:
        # orjson refuses integers beyond 64 bits, which a custom scalar may hold: hand their digits over ready-made.
        return orjson.dumps(_with_digits(value), default=_encode_number)


def has_many_decimals(content: bytes) -> bool:
    """Whether it is cheaper to make sure that no number is long than to read each decimal by its digits."""
    sample = content[:_SAMPLE_BYTES]
    return sample.translate(_DECIMALS).count(b"0.0") * _BYTES_PER_DECIMAL > len(sample)


def _read_float(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError("a number is larger than a double")
    is_exact = len(text) < _LONG or Decimal(repr(number)) == Decimal(text)
    return number if is_exact else WrittenFloat(text)


def decoder_of(made_type: Any) -> Callable[[bytes], JsonValue]:
    """What decodes JSON of a type of msgspec's. It raises ValueError, also for another type, and RecursionError."""
    decode_typed: Callable[[bytes], JsonValue] = msgspec.json.Decoder(made_type, float_hook=_read_float).decode
    return decode_typed


_decode_digits = decoder_of(Any)


def _encode_number(value: object) -> orjson.Fragment:
    if isinstance(value, WrittenFloat):
        return orjson.Fragment(value.text.encode())
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value).encode())
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _with_digits(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {name: _with_digits(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_digits(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return orjson.Fragment(str(value).encode())
    return value
