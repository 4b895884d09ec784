"""The YAML documents of a configuration: keys that are unique, variables replaced.

`${env.NAME}` and `${env.NAME:-default}` in any text are replaced from the environment; `$${` is `${` itself. Other `$`
are what they are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

import yaml

from federation.gateway.config import yaml_place
from federation.gateway.supergraph_config.errors import wrong

# The escape, a variable, or what began as one.
_VARIABLE = re.compile(r"(?P<escaped>\$\$\{)|\$\{env\.(?P<name>\w+)(?::-(?P<default>[^}]*))?\}|\$\{")
# YAML's "\\ud800": half of a character, which cannot be written anywhere.
_SURROGATE = re.compile("[\ud800-\udfff]")
_FORMS = "write ${env.NAME} or ${env.NAME:-default} for a variable, and $${ for the characters ${"


def read_documents(text: str) -> list[object]:
    """Give the documents that are not empty. Raises SupergraphConfigError; a text of the file is never quoted."""
    try:
        for node in yaml.compose_all(text, Loader=yaml.SafeLoader):
            _refuse_repeated_keys(node, "", ())
        documents = list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        raise wrong("", f"not valid YAML{yaml_place(error)}") from None
    except (RecursionError, ValueError):  # ValueError: a date such as 2024-13-45
        raise wrong("", "not valid YAML: it nests too deep, or a value is none of its kind") from None
    return [_interpolate(document, "") for document in documents if document is not None]


def join_key(key: str, name: str) -> str:
    """Write the place of a key inside another."""
    return f"{key}.{name}" if key else name


def _refuse_repeated_keys(node: yaml.Node | None, key: str, outer: Sequence[yaml.Node]) -> None:
    """YAML itself takes the last of several."""
    if node is not None and node in outer:
        raise wrong(key, f"contains itself (line {node.start_mark.line + 1})")
    match node:
        case yaml.MappingNode(value=pairs):
            seen: set[str] = set()
            for name, value in pairs:
                place = join_key(key, str(name.value))
                if place in seen:
                    raise wrong(place, f"stands twice (line {name.start_mark.line + 1}); keep one of the two")
                seen.add(place)
                _refuse_repeated_keys(value, place, (*outer, node))
        case yaml.SequenceNode(value=items):
            for item in items:
                _refuse_repeated_keys(item, key, (*outer, node))


def _interpolate(value: object, key: str) -> object:
    """Replace variables in every text below `value`."""
    match value:
        case str():
            _refuse_surrogates(value, key)
            return _VARIABLE.sub(lambda match: _replacement(match, key), value)
        case dict():
            for name in value:
                _refuse_surrogates(str(name), key)
            return {name: _interpolate(item, join_key(key, str(name))) for name, item in value.items()}
        case list():
            return [_interpolate(item, key) for item in value]
    return value


def _refuse_surrogates(text: str, key: str) -> None:
    if _SURROGATE.search(text):
        raise wrong(key, "holds a lone surrogate, which is no character")


def _replacement(match: re.Match[str], key: str) -> str:
    if match["escaped"]:
        return "${"
    if match["name"] is None:
        raise wrong(key, f"holds a ${{ that begins no variable; {_FORMS}")
    value = os.environ.get(match["name"], match["default"])
    if value is None:
        raise wrong(key, f"environment variable {match['name']} is not set and has no default")
    return value
