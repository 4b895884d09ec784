"""Errors of reading a supergraph.

SupergraphError            INVALID_FEDERATION_SUPERGRAPH
"""

from __future__ import annotations


class SupergraphError(Exception):
    """The input is no supergraph this gateway can serve.

    Attributes:
        code: always `INVALID_FEDERATION_SUPERGRAPH`.
        place: the coordinate it is about, e.g. `Product.price`, or `schema`.
        reason: what is wrong there.
        remedy: what to do about it.
    """

    code = "INVALID_FEDERATION_SUPERGRAPH"

    def __init__(self, place: str, reason: str, remedy: str) -> None:
        super().__init__(f"{place}: {reason}. {remedy}.")
        self.place = place
        self.reason = reason
        self.remedy = remedy
