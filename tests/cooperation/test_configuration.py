"""Each city's rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from cooperation.configuration import (
    CityRules,
    CooperationConfig,
    CooperationConfigInvalid,
    check_settling,
    read_cooperation_config,
)
from tests.cooperation.support.scripted import KNOWLEDGE, ScriptedSystem, city

ROOT = Path(__file__).parents[2]


def read(folder: Path, text: str) -> CooperationConfig:
    file = folder / "cooperation.yaml"
    file.write_text(text, "utf-8")
    return read_cooperation_config(file)


def test_the_platforms_own_file_is_the_defaults() -> None:
    assert read_cooperation_config(ROOT / "cooperation.yaml") == CooperationConfig()


def test_a_city_differs_in_what_it_names_only(tmp_path: Path) -> None:
    config = read(tmp_path, 'rules: {accept_working_days: 3}\ncities: {"341000": {report_working_days: 20}}')
    assert config.city_rules("341000") == CityRules(accept_working_days=3, report_working_days=20)
    assert config.city_rules("330100") == CityRules(accept_working_days=3)


@pytest.mark.parametrize(
    ("write", "key"), [("card_temporary_loss", "temporary_loss_hours"), ("card_release", "write_hours")]
)
def test_a_write_settles_in_the_hours_that_it_has(write: str, key: str) -> None:
    cities = {"341000": city("341000", **{write: ScriptedSystem()})}
    seconds = KNOWLEDGE.longest_seconds + KNOWLEDGE.settling_seconds
    check_settling(CooperationConfig(cities={"341000": {key: (seconds + 1) / 3600}}), cities)
    with pytest.raises(CooperationConfigInvalid, match=f"{key} of 341000 must be longer than {write} takes to settle"):
        check_settling(CooperationConfig(cities={"341000": {key: seconds / 3600}}), cities)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("rule: {}", "unknown field `rule`"),
        ('cities: {"341000": {answer_days: 1}}', "unknown field `answer_days`"),
        ("rules: {attempts: 0}", "rules.attempts must be above zero"),
        ('cities: {"341000": {accept_working_days: 0}}', "cities.341000.accept_working_days must be 1 to 500"),
        ("immediate_seconds: -1", "immediate_seconds"),
        ("changes_days: 0", "changes_days must be above zero"),
        ("workflow_days: -1", "workflow_days must be above zero"),
        ("rules: {deliveries_at_once: 0}", "rules.deliveries_at_once must be above zero"),
        ("rules: [", "not YAML"),
    ],
)
def test_a_wrong_file_is_refused_by_its_keys(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(CooperationConfigInvalid, match=problem):
        read(tmp_path, text)
