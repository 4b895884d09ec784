"""The core service's conversation: one token shared by all calls, renewed once when the service no longer takes it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from cryptography.hazmat.primitives.hashes import SM3, Hash

from legacy_adapters.errors import SystemRefused

NONCE_BYTES = 16


class TokenKeeper:
    """Holds the token. `log_in` gets a new one; however many callers want one, it is asked once at a time."""

    def __init__(self, log_in: Callable[[], Awaitable[str]]) -> None:
        self._log_in = log_in
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._refusal: SystemRefused | None = None
        self._refusals = 0

    async def token(self) -> str:
        """The present token; the first call logs in."""
        return self._token if self._token is not None else await self.renewed(None)

    async def renewed(self, refused: str | None) -> str:
        """A token other than `refused`. Who comes while another caller renews it gets that caller's, or its refusal."""
        refusals = self._refusals
        async with self._lock:
            if self._refusal is not None and self._refusals != refusals:
                # One wrong password, however many wait here, is one login: more of them lock the account.
                raise self._refusal
            if self._token is None or self._token == refused:
                self._token = None
                self._token = await self._log_in_once()
            return self._token

    async def _log_in_once(self) -> str:
        try:
            return await self._log_in()
        except SystemRefused as refusal:
            self._refusal = refusal
            self._refusals += 1
            raise


def make_nonce() -> str:
    """A nonce, which serves once."""
    return secrets.token_hex(NONCE_BYTES)


def login_digest(password: str, nonce: str) -> str:
    """Lower-case hexadecimal SM3 of password and nonce."""
    digest = Hash(SM3())
    digest.update((password + nonce).encode("utf-8"))
    return digest.finalize().hex()
