"""Tokens of Hangzhou's core service: made at login, alive while they are used."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from msgspec import Struct

from legacy_adapters.clock import Clock

IDLE = timedelta(minutes=20)
MAXIMAL_AGE = timedelta(hours=2)


class _Session(Struct):
    made_at: datetime
    used_at: datetime


class Sessions:
    """Opens a session for whoever knows the password; a nonce serves once."""

    def __init__(self, user: str, password: str, clock: Clock) -> None:
        self._user = user
        self._password = password
        self._clock = clock
        self._nonces: set[str] = set()
        self._sessions: dict[str, _Session] = {}

    def login(self, user: str, digest: str, nonce: str) -> str | None:
        """A token, or None when user, digest or nonce is not accepted."""
        fresh = 8 <= len(nonce) <= 64 and nonce not in self._nonces
        right = hmac.compare_digest(digest.encode(), login_digest(self._password, nonce).encode())
        if user != self._user or not fresh or not right:
            return None
        self._nonces.add(nonce)
        now = self._clock()
        token = sha256(f"{nonce}{now.isoformat()}{len(self._nonces)}".encode()).hexdigest()[:32]
        self._sessions[token] = _Session(now, now)
        return token

    def is_alive(self, token: str) -> bool:
        """Whether the token may be used now; using it keeps it alive."""
        session = self._sessions.get(token)
        now = self._clock()
        if session is None or now - session.used_at > IDLE or now - session.made_at > MAXIMAL_AGE:
            self.drop(token)
            return False
        session.used_at = now
        return True

    def drop(self, token: str) -> None:
        """End a session."""
        self._sessions.pop(token, None)


def login_digest(password: str, nonce: str) -> str:
    """Lower-case hex SM3 of password and nonce."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(f"{password}{nonce}".encode())
    return digest.finalize().hex()
