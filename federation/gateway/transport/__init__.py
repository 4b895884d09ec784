"""In: a request body for one URL. Out: status, content type and body of the answer, or a `TransportError`.

Three ways to one `Transport`: our own HTTP/1.1 over plain TCP, aiohttp for TLS and proxies, and an ASGI app in process.
"""

from federation.gateway.transport.answer import HttpAnswer, Transport, TransportLimits

__all__ = ["HttpAnswer", "Transport", "TransportLimits"]
