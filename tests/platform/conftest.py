"""One running platform for all tests of this folder, the world it was made from, the counter screen in a browser."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.sandbox.databases.definition import stamp_of
from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.world import Parameters, World
from tests.support.platform import RunningPlatform, running_platform
from tests.support.requirements import required_program

PEOPLE = 600
SEED = 1
BROWSER_OPTIONS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
WIDE = ViewportSize(width=1280, height=900)

# Of a machine that has other work too; the screen asks again by itself after 30 seconds only.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """The platform on SQLite files, `PEOPLE` invented people per city."""
    folder: Path = tmp_path_factory.mktemp("platform")
    with running_platform(folder, PEOPLE) as running:
        yield running


@pytest.fixture(scope="session")
def world(platform: RunningPlatform) -> World:
    """The world that the platform's sandbox was filled with, of the day on which it was: another may have begun."""
    with closing(sqlite3.connect(platform.folder / "hangzhou.db")) as register:
        ((stamp,),) = register.execute("SELECT stamp FROM sandbox_stamp").fetchall()
    now = datetime.datetime.now(CITY_ZONE)
    days = (now - datetime.timedelta(days=ago) for ago in range(2))
    made = (Parameters(PEOPLE, SEED, day.date().isoformat()) for day in days)
    return generate_world(next(each for each in made if stamp_of(each) == stamp))


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    executable = required_program("chromium", "chromium-browser", "google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(BROWSER_OPTIONS))
        yield browser
        await browser.close()


@pytest.fixture
async def page(platform: RunningPlatform, browser: Browser) -> AsyncIterator[Page]:
    """The counter screen, opened in English; at the end nothing may have failed, gone elsewhere or told of anybody."""
    page = await browser.new_page(viewport=WIDE, locale="en-GB")
    addresses: list[str] = []
    failures: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda message: failures.append(message.text))
    await page.goto(f"http://127.0.0.1:{platform.port}/console")
    await page.get_by_label("Id number").wait_for()
    yield page
    kept = await page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, history.state])"
    )
    address, title = page.url, await page.title()
    await page.close()
    own = f"http://127.0.0.1:{platform.port}/"
    assert [each for each in addresses if not each.startswith(own)] == []
    assert failures == []
    for secret in (ZHANG_SAN, "张三", "A00000019", "H00000001"):
        assert not any(secret in text for text in (*addresses, kept, address, title))
