"""The whole test, one question after the other: a city's old systems bear no more.

does it answer, and tell its contract
each root field → entities that were seen are asked for → pages of connections → wrong requests
what was seen of each field, over all answers
"""

from __future__ import annotations

from federation.conformance.connections import check_connections
from federation.conformance.entities import check_entities
from federation.conformance.matrix import Matrix, Row
from federation.conformance.requests import check_requests
from federation.conformance.roots import check_roots
from federation.conformance.sdl import NotAnswering, check_sdl
from federation.conformance.subject import Subject

_CHECKS = (check_sdl, check_roots, check_entities, check_connections, check_requests)


async def run_conformance(subject: Subject) -> Matrix:
    """Test a subgraph. Raises NotAnswering when it gives no answer at all."""
    rows: list[Row] = []
    for check in _CHECKS:
        rows += [row async for row in check(subject)]
    rows += subject.observation.rows()
    return Matrix(subject.contract.subgraph.subgraph, subject.city, tuple(rows))


__all__ = ["NotAnswering", "run_conformance"]
