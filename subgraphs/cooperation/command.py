"""`bureaugraph cooperation`: serves the cooperation subgraph, and works on operations, until it is told to stop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import click
import uvicorn
import uvloop

from cooperation.calendar.working_days import packaged_calendar
from cooperation.command import states
from cooperation.configuration import (
    CooperationConfig,
    CooperationConfigInvalid,
    check_settling,
    read_cooperation_config,
)
from cooperation.desk import Desk
from cooperation.store.clock import open_clock
from cooperation.store.store import DatabaseInvalid, DatabaseUnavailable, Store, database_url
from cooperation.workflows.executors import DatabaseInUse
from cooperation.workflows.office import CooperationOffice
from legacy_adapters.clock import city_clock
from legacy_adapters.operations.protocols import CityOperations
from legacy_adapters.process_log import configure_logging, report_loop_error
from legacy_adapters.registry import City, CityConfig, ConfigurationInvalid, open_city, open_operations
from subgraphs.command import CannotListen, bind, read_cities, server_config, settle_memory
from subgraphs.cooperation.app import CooperationSubgraph, build_cooperation_app
from subgraphs.cooperation.schema import COOPERATION
from subgraphs.cooperation.sealer import PlatformSealer
from subgraphs.shared.contract import read_contract
from subgraphs.shared.person_key import PlatformKeyInvalid, PlatformKeys, read_platform_keys
from subgraphs.shared.subgraph import SubgraphSchema

DATABASE_VARIABLE = "BUREAUGRAPH_COOPERATION_DATABASE_URL"
DEFAULT_DATABASE = "sqlite:///.bureaugraph/cooperation.db"

_EXISTING = click.Path(exists=True, path_type=Path)


@dataclass(frozen=True, slots=True)
class Start:
    """What the subgraph starts with, read and checked."""

    cities: Sequence[CityConfig]
    contracts: Path
    config: CooperationConfig
    database: str
    keys: PlatformKeys
    host: str
    port: int


@click.group()
def cooperation() -> None:
    """Cross-city operations."""


cooperation.add_command(states)


@cooperation.command()
@click.option(
    "--cities", "paths", multiple=True, default=["cities"], show_default=True, type=_EXISTING,
    help="Configuration of a city, or a folder of them; may be given several times.",
)  # fmt: skip
@click.option("--contracts", default="schema/subgraphs", show_default=True, type=_EXISTING, help="Domain contracts.")
@click.option("--config", default="cooperation.yaml", show_default=True, type=_EXISTING, help="Deadlines and limits.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=4102, show_default=True, type=click.IntRange(0, 65_535), help="Port to listen on.")
def serve(paths: tuple[Path, ...], contracts: Path, config: Path, host: str, port: int) -> None:
    """Serve the subgraph at /cooperation, and work on operations.

    The database is BUREAUGRAPH_COOPERATION_DATABASE_URL: a SQLite file for one process, PostgreSQL for several.
    """
    configure_logging()
    try:
        database = os.environ.get(DATABASE_VARIABLE, DEFAULT_DATABASE)
        keys, rules = read_platform_keys(os.environ), read_cooperation_config(config)
        uvloop.run(run(Start(read_cities(paths), contracts, rules, database, keys, host, port)))
    except (
        ConfigurationInvalid,
        CooperationConfigInvalid,
        PlatformKeyInvalid,
        DatabaseInvalid,
        DatabaseInUse,
        DatabaseUnavailable,
        CannotListen,
    ) as error:
        raise click.ClickException(str(error)) from error


async def run(start: Start) -> None:
    """Open cities and database, and serve until SIGINT or SIGTERM.

    Raises ConfigurationInvalid, CooperationConfigInvalid, DatabaseInvalid, DatabaseInUse, DatabaseUnavailable,
    CannotListen.
    """
    asyncio.get_running_loop().set_exception_handler(report_loop_error)
    async with AsyncExitStack() as stack:
        cities: list[City] = []
        operations: dict[str, CityOperations] = {}
        for config in start.cities:
            city = await open_city(config, city_clock)
            stack.push_async_callback(city.aclose)
            cities.append(city)
            operations[config.code] = open_operations(config, city)
        check_settling(start.config, operations)
        store = Store(database_url(start.database))
        desk = await open_desk(start, store, operations)
        listener = bind(start.host, start.port)
        office = await CooperationOffice.open(desk)
        stack.push_async_callback(office.aclose)
        app = build_cooperation_app(_subgraph(start, office), tuple(cities))
        settle_memory()
        await uvicorn.Server(server_config(app)).serve(sockets=[listener])


async def open_desk(start: Start, store: Store, cities: Mapping[str, CityOperations]) -> Desk:
    """The desk of this process, whose clock all processes of the database share. Raises DatabaseUnavailable."""
    clock = await open_clock(store, city_clock)
    return Desk(store, PlatformSealer(start.keys), start.config, packaged_calendar(), clock, cities)


def _subgraph(start: Start, office: CooperationOffice) -> CooperationSubgraph:
    schema = SubgraphSchema(COOPERATION, read_contract(start.contracts, COOPERATION.name))
    return CooperationSubgraph(schema, office, start.keys, office.desk.clock)
