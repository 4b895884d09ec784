"""The sandbox's own endpoint, for tests and the curious: health, faults, call counts, write logs.

| request | answer |
|---|---|
| GET /health | 200 when every system answers and has no fault, else 503; by system |
| GET /systems | location and fault by system |
| PUT /systems/{name}/fault | a `Fault` as JSON takes effect |
| DELETE /systems/{name}/fault | the fault is over |
| DELETE /faults | all faults are over |
| GET /calls, DELETE /calls | call counts by system; count from nothing |
| GET /systems/{name}/log | what the system has written |
"""

from __future__ import annotations

import asyncio

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from legacy_adapters.sandbox.bureaus import Bureaus
from legacy_adapters.sandbox.faults import Fault, FaultRefused
from legacy_adapters.sandbox.system import RunningSystem


def admin_app(bureaus: Bureaus) -> Starlette:
    """The endpoint over these bureaus."""
    endpoint = AdminEndpoint(bureaus)
    return Starlette(
        routes=[
            Route("/health", endpoint.health),
            Route("/systems", endpoint.systems),
            Route("/systems/{name}/fault", endpoint.set_fault, methods=["PUT"]),
            Route("/systems/{name}/fault", endpoint.clear_fault, methods=["DELETE"]),
            Route("/faults", endpoint.clear_all_faults, methods=["DELETE"]),
            Route("/calls", endpoint.calls, methods=["GET"]),
            Route("/calls", endpoint.reset_calls, methods=["DELETE"]),
            Route("/systems/{name}/log", endpoint.log),
        ]
    )


class AdminEndpoint:
    """One method a route."""

    def __init__(self, bureaus: Bureaus) -> None:
        self._bureaus = bureaus
        # Two faults of one system must not be set at the same time.
        self._switching = asyncio.Lock()

    async def health(self, request: Request) -> Response:
        """Probe every system at once."""
        del request
        systems = dict(self._bureaus.systems)
        states = await asyncio.gather(*map(_state, systems.values()))
        well = self._bureaus.ready and all(state == "ok" for state in states)
        found = dict(zip(systems, states, strict=True))
        return _json({"status": "ok" if well else "unavailable", "systems": found}, 200 if well else 503)

    async def systems(self, request: Request) -> Response:
        """Where they are and what is wrong with them."""
        del request
        systems = self._bureaus.systems.items()
        return _json({name: {"location": system.location, "fault": system.fault} for name, system in systems})

    async def set_fault(self, request: Request) -> Response:
        """404 for an unknown system, 422 with a sentence for a fault that it cannot have."""
        system = self._system(request)
        if system is None:
            return _unknown()
        try:
            fault = msgspec.json.decode(await request.body(), type=Fault)
            async with self._switching:
                await system.set_fault(fault)
        except (msgspec.DecodeError, FaultRefused) as error:
            return _json({"error": str(error)}, 422)
        return Response(status_code=204)

    async def clear_fault(self, request: Request) -> Response:
        """404 for an unknown system."""
        system = self._system(request)
        if system is None:
            return _unknown()
        async with self._switching:
            await system.set_fault(None)
        return Response(status_code=204)

    async def clear_all_faults(self, request: Request) -> Response:
        """Every system as it should be."""
        del request
        async with self._switching:
            for system in self._bureaus.systems.values():
                await system.set_fault(None)
        return Response(status_code=204)

    async def calls(self, request: Request) -> Response:
        """Databases are not among them: they are asked without us."""
        del request
        counts = {name: system.calls() for name, system in self._bureaus.systems.items()}
        return _json({name: count for name, count in counts.items() if count is not None})

    async def reset_calls(self, request: Request) -> Response:
        """Count from nothing."""
        del request
        for system in self._bureaus.systems.values():
            system.reset_calls()
        return Response(status_code=204)

    async def log(self, request: Request) -> Response:
        """404 for an unknown system."""
        system = self._system(request)
        return _unknown() if system is None else _json(system.written())

    def _system(self, request: Request) -> RunningSystem | None:
        return self._bureaus.systems.get(request.path_params["name"])


async def _state(system: RunningSystem) -> str:
    if system.fault is not None:
        return f"fault: {system.fault.kind}"
    try:
        await system.probe()
    except Exception as error:  # noqa: BLE001  (whatever a client would meet)
        return f"does not answer: {type(error).__name__}"
    return "ok"


def _unknown() -> Response:
    return _json({"error": "no system of that name; GET /systems lists them"}, 404)


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
