"""The core service's conversation: one token shared by all calls, renewed once when the service no longer takes it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from cryptography.hazmat.primitives.hashes import SM3, Hash

NONCE_BYTES = 16


class TokenKeeper:
    """Holds the token. `log_in` gets a new one; however many callers want one, it is asked once at a time."""

    def __init__(self, log_in: Callable[[], Awaitable[str]]) -> None:
        self._log_in = log_in
        self._lock = asyncio.Lock()
        self._token: str | None = None

    async def token(self) -> str:
        """The present token; the first call logs in."""
        return self._token if self._token is not None else await self.renewed(None)

    async def renewed(self, refused: str | None) -> str:
        """A token other than `refused`. Who comes while another caller renews it gets that caller's."""
        async with self._lock:
            if self._token is None or self._token == refused:
                self._token = None
                self._token = await self._log_in()
            return self._token


def make_nonce() -> str:
    """A nonce, which serves once."""
    return secrets.token_hex(NONCE_BYTES)


def login_digest(password: str, nonce: str) -> str:
    """Lower-case hexadecimal SM3 of password and nonce."""
    digest = Hash(SM3())
    digest.update((password + nonce).encode("utf-8"))
    return digest.finalize().hex()
