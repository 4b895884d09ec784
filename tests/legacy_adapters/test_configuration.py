"""A city's configuration, and how its mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from legacy_adapters.configuration import (
    CityConfig,
    ConfigurationInvalid,
    DomainsConfig,
    SystemConfig,
    mask_url,
    parse_city_config,
    read_city_config,
)
from legacy_adapters.registry import open_city
from tests.legacy_adapters.support.systems import clock

CITIES = Path(__file__).parents[2] / "cities"

MINIMAL = """
code: "330100"
name: 杭州市
slug: hangzhou
systems:
  register:
    adapter: hangzhou_database
    url: ${env.REGISTER_URL:-sqlite:///register.db}
    password: ${env.REGISTER_PASSWORD}
domains:
  people: [register]
"""


def problems(text: str, environment: dict[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(ConfigurationInvalid) as caught:
        parse_city_config(text, "hangzhou.yaml", {"REGISTER_PASSWORD": "x"} if environment is None else environment)
    return caught.value.problems


def test_values_come_from_the_environment_or_from_their_default():
    config = parse_city_config(MINIMAL, "hangzhou.yaml", {"REGISTER_PASSWORD": "secret"})
    assert config == CityConfig(
        code="330100",
        name="杭州市",
        slug="hangzhou",
        systems={"register": SystemConfig(adapter="hangzhou_database", url="sqlite:///register.db", password="secret")},
        domains=DomainsConfig(people=("register",)),
    )
    other = parse_city_config(MINIMAL, "h", {"REGISTER_PASSWORD": "", "REGISTER_URL": "mysql+asyncmy://h/db"})
    assert other.systems["register"].url == "mysql+asyncmy://h/db"


def test_what_the_environment_holds_is_never_read_as_yaml():
    password = "yes: [#'{"
    config = parse_city_config(MINIMAL, "h", {"REGISTER_PASSWORD": password})
    assert config.systems["register"].password == password


def test_numbers_may_come_from_the_environment():
    text = MINIMAL.replace("    password:", "    timeout_seconds: ${env.SECONDS:-2.5}\n    password:")
    assert parse_city_config(text, "h", {"REGISTER_PASSWORD": "x"}).systems["register"].timeout_seconds == 2.5


def test_every_missing_variable_is_named():
    text = MINIMAL.replace("name: 杭州市", "name: ${env.CITY_NAME}")
    assert problems(text, {}) == (
        "The environment variable CITY_NAME is not set and has no default.",
        "The environment variable REGISTER_PASSWORD is not set and has no default.",
    )


def test_a_reference_in_a_comment_is_a_comment():
    assert parse_city_config(f"# ${{env.NOWHERE}}\n{MINIMAL}", "h", {"REGISTER_PASSWORD": "x"}).slug == "hangzhou"


def test_unknown_keys_are_refused_with_the_nearest_known_one():
    text = MINIMAL.replace("url:", "urll:").replace("people:", "poeple:").replace("slug:", "zzz: 1\nslug:")
    assert problems(text) == (
        "Unknown key zzz; known are code, name, slug, systems, domains, operations.",
        "Unknown key domains.poeple; did you mean people.",
        "Unknown key systems.register.urll; did you mean url.",
    )


def test_a_domain_names_systems_that_exist():
    assert problems(MINIMAL.replace("[register]", "[regster]")) == (
        "domains.people names regster, which is not among systems; did you mean register.",
    )


def test_limits_are_above_zero():
    text = MINIMAL.replace(
        "    password:", "    timeout_seconds: 0\n    max_concurrency: -1\n    retries: -1\n    password:"
    )
    assert problems(text) == (
        "systems.register.timeout_seconds must be above zero.",
        "systems.register.max_concurrency must be above zero.",
        "systems.register.retries must not be below zero.",
    )


@pytest.mark.parametrize("seconds", [".inf", ".nan"])
def test_the_time_of_a_call_ends(seconds):
    text = MINIMAL.replace("    password:", f"    timeout_seconds: {seconds}\n    password:")
    assert problems(text) == ("systems.register.timeout_seconds must be a number of seconds that pass.",)


def test_a_call_takes_its_wait_and_its_time_at_most():
    assert SystemConfig(adapter="a", url="", timeout_seconds=7.5).longest_call_seconds == 15


def test_a_city_code_has_six_digits():
    assert problems(MINIMAL.replace('"330100"', '"33010"')) == ("code must be six digits, a GB/T 2260 code.",)


def test_a_missing_key_is_named():
    assert problems(MINIMAL.replace("slug: hangzhou", "")) == ("Object missing required field `slug`.",)


def test_what_is_no_yaml_is_told_by_its_place_and_not_quoted():
    assert (
        problems("code: [330100\nname: {") == ("This is not YAML: line 2, column 1.",)
        or "line" in problems("code: [330100\nname: {")[0]
    )


def test_passwords_are_in_no_repr():
    config = SystemConfig(adapter="a", url="postgresql+asyncpg://user:hidden@h/db", password="secret")
    assert repr(config) == "SystemConfig(adapter='a', url='postgresql+asyncpg://user:***@h/db', username='')"


@pytest.mark.parametrize(("city", "sources"), [("hangzhou", (1, 1, 1, 1)), ("huangshan", (1, 1, 1, 2))])
async def test_the_cities_open_while_none_of_their_systems_is_up(city, sources):
    opened = await open_city(read_city_config(CITIES / f"{city}.yaml", {}), clock)
    try:
        assert (len(opened.people), len(opened.cards), len(opened.pensions), len(opened.cases)) == sources
        assert [health.system for health in opened.health()] == list(opened.adapters)
        assert {health.calls for health in opened.health()} == {0}
    finally:
        await opened.aclose()


async def test_an_adapter_answers_only_for_the_domains_it_knows():
    text = MINIMAL.replace("people: [register]", "pensions: [register]")
    with pytest.raises(ConfigurationInvalid) as caught:
        await open_city(parse_city_config(text, "h", {"REGISTER_PASSWORD": "x"}), clock)
    assert caught.value.problems == (
        "domains.pensions names register, whose adapter hangzhou_database does not answer for it.",
    )


async def test_an_unknown_adapter_is_named_with_the_known_ones():
    text = MINIMAL.replace("adapter: hangzhou_database", "adapter: oracle")
    with pytest.raises(ConfigurationInvalid) as caught:
        await open_city(parse_city_config(text, "h", {"REGISTER_PASSWORD": "x"}), clock)
    assert caught.value.problems[0].startswith("systems.register.adapter oracle is unknown; known are hangzhou_core_")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("register.db", "systems.register.url is no database URL."),
        ("postgresql+asyncpg://u:p@host:port/x", "systems.register.url is no database URL."),
        ("mssql+aioodbc://user:hidden@h/db", "systems.register.url names the driver mssql+aioodbc;"),
    ],
)
async def test_a_database_of_an_unknown_kind_is_refused_without_showing_its_url(url, problem):
    config = parse_city_config(MINIMAL, "h", {"REGISTER_PASSWORD": "x", "REGISTER_URL": url})
    with pytest.raises(ConfigurationInvalid) as caught:
        await open_city(config, clock)
    assert problem in str(caught.value)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("postgresql+asyncpg://graph:secret@db:5432/people", "postgresql+asyncpg://graph:***@db:5432/people"),
        ("postgresql+asyncpg://graph:pa/ss@db/people", "postgresql+asyncpg://graph:***@db/people"),
        ("mysql+asyncmy://graph:p@ss@db/people", "mysql+asyncmy://graph:***@db/people"),
        ("mysql+asyncmy://graph:p:a?s@s@db/people", "mysql+asyncmy://graph:***@db/people"),
        ("mysql+asyncmy://:secret@db/people", "mysql+asyncmy://:***@db/people"),
        ("http://127.0.0.1:4201/services/S?wsdl", "http://127.0.0.1:4201/services/S?wsdl"),
        ("http://h/x?user=graph&password=secret&a=1", "http://h/x?user=graph&password=***&a=1"),
        ("sqlite:///folder/hangzhou.db", "sqlite:///folder/hangzhou.db"),
        ("postgresql+asyncpg://graph@db/people", "postgresql+asyncpg://graph@db/people"),
        ("no address", "no address"),
    ],
)
def test_an_address_is_shown_without_its_password(url, masked):
    assert mask_url(url) == masked
    assert repr(SystemConfig(adapter="a", url=url, password="secret")) == (
        f"SystemConfig(adapter='a', url={masked!r}, username='')"
    )
