"""Two cities join the running platform and leave it again, by configuration alone, and no request notices."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from legacy_adapters.sandbox.population.fixtures import BOTH_CITIES_EMPLOYER, ZHANG_SAN
from tests.platform.test_partitioned_for_other_routers import ROUTERS, ask_router, assert_same_data
from tests.support.platform import (
    REPOSITORY,
    SANDBOX_PORTS,
    RunningPlatform,
    free_port,
    free_port_range,
    ready_operation,
    running_command,
    running_platform,
    send,
)

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform"), pytest.mark.timeout(240)]

EXAMPLE = REPOSITORY / "examples" / "four_cities"
PEOPLE = 300
TWO = ["330100", "341000"]
FOUR = [*TWO, "330800", "341800"]
WITHOUT_XUANCHENG = FOUR[:3]
SECONDS_TO_TAKE_OVER = 30.0
CLIENTS = 3


@dataclass
class GrowingPlatform:
    """A platform whose `supergraph.yaml` the tests may change.

    Attributes:
        config: the file.
        texts: what it says for two, three and four cities, by their codes.
    """

    platform: RunningPlatform
    config: Path
    texts: dict[tuple[str, ...], str] = field(default_factory=dict)

    def change(self, codes: list[str]) -> None:
        """Let the file name these cities, and wait until the gateway serves them."""
        self.write(self.texts[tuple(codes)])
        self.wait(lambda: self.cities() == codes)

    def write(self, text: str) -> None:
        """Have the file say this, and at no moment a part of it: it is read at any time."""
        new = self.config.with_suffix(".new")
        new.write_text(text, "utf-8")
        new.replace(self.config)

    def wait(self, holds: Callable[[], bool]) -> None:
        started = time.monotonic()
        while not holds():
            assert time.monotonic() - started < SECONDS_TO_TAKE_OVER, self.platform.logs()[-3000:]
            time.sleep(0.1)

    def cities(self) -> list[str]:
        """The cities that have a record of the person whom all cities know, in the answer's order."""
        return [record["city"]["code"] for record in joint_view(self.platform)["data"]["person"]["records"]]


class Load:
    """Clients that ask the joint view again and again, in threads."""

    def __init__(self, platform: RunningPlatform) -> None:
        self._platform = platform
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        self.wrong: list[Any] = []
        self.seen: set[tuple[str, ...]] = set()

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        while not self._done.is_set():
            try:
                answer = joint_view(self._platform)
                cards = [card["city"]["code"] for card in answer["data"]["person"]["cards"]]
                records = [record["city"]["code"] for record in answer["data"]["person"]["records"]]
            except Exception as error:  # noqa: BLE001  (whatever a client would meet)
                self.wrong.append(repr(error))
                continue
            if "errors" in answer or cards != records:
                self.wrong.append(answer.get("errors") or (cards, records))
            self.seen.add(tuple(records))


def joint_view(platform: RunningPlatform) -> dict[str, Any]:
    return platform.ask(ready_operation("joint-view")[0], {"idNumber": ZHANG_SAN})


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GrowingPlatform]:
    """The platform with its two cities, while sandbox and subgraphs of two more run beside it."""
    folder = tmp_path_factory.mktemp("growing")
    config, gateway_config = folder / "supergraph.yaml", folder / "gateway.yaml"
    config.write_text(configurations()[tuple(TWO)], "utf-8")
    own = (REPOSITORY / "gateway.yaml").read_text("utf-8")
    gateway_config.write_text(own.replace("poll_seconds: 5", "poll_seconds: 0.2"), "utf-8")
    options = ["--config", str(config), "--gateway-config", str(gateway_config)]
    with running_platform(folder / "state", PEOPLE, options=options) as platform:
        port = free_port()
        more = ["cities", str(EXAMPLE), "--people", str(PEOPLE), "--state-directory", str(platform.folder)]
        more += ["--subgraphs-port", str(port), "--sandbox-port", str(free_port_range(SANDBOX_PORTS))]
        with running_command(more, "Let them join"):
            yield GrowingPlatform(platform, config, configurations(port))


def configurations(port: int = 4111) -> dict[tuple[str, ...], str]:
    """`supergraph.yaml` for two, three and four cities; its contracts are named by their whole paths.

    `port` is that of the subgraphs of the two that join.
    """
    four = (EXAMPLE / "supergraph.yaml").read_text("utf-8").replace("file: schema/", f"file: {REPOSITORY}/schema/")
    four = four.replace(":4111}", f":{port}}}")
    three = re.sub(r'\n *"341800".*', "", four)
    two = re.sub(r'\n *"330800".*', "", three)
    return {tuple(FOUR): four, tuple(WITHOUT_XUANCHENG): three, tuple(TWO): two}


def test_cities_join_and_leave_while_requests_run_and_none_fails(growing: GrowingPlatform) -> None:
    growing.change(TWO)
    with Load(growing.platform) as load:
        for codes in (TWO, FOUR, WITHOUT_XUANCHENG, FOUR, TWO):
            growing.change(codes)
            growing.wait(lambda codes=codes: tuple(codes) in load.seen)  # by a client, too
    assert load.wrong == []
    assert load.seen == {tuple(TWO), tuple(FOUR), tuple(WITHOUT_XUANCHENG)}


