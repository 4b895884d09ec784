"""graphql-http's audit, an independent reading of the GraphQL-over-HTTP specification."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.federation.gateway.server_process import listening
from tests.support.requirements import required_packages


async def test_the_gateway_passes_every_audit(served):
    packages = required_packages(Path(__file__).parent)
    async with listening(served.app) as origin:
        audit = await asyncio.create_subprocess_exec(
            "node", packages / "audit.mjs", f"{origin}/graphql", stdout=asyncio.subprocess.PIPE
        )
        output, _ = await audit.communicate()
    findings = [json.loads(line) for line in output.splitlines()]
    assert len(findings) > 50
    assert [finding for finding in findings if finding["status"] != "ok"] == []
