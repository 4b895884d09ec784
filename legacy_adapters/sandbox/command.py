"""`bureaugraph sandbox`: the invented bureaus, until SIGINT or SIGTERM."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import uvloop

from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.process_log import configure_logging, report_loop_error
from legacy_adapters.sandbox.admin import admin_app
from legacy_adapters.sandbox.bureaus import SERVICE_PORTS, Bureaus, Settings
from legacy_adapters.sandbox.clock import city_clock
from legacy_adapters.sandbox.databases.legacy_database import DatabaseUnusable
from legacy_adapters.sandbox.listener import Listener, PortTaken
from legacy_adapters.sandbox.population.places import PlacesInvalid, played_name, read_places
from legacy_adapters.sandbox.population.residents import TooManyPeople
from legacy_adapters.sandbox.population.world import HANGZHOU, HUANGSHAN, Parameters, Place

ADMIN_PORT = 4200
_DAY = click.DateTime(["%Y-%m-%d"])
_PORT = click.IntRange(0, 65535)
_DATABASES = ("hangzhou_database", "huangshan_database", "huangshan_labour_database")


@click.command()
@click.option("--people", default=20_000, show_default=True, type=click.IntRange(100), help="Invented people per city.")
@click.option("--seed", default=1, show_default=True, help="Another seed invents other people.")
@click.option("--today", type=_DAY, help="The day to make it for; the real one if left out.")
@click.option("--state-directory", default=".bureaugraph", show_default=True, type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Where everything listens.")
@click.option("--admin-port", default=ADMIN_PORT, show_default=True, type=_PORT)
@click.option("--hangzhou-core-port", default=SERVICE_PORTS["hangzhou_core_service"], show_default=True, type=_PORT)
@click.option("--huangshan-card-port", default=SERVICE_PORTS["huangshan_card_service"], show_default=True, type=_PORT)
@click.option(
    "--huangshan-injury-port", default=SERVICE_PORTS["huangshan_injury_service"], show_default=True, type=_PORT
)
@click.option("--hangzhou-database-url", help="e.g. on MariaDB; or BUREAUGRAPH_HANGZHOU_DATABASE_URL.")
@click.option("--huangshan-database-url", help="e.g. on PostgreSQL; or in the environment likewise.")
@click.option("--huangshan-labour-database-url")
@click.option(
    "--places", type=click.Path(exists=True, path_type=Path), metavar="FILE",
    help="Other cities to play with the same systems, see population/places.py.",
)  # fmt: skip
@click.option("--fresh", is_flag=True, help="Load the databases anew even if they are as they should be.")
def sandbox(**options: Any) -> None:
    """Start the sandbox: two cities' legacy systems with invented people, and an admin endpoint to break them."""
    configure_logging()
    try:
        uvloop.run(_run(options))
    except (PortTaken, DatabaseUnusable, TooManyPeople, PlacesInvalid) as error:
        raise click.ClickException(str(error)) from error


async def _run(options: dict[str, Any]) -> None:
    asyncio.get_running_loop().set_exception_handler(report_loop_error)
    started = time.monotonic()
    settings = _settings(options)
    stop = _stop_on_signals()
    bureaus = Bureaus(settings, city_clock(date.fromisoformat(settings.parameters.today)))
    admin = Listener(admin_app(bureaus), "sandbox admin", settings.host, options["admin_port"])
    await admin.open()
    try:
        await bureaus.start(click.echo)
        click.echo(f"Sandbox ready in {time.monotonic() - started:.1f} s, admin at http://{settings.host}:{admin.port}")
        await stop.wait()
    finally:
        await admin.close()
        await bureaus.close()


def _settings(options: dict[str, Any]) -> Settings:
    today: datetime = options["today"] or datetime.now(CITY_ZONE)
    places = (HANGZHOU, HUANGSHAN) if options["places"] is None else read_places(options["places"])
    parameters = Parameters(options["people"], options["seed"], today.date().isoformat(), places)
    urls = {name: url for name in _DATABASES if (url := options[f"{name}_url"] or _url_in_environment(places, name))}
    ports = {
        "hangzhou_core_service": options["hangzhou_core_port"],
        "huangshan_card_service": options["huangshan_card_port"],
        "huangshan_injury_service": options["huangshan_injury_port"],
    }
    return Settings(parameters, options["state_directory"], options["host"], ports, urls, options["fresh"])


def _url_in_environment(places: tuple[Place, Place], database: str) -> str | None:
    """Of the city that is played, so that no city is put into another's database."""
    return os.environ.get(f"BUREAUGRAPH_{played_name(places, database).upper()}_URL")


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
