"""A wire to a server that takes everything and hands nothing on, as long as it is told to."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Wire:
    """Hands on between whoever connects to `port` and the server, until it `is_silent`: then what is sent is lost.

    A connection that has lost something stays silent; those that are opened afterwards are not.
    """

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.is_silent = False
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Cut every connection."""
        # Who is waiting in `accept` is not woken by closing alone.
        self._listener.shutdown(socket.SHUT_RDWR)
        for end in (self._listener, *self._ends):
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                self._ends += client, server
                for giver, taker in ((client, server), (server, client)):
                    threading.Thread(target=self._hand_on, args=(giver, taker), daemon=True).start()

    def _hand_on(self, giver: socket.socket, taker: socket.socket) -> None:
        has_lost = False
        with suppress(OSError):
            while data := giver.recv(65536):
                has_lost = has_lost or self.is_silent
                if not has_lost:
                    taker.sendall(data)
            taker.shutdown(socket.SHUT_WR)
