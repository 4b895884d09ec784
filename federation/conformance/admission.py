"""The cheap part of the conformance test, for a city that is about to join: one request."""

from __future__ import annotations

from federation.conformance.ask import Asker
from federation.conformance.differences import compare_contracts

_MOST_NAMED = 3


async def admission_problem(asker: Asker, contract_sdl: str) -> str | None:
    """Why a city's subgraph cannot be asked for its domain, in one sentence; None if it can."""
    reply = await asker.ask("{ __typename _service { sdl } }")
    if reply.data is None:
        return f"it does not answer ({', '.join(reply.codes)})."
    match reply.data:
        case {"__typename": str(), "_service": {"sdl": str(sdl)}}:
            pass
        case _:
            return "it does not tell its SDL by `_service { sdl }`."
    breaking = [each.coordinate for each in compare_contracts(contract_sdl, sdl) if each.is_breaking]
    if not breaking:
        return None
    more = f" and {len(breaking) - _MOST_NAMED} more" if len(breaking) > _MOST_NAMED else ""
    return f"its SDL is not the contract at {', '.join(breaking[:_MOST_NAMED])}{more}."
