"""The platform's own city subgraphs, asked by `bureaugraph conformance` as an operator would ask them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from federation.cli import main
from legacy_adapters.sandbox.population.fixtures import BOTH_CITIES_EMPLOYER, ZHANG_SAN
from tests.support.platform import RunningPlatform

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]

NUMBERS = {
    "hangzhou": ("330100", {"number": "A00000019", "caseNumber": "HZGS202500001"}),
    "huangshan": ("341000", {"number": "H00000001", "caseNumber": "HSGS201700001"}),
}


@pytest.mark.parametrize("domain", ["people", "cards", "pensions", "cases"])
@pytest.mark.parametrize("slug", NUMBERS)
def test_every_city_subgraph_conforms_to_its_contract(
    platform: RunningPlatform, tmp_path: Path, slug: str, domain: str
) -> None:
    city, numbers = NUMBERS[slug]
    known = tmp_path / "known.yaml"
    arguments = {"idNumber": ZHANG_SAN, "creditCode": BOTH_CITIES_EMPLOYER, **numbers}
    known.write_text(yaml.safe_dump({"arguments": arguments}), "utf-8")
    url = f"http://127.0.0.1:{platform.subgraphs_port}/{slug}/{domain}"
    given = ["--city", city, "--domain", domain, "--url", url, "--known-values", str(known)]
    result = CliRunner().invoke(main, ["conformance", *given])
    assert result.exit_code == 0, result.output
    assert ZHANG_SAN not in result.output
    assert "张三" not in result.output
