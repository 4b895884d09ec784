"""`gateway.yaml`: defaults, layers, and refusals that name the key."""

from __future__ import annotations

import pytest

from federation.gateway.clients import build_clients
from federation.gateway.config import ConfigurationError, GatewayConfig, SubgraphConfig, load_config, read_config


def test_without_a_file_everything_is_the_default():
    assert load_config(None) == GatewayConfig()


def test_an_empty_file_is_the_default(tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text("# nothing yet\n")
    assert load_config(path) == GatewayConfig()


def test_the_example_of_the_documentation_is_valid(tmp_path):
    import federation.gateway.config as module

    path = tmp_path / "gateway.yaml"
    path.write_text(module.__doc__.partition("\n\n")[2])
    config = load_config(path)
    assert config.server == GatewayConfig().server
    assert config.subgraph("cards", "huangshan").timeout_seconds == 8


def test_a_subgraphs_settings_stand_over_those_of_all_and_a_partitions_over_both():
    config = read_config(
        {
            "subgraphs": {
                "all": {"timeout_seconds": 9, "max_concurrency": 8, "error_masking": True},
                "cards": {"timeout_seconds": 5},
                "cards/huangshan": {"max_concurrency": 2},
            }
        }
    )
    assert config.subgraph("people") == SubgraphConfig(timeout_seconds=9, max_concurrency=8, error_masking=True)
    assert config.subgraph("cards") == SubgraphConfig(timeout_seconds=5, max_concurrency=8, error_masking=True)
    assert config.subgraph("cards", "huangshan") == SubgraphConfig(
        timeout_seconds=5, max_concurrency=2, error_masking=True
    )


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "The configuration must be a mapping of keys to values."),
        ({"servr": {}}, "The configuration has an unknown key servr; did you mean server?"),
        ({"zzz": 1}, "The configuration has an unknown key zzz."),
        (
            {"limits": {"max_token": 1}},
            "The configuration has an unknown key limits.max_token; did you mean limits.max_tokens?",
        ),
        (
            {"subgraphs": {"cards": {"timeout": 3}}},
            (
                "The configuration has an unknown key subgraphs.cards.timeout; "
                "did you mean subgraphs.cards.timeout_seconds?"
            ),
        ),
        ({"server": {"port": "x"}}, "The configuration is not valid: Expected `int`, got `str` - at `$.server.port`."),
        ({"server": {"port": 70000}}, "The configuration's server.port must lie between 0 and 65535."),
        ({"limits": {"max_depth": 0}}, "The configuration's limits.max_depth must be greater than 0."),
        (
            {"subgraphs": {"all": {"timeout_seconds": -1}}},
            "The configuration's subgraphs.all.timeout_seconds must be greater than 0.",
        ),
        (
            {"subgraphs": {"cards": {"fetch_cost": float("nan")}}},
            "The configuration's subgraphs.cards.fetch_cost must be greater than 0.",
        ),
        (
            {"subgraphs": {"cards/huangshan": {"fetch_cost": 2}}},
            "The configuration's subgraphs.cards/huangshan.fetch_cost belongs to the whole subgraph.",
        ),
        (
            {"subgraphs": {"cards/huangshan": {"presence": {"url": "http://register/graphql"}}}},
            "The configuration's subgraphs.cards/huangshan.presence belongs to the whole subgraph.",
        ),
        (
            {"subgraphs": {"cards": {"presence": {"url": "http://register/graphql", "max_age_seconds": 0}}}},
            "The configuration's subgraphs.cards.presence.max_age_seconds must be greater than 0.",
        ),
        (
            {"subgraphs": {"cards": {"presence": {"url": "http://register/graphql", "max_age": 9}}}},
            (
                "The configuration has an unknown key subgraphs.cards.presence.max_age; "
                "did you mean subgraphs.cards.presence.max_age_seconds?"
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(document, sentence):
    with pytest.raises(ConfigurationError) as refused:
        read_config(document)
    assert str(refused.value) == sentence


def test_a_file_that_is_not_yaml_is_refused_with_the_line(tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text("server: {port: 1}\nlimits: {\n")
    with pytest.raises(ConfigurationError, match=r"gateway.yaml is not valid YAML \(line 3\)"):
        load_config(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"cannot be read: no such file or directory\.$"):
        load_config(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("subgraphs", "sentence"),
    [
        ({"product": {}}, "The configuration has settings for product; there are only: all, products, reviews."),
        ({"all": {"url": "http://x"}}, "The configuration's subgraphs.all.url would name one address for several."),
        (
            {"products": {"url": "ftp://x"}},
            "The subgraph products has no usable routing URL; give one as subgraphs.products.url in the configuration.",
        ),
        (
            {"products": {"url": "https://x", "ca_file": "/nothing"}},
            "The certificate files of subgraph products cannot be used.",
        ),
    ],
)
def test_settings_that_do_not_fit_the_supergraph_are_refused(shop_supergraph, subgraphs, sentence):
    with pytest.raises(ConfigurationError) as refused:
        build_clients(shop_supergraph, read_config({"subgraphs": subgraphs}))
    assert str(refused.value) == sentence


def test_secrets_in_headers_are_not_shown():
    assert "s3cret" not in repr(read_config({"subgraphs": {"all": {"headers": {"authorization": "s3cret"}}}}))


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            {"subscriptions": {"max_totl": 1}},
            "The configuration has an unknown key subscriptions.max_totl; did you mean subscriptions.max_total?",
        ),
        (
            {"subgraphs": {"cards": {"subscriptions": {"protokol": "sse"}}}},
            (
                "The configuration has an unknown key subgraphs.cards.subscriptions.protokol; "
                "did you mean subgraphs.cards.subscriptions.protocol?"
            ),
        ),
        (
            {"subgraphs": {"cards": {"subscriptions": {"protocol": "callback"}}}},
            (
                "The configuration is not valid: Invalid enum value 'callback' - "
                "at `$.subgraphs[...].subscriptions.protocol`."
            ),
        ),
        (
            {"subgraphs": {"cards": {"subscriptions": {"path": "/ws", "url": "ws://x"}}}},
            "The configuration's subgraphs.cards.subscriptions has a path and a url; give one of them.",
        ),
        (
            {"subgraphs": {"cards": {"subscriptions": {"path": "ws"}}}},
            "The configuration's subgraphs.cards.subscriptions.path must begin with a slash.",
        ),
        (
            {"subscriptions": {"heartbeat_seconds": 0}},
            "The configuration's subscriptions.heartbeat_seconds must be greater than 0.",
        ),
    ],
)
def test_what_is_wrong_with_subscriptions_is_said_in_one_sentence(document, sentence):
    with pytest.raises(ConfigurationError) as refused:
        read_config(document)
    assert str(refused.value) == sentence


def test_one_address_for_the_subscriptions_of_several_subgraphs_is_refused(shop_supergraph):
    config = read_config({"subgraphs": {"all": {"subscriptions": {"url": "ws://x"}}}})
    with pytest.raises(ConfigurationError, match=r"subgraphs\.all\.subscriptions\.url would name one address"):
        build_clients(shop_supergraph, config)
