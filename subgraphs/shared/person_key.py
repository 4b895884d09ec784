"""Person identifiers and cursors: text that means something to this platform and nothing to anybody else.

A token is `<version><key's fingerprint><body>`; the body is AES-SIV (RFC 5297) of the content, so the same person has
the same token in every city and without the key it can neither be read nor made. Tokens are URL-safe.

Keys come from the environment, separated by commas: the first one makes tokens, all of them open tokens. A key is
replaced in three rounds, each over all processes (decision 38): its successor is put behind it, and everybody can read;
then before it, and it makes tokens; then the former key is taken away, when tokens of its time have expired and what
cooperation keeps was sealed anew.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from legacy_adapters.records.provenance import NationalId

ENVIRONMENT_VARIABLE = "BUREAUGRAPH_PERSON_KEY"
KEY_BYTES = 64
"""AES-256-SIV uses two keys of 32 bytes."""

_KIND_CHARACTERS = 2
_FINGERPRINT_CHARACTERS = 4
_HEAD_CHARACTERS = _KIND_CHARACTERS + _FINGERPRINT_CHARACTERS
_MINIMAL_BYTES = 16  # the synthetic initialisation vector of an empty content
_LONGEST_TOKEN = 512

# base64url; "+" and "/" of plain base64 become characters that cannot be read back, for they have no place in a token.
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_STANDARD = bytes.maketrans(b"-_+/", b"+/  ")


class PlatformKeyInvalid(ValueError):
    """The platform key is missing or is no key; the sentence names the variable and never the value."""


class TokenKind(StrEnum):
    """What a token stands for; a token of one kind does not open as another. The value is its version prefix."""

    PERSON = "p1"
    CURSOR = "c1"
    RECORD = "r1"


@dataclass(frozen=True, slots=True)
class PlatformKey:
    """One key with its fingerprint, which says nothing about the key but tells it from others."""

    fingerprint: str
    cipher: AESSIV


class PlatformKeys:
    """Seals and opens tokens."""

    __slots__ = ("_by_fingerprint", "_current")

    def __init__(self, current: bytes, *others: bytes) -> None:
        keys = [_platform_key(key) for key in (current, *others)]
        self._current = keys[0]
        self._by_fingerprint: Mapping[str, AESSIV] = {key.fingerprint: key.cipher for key in keys}

    def __repr__(self) -> str:
        return f"PlatformKeys({', '.join(self._by_fingerprint)})"

    @property
    def count(self) -> int:
        """How many keys are known."""
        return len(self._by_fingerprint)

    def seal(self, kind: TokenKind, content: str) -> str:
        """The token of `content`: equal contents have equal tokens."""
        return _seal(self._current.cipher, self.head(kind), content)

    def seal_under_each(self, kind: TokenKind, content: str) -> tuple[str, ...]:
        """The tokens that `content` has under every key, the current one's first."""
        return tuple(_seal(cipher, kind + name, content) for name, cipher in self._by_fingerprint.items())

    def head(self, kind: TokenKind) -> str:
        """What all tokens of a kind begin with that the current key makes, and no others."""
        return kind + self._current.fingerprint

    def open(self, kind: TokenKind, token: object) -> str | None:
        """The content of a token of this kind, or None for anything else."""
        # Records are our own database's; all others come from clients.
        longest = None if kind is TokenKind.RECORD else _LONGEST_TOKEN
        if not isinstance(token, str) or (longest is not None and len(token) > longest) or not token.startswith(kind):
            return None
        head, body = token[:_HEAD_CHARACTERS], token[_HEAD_CHARACTERS:]
        cipher = self._by_fingerprint.get(head[_KIND_CHARACTERS:])
        return None if cipher is None else _open(cipher, head, body)

    def person_id(self, national_id: NationalId) -> str:
        """The opaque `Person.id` of a citizen."""
        return self.seal(TokenKind.PERSON, national_id)

    def national_id(self, person_id: object) -> NationalId | None:
        """The citizen that a `Person.id` stands for, or None where it is none of ours."""
        content = self.open(TokenKind.PERSON, person_id)
        return None if content is None else NationalId(content)


def read_platform_keys(environment: Mapping[str, str]) -> PlatformKeys:
    """The keys in `BUREAUGRAPH_PERSON_KEY`: base64url of 64 random bytes each, the current one first.

    Raises PlatformKeyInvalid.
    """
    texts = [part for part in environment.get(ENVIRONMENT_VARIABLE, "").replace(" ", "").split(",") if part]
    if not texts:
        raise PlatformKeyInvalid(f"{ENVIRONMENT_VARIABLE} is not set: it must hold 64 random bytes in base64url.")
    return PlatformKeys(*(_key_bytes(text) for text in texts))


def _key_bytes(text: str) -> bytes:
    try:
        key = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise PlatformKeyInvalid(f"{ENVIRONMENT_VARIABLE} must hold keys of {KEY_BYTES} bytes in base64url.")
    return key


def _platform_key(key: bytes) -> PlatformKey:
    digest = hashlib.sha256(b"bureaugraph platform key" + key).digest()
    return PlatformKey(urlsafe_b64encode(digest)[:_FINGERPRINT_CHARACTERS].decode(), AESSIV(key))


def _encode(sealed: bytes) -> str:
    return b2a_base64(sealed, newline=False).translate(_URL_SAFE).rstrip(b"=").decode()


def _seal(cipher: AESSIV, head: str, content: str) -> str:
    return head + _encode(cipher.encrypt(content.encode(), [head.encode()]))


def _open(cipher: AESSIV, head: str, body: str) -> str | None:
    try:
        text = body.encode("ascii").translate(_STANDARD) + b"=" * (-len(body) % 4)
        sealed = a2b_base64(text)
        # The decoder forgives stray characters and bits; one content has one token only, or caches would not hold.
        if b2a_base64(sealed, newline=False) != text or len(sealed) < _MINIMAL_BYTES:
            return None
        return cipher.decrypt(sealed, [head.encode()]).decode()
    except (ValueError, InvalidTag):
        return None
