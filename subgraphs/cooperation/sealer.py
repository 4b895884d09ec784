"""The platform's key as what cooperation seals with: one key for people's ids and for what is kept of them."""

from __future__ import annotations

import hashlib

from legacy_adapters.records.provenance import NationalId
from subgraphs.shared.person_key import PlatformKeys, TokenKind

_FINGERPRINT_CHARACTERS = 32


class SealBroken(Exception):
    """A stored content does not open: it was sealed with a key that this process has not."""


class PlatformSealer:
    """Seals with `PlatformKeys`."""

    __slots__ = ("_keys",)

    def __init__(self, keys: PlatformKeys) -> None:
        self._keys = keys

    def seal(self, content: str) -> str:
        """The content as it may be stored."""
        return self._keys.seal(TokenKind.RECORD, content)

    def open(self, sealed: str) -> str:
        """What was sealed. Raises SealBroken."""
        content = self._keys.open(TokenKind.RECORD, sealed)
        if content is None:
            raise SealBroken("A stored content does not open with the platform keys of this process.")
        return content

    def person_id(self, national_id: NationalId) -> str:
        """The graph's `Person.id`."""
        return self._keys.person_id(national_id)

    def fingerprint(self, content: str) -> str:
        """Equal for equal contents under one key; without the key nothing can be tried out against it."""
        sealed = self._keys.seal(TokenKind.RECORD, content)
        return hashlib.sha256(sealed.encode()).hexdigest()[:_FINGERPRINT_CHARACTERS]
