"""The URL of a feature: `https://example.org/path/name/v1.2`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_VERSION = re.compile(r"^v(\d{1,6})\.(\d{1,6})$", re.ASCII)


class InvalidFeatureUrl(ValueError):
    """The text is no feature's URL; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class FeatureUrl:
    """`identity` is the URL without its version, `name` the identity's last part."""

    identity: str
    name: str
    version: tuple[int, int]


def parse_feature_url(text: str) -> FeatureUrl:
    """Split a feature's URL; query, fragment and credentials are no part of it. Raises InvalidFeatureUrl."""
    try:
        parts = urlsplit(text)
        host = parts.netloc.rpartition("@")[2].lower()
    except ValueError as error:
        raise InvalidFeatureUrl("it is no URL") from error
    if not parts.scheme or "://" not in text:
        raise InvalidFeatureUrl("it is no absolute URL")
    *path, version = parts.path.split("/")
    match = _VERSION.match(version)
    if match is None:
        raise InvalidFeatureUrl("it does not end in a version such as v1.0")
    if not path or not path[-1]:
        raise InvalidFeatureUrl("no name stands before its version")
    identity = f"{parts.scheme.lower()}://{host}{'/'.join(path)}"
    return FeatureUrl(identity, path[-1], (int(match[1]), int(match[2])))
