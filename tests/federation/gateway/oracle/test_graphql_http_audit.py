"""graphql-http's audit, an independent reading of the GraphQL-over-HTTP specification."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.federation.gateway.server_process import listening

MODULES = os.environ.get("BUREAUGRAPH_GRAPHQL_HTTP_DIR")


@pytest.mark.skipif(MODULES is None, reason="BUREAUGRAPH_GRAPHQL_HTTP_DIR names no node_modules with graphql-http")
async def test_the_gateway_passes_every_audit(served):
    async with listening(served.app) as origin:
        audit = await asyncio.create_subprocess_exec(
            "node", Path(__file__).parent / "audit.mjs", f"{origin}/graphql", stdout=asyncio.subprocess.PIPE
        )
        output, _ = await audit.communicate()
    findings = [json.loads(line) for line in output.splitlines()]
    assert len(findings) > 50
    assert [finding for finding in findings if finding["status"] != "ok"] == []
