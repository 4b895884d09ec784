"""What is known of a city's data: values that it has records for, given by whoever tests it.

arguments:
  idNumber: "…"                     # of every field with an argument of that name
  "Query.card(number:)": X00000001
entities:
  Person: [{id: "…"}]
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import yaml


class KnownValuesInvalid(Exception):
    """The values cannot be read; the message is one sentence that quotes none of them."""


@dataclass(frozen=True, slots=True)
class KnownValues:
    """Values to ask with. Its `repr` shows none.

    Attributes:
        arguments: by coordinate, or by the argument's name for all fields.
        entities: representations by type name.
    """

    arguments: Mapping[str, Any] = field(default_factory=dict, repr=False)
    entities: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict, repr=False)

    def argument(self, coordinate: str, name: str) -> Any:
        """The value of `Query.card(number:)`; None if nothing is known."""
        return self.arguments.get(f"{coordinate}({name}:)", self.arguments.get(name))


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    arguments: dict[str, Any] = {}
    entities: dict[str, list[dict[str, Any]]] = {}


def read_known_values(path: Path | None, arguments: Iterable[str] = (), entities: Iterable[str] = ()) -> KnownValues:
    """Read a file, and `name=value` and `Type={"key": …}` from a command line. Raises KnownValuesInvalid."""
    given = _File() if path is None else _read(path)
    own = dict(_pair(text, "NAME=VALUE") for text in arguments)
    found = {name: list(each) for name, each in given.entities.items()}
    for name, text in (_pair(text, "TYPE=JSON") for text in entities):
        found.setdefault(name, []).append(_representation(name, text))
    return KnownValues({**given.arguments, **own}, {name: tuple(each) for name, each in found.items()})


def _read(path: Path) -> _File:
    try:
        return msgspec.convert(yaml.safe_load(path.read_text("utf-8")) or {}, _File)
    except OSError as error:
        raise KnownValuesInvalid(f"{path} cannot be read: {(error.strerror or 'error').lower()}.") from error
    except (UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        message = f"{path} must hold `arguments`, a map of values, and `entities`, lists of representations by type."
        raise KnownValuesInvalid(message) from error


def _pair(text: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise KnownValuesInvalid(f"A value is given as {form}.")
    return name, value


def _representation(name: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise KnownValuesInvalid(f'An entity of {name} is given as JSON, e.g. {name}={{"id": "1"}}.')
    return value
