"""The platform's key as what cooperation seals with: one key for people's ids and for what is kept of them."""

from __future__ import annotations

import hashlib

from cooperation.content import SealBroken
from legacy_adapters.records.provenance import NationalId
from subgraphs.shared.person_key import PlatformKeys, TokenKind

_FINGERPRINT_CHARACTERS = 32


class PlatformSealer:
    """Seals with `PlatformKeys`."""

    __slots__ = ("_keys",)

    def __init__(self, keys: PlatformKeys) -> None:
        self._keys = keys

    @property
    def has_other_keys(self) -> bool:
        """Whether this process has several keys."""
        return self._keys.count > 1

    def seal(self, content: str) -> str:
        """The content as it may be stored."""
        return self._keys.seal(TokenKind.RECORD, content)

    def open(self, sealed: str) -> str:
        """What was sealed. Raises SealBroken."""
        content = self._keys.open(TokenKind.RECORD, sealed)
        if content is None:
            raise SealBroken("A stored content does not open with the platform keys of this process.")
        return content

    @property
    def sealed_head(self) -> str:
        """What begins so was sealed with the current key."""
        return self._keys.head(TokenKind.RECORD)

    @property
    def person_head(self) -> str:
        """The same of a person's id."""
        return self._keys.head(TokenKind.PERSON)

    def person_id(self, national_id: NationalId) -> str:
        """The graph's `Person.id`."""
        return self._keys.person_id(national_id)

    def person_ids(self, person_id: str) -> tuple[str, ...]:
        """The ids of the same person under every key, the current one's first; what is no id of ours stays as it is."""
        national_id = self._keys.national_id(person_id)
        return (person_id,) if national_id is None else self._keys.seal_under_each(TokenKind.PERSON, national_id)

    def fingerprints(self, content: str) -> tuple[str, ...]:
        """Of every key, the current one's first: equal for equal contents; without the key nothing can be tried out."""
        return tuple(map(_digest, self._keys.seal_under_each(TokenKind.RECORD, content)))


def _digest(sealed: str) -> str:
    return hashlib.sha256(sealed.encode()).hexdigest()[:_FINGERPRINT_CHARACTERS]