def test_a_person_shows_what_four_cities_have_each_with_its_own_source(growing: GrowingPlatform) -> None:
    growing.change(FOUR)
    answer = joint_view(growing.platform)
    person = answer["data"]["person"]
    assert "errors" not in answer
    assert [card["number"] for card in person["cards"]] == ["A00000019", "H00000001", "Q00000019", "X00000001"]
    assert [record["city"]["name"] for record in person["records"]] == ["杭州市", "黄山市", "衢州市", "宣城市"]
    assert [pension["city"]["code"] for pension in person["pensions"]] == ["330100", "330800"]
    assert [case["caseNumber"] for case in person["cases"]] == ["HSGS201700001", "XCGS201700001"]
    asked = {(source["service"], source["city"]) for source in answer["extensions"]["sources"]}
    assert asked == {(domain, city) for domain in ("people", "cards", "pensions", "cases") for city in FOUR}


def test_pages_over_four_cities_hold_every_pension_once(growing: GrowingPlatform) -> None:
    growing.change(FOUR)
    query = """
        query($after: String) {
          pensions(first: 61, after: $after) {
            totalCount pageInfo { hasNextPage endCursor } nodes { city { code } pensionNumber certification { dueOn } }
          }
        }"""
    found, days, after = [], [], None
    while True:
        page = growing.platform.ask(query, {"after": after})["data"]["pensions"]
        found += [(node["city"]["code"], node["pensionNumber"]) for node in page["nodes"]]
        days += [node["certification"]["dueOn"] or "9999" for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(found) == len(set(found)) == page["totalCount"]
    assert {city for city, _ in found} == set(FOUR)
    assert days == sorted(days)


def test_an_employer_and_a_route_reach_the_new_cities(growing: GrowingPlatform) -> None:
    growing.change(FOUR)
    query = """
        query($code: String!) {
          employer(creditCode: $code) { insuredCount { city { code } persons } }
          card(city: "341800", number: "X00000001") { city { code name } holder { name } }
          people(filter: {registeredIn: "330800"}, first: 5) { nodes { records { city { code } } } }
        }"""
    answer = growing.platform.ask(query, {"code": BOTH_CITIES_EMPLOYER})
    assert "errors" not in answer
    assert [count["city"]["code"] for count in answer["data"]["employer"]["insuredCount"]] == FOUR
    assert answer["data"]["card"] == {"city": {"code": "341800", "name": "宣城市"}, "holder": {"name": "张三"}}
    cities = [{record["city"]["code"] for record in node["records"]} for node in answer["data"]["people"]["nodes"]]
    assert len(cities) == 5
    assert all("330800" in each for each in cities)


def test_a_city_that_left_is_unknown_to_routes(growing: GrowingPlatform) -> None:
    growing.change(WITHOUT_XUANCHENG)
    answer = growing.platform.ask('{ card(city: "341800", number: "X00000001") { number } }')
    assert answer["data"] == {"card": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["PARTITION_UNKNOWN"]


def test_a_broken_configuration_is_told_of_and_the_cities_go_on_being_served(growing: GrowingPlatform) -> None:
    growing.change(TWO)
    growing.write(growing.texts[tuple(TWO)].replace("partitions:", "partition:", 1))
    growing.wait(lambda: supergraph_of(growing.platform)["state"] == "outdated")
    assert growing.cities() == TWO
    assert "is not known; did you mean" in supergraph_of(growing.platform)["refusedBecause"]
    growing.change(FOUR)
    growing.wait(lambda: supergraph_of(growing.platform)["state"] == "current")


def test_a_city_that_does_not_serve_its_contract_is_left_out_and_the_other_joins(growing: GrowingPlatform) -> None:
    growing.change(TWO)
    growing.write(growing.texts[tuple(FOUR)].replace("/xuancheng/", "/nowhere/"))
    growing.wait(lambda: growing.cities() == WITHOUT_XUANCHENG)
    left_out = supergraph_of(growing.platform)["leftOut"]
    assert {(each["service"], each["city"]) for each in left_out} == {
        (domain, "341800") for domain in ("people", "cards", "pensions", "cases")
    }
    assert {each["reason"] for each in left_out} == {"it does not answer (NOT_FOUND)."}
    growing.change(FOUR)


@pytest.mark.parametrize("router", ROUTERS)
def test_other_routers_answer_every_ready_query_over_four_cities(growing: GrowingPlatform, router: str) -> None:
    growing.change(FOUR)
    assert_same_data(router, growing.platform)
    query, variables = ready_operation("joint-view")
    (answer,) = ask_router(router, growing.platform, [(query, variables)])
    assert [card["city"]["code"] for card in answer["data"]["person"]["cards"]] == FOUR


def supergraph_of(platform: RunningPlatform) -> dict[str, Any]:
    """What `/readiness` says of the supergraph."""
    state: dict[str, Any] = send("GET", f"http://127.0.0.1:{platform.port}/readiness")["supergraph"]
    return state
