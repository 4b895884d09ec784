"""What `bureaugraph cities` prepares, and that the example it is shown with fits the platform's own configuration."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from federation.cli import main
from launcher.cities import MoreCities
from launcher.platform import PERSON_KEY_VARIABLE, read_or_create_person_key

EXAMPLE = Path("examples/four_cities")
MORE = ("330800", "341800")


def test_the_cities_read_where_their_systems_are_and_the_platforms_person_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUREAUGRAPH_XUANCHENG_DATABASE_URL", "postgresql+asyncpg://db/xc")
    monkeypatch.delenv(PERSON_KEY_VARIABLE, raising=False)
    key = read_or_create_person_key(tmp_path)
    assert MoreCities(EXAMPLE, tmp_path, 100, 4111, 4210).environment() == {
        PERSON_KEY_VARIABLE: key,
        "BUREAUGRAPH_QUZHOU_CORE_SERVICE_URL": "http://127.0.0.1:4211/services/CoreService",
        "BUREAUGRAPH_QUZHOU_DATABASE_URL": f"sqlite:///{tmp_path}/quzhou.db",
        "BUREAUGRAPH_XUANCHENG_CARD_SERVICE_URL": "http://127.0.0.1:4212/services/CardService",
        "BUREAUGRAPH_XUANCHENG_INJURY_SERVICE_URL": "http://127.0.0.1:4213/services/InjuryPipe",
        "BUREAUGRAPH_XUANCHENG_DATABASE_URL": "postgresql+asyncpg://db/xc",
        "BUREAUGRAPH_XUANCHENG_LABOUR_DATABASE_URL": f"sqlite:///{tmp_path}/xuancheng_labour.db",
    }


def test_a_folder_that_says_nothing_of_cities_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["cities", str(tmp_path), "--state-directory", str(tmp_path / "state")])
    assert result.exit_code == 1
    assert "does not say which cities are played" in result.output


def test_the_example_is_the_platforms_supergraph_with_two_cities_more() -> None:
    """Whoever changes supergraph.yaml changes examples/four_cities/supergraph.yaml too."""
    own = yaml.safe_load(Path("supergraph.yaml").read_text("utf-8"))
    example = yaml.safe_load((EXAMPLE / "supergraph.yaml").read_text("utf-8"))
    for subgraph in example["subgraphs"].values():
        added = [subgraph["partitions"].pop(code) for code in MORE if "partitions" in subgraph]
        assert [city["name"] for city in added] in ([], ["quzhou", "xuancheng"])
    assert example == own
