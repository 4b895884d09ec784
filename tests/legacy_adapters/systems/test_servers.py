"""The database adapters on PostgreSQL and MariaDB answer what they answer on SQLite, read only and in time."""

from __future__ import annotations

import secrets

import pytest
import pytest_asyncio
from sqlalchemy import func, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from legacy_adapters.configuration import OperationConfig
from legacy_adapters.errors import AdapterError, SystemTimeout, SystemUnavailable
from legacy_adapters.hangzhou_database.tables import people as hangzhou_people
from legacy_adapters.huangshan_database.tables import people as huangshan_people
from legacy_adapters.operations.commands import CertificationCommand, CertificationMethod, OperationName
from legacy_adapters.operations.outcomes import Outcome, Standing
from legacy_adapters.registry import ADAPTERS
from legacy_adapters.resilience import Operation
from legacy_adapters.sandbox.databases.opening import DEFINITIONS, open_database
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from legacy_adapters.sandbox.population.world import City
from legacy_adapters.sources import PensionsQuery, PeopleQuery
from legacy_adapters.sql.database import Database
from tests.legacy_adapters.support.expected import Expected, unordered
from tests.legacy_adapters.support.systems import NOW, make_system
from tests.support.requirements import required_variable

pytestmark = [pytest.mark.servers, pytest.mark.asyncio(loop_scope="session")]

SERVERS = {"postgresql": "BUREAUGRAPH_TEST_POSTGRESQL_URL", "mariadb": "BUREAUGRAPH_TEST_MARIADB_URL"}
READ = Operation("read")
TABLES = {"hangzhou_database": hangzhou_people, "huangshan_database": huangshan_people}


@pytest.fixture(scope="session", params=SERVERS)
def server(request):
    return make_url(required_variable(SERVERS[request.param]))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def url(server, world, tmp_path_factory):
    """A database with all three systems' tables, gone afterwards."""
    name = f"adapters_{secrets.token_hex(6)}"
    url = server.set(database=name).render_as_string(hide_password=False)
    for definition in DEFINITIONS:
        database = open_database(definition, url, tmp_path_factory.mktemp("unused"))
        await database.load(lambda: world, "made for a test")
        await database.close()
    yield url
    engine = create_async_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        # A statement that was given up may be under way there still.
        force = " WITH (FORCE)" if server.get_backend_name() == "postgresql" else ""
        await connection.execute(text(f"DROP DATABASE {name}{force}"))
    await engine.dispose()


@pytest_asyncio.fixture(loop_scope="session")
async def open_on(url):
    opened = []

    async def open_adapter(name: str, city: City = City.HANGZHOU, **limits):
        system = make_system(url, name, **limits)
        object.__setattr__(system, "city", str(city))
        module = __import__(f"legacy_adapters.{name}.adapter", fromlist=["open_adapter"])
        assert name in ADAPTERS
        opened.append(await module.open_adapter(system))
        return opened[-1]

    yield open_adapter
    for adapter in opened:
        await adapter.aclose()


async def test_hangzhous_people_insurances_and_cards(open_on, world):
    adapter, expected = await open_on("hangzhou_database"), Expected(world, City.HANGZHOU)
    assert unordered(await adapter.people(expected.ids)) == unordered(expected.people())
    assert unordered(await adapter.insurances(expected.ids)) == unordered(expected.insurances())
    assert unordered(await adapter.cards(expected.ids)) == unordered(expected.cards())
    cards = [card for cards in expected.cards().values() for card in cards]
    assert await adapter.cards_by_number([card.number for card in cards]) == {card.number: card for card in cards}


async def test_huangshans_people_and_pensions(open_on, world):
    adapter = await open_on("huangshan_database", City.HUANGSHAN)
    expected = Expected(world, City.HUANGSHAN)
    assert unordered(await adapter.people(expected.ids)) == unordered(expected.people())
    assert unordered(await adapter.insurances(expected.ids)) == unordered(expected.insurances())
    assert unordered(await adapter.pensions(expected.ids)) == unordered(expected.pensions())
    pension = expected.register.pensions[0]
    assert (await adapter.payments(pension.number, 120, None)).records == expected.payments(pension)


async def test_huangshans_disputes_and_inspections(open_on, world):
    adapter = await open_on("huangshan_labour_database", City.HUANGSHAN)
    expected = Expected(world, City.HUANGSHAN)
    cases = [
        *map(expected.dispute, expected.register.disputes),
        *map(expected.inspection, expected.register.inspections),
    ]
    assert await adapter.cases_by_number([case.case_number for case in cases]) == {
        case.case_number: case for case in cases
    }
    assert unordered(await adapter.cases_of_people(expected.ids)) == unordered(
        {key: cases for key, cases in expected.disputes().items() if key in expected.ids}
    )


@pytest.mark.parametrize("name", ["hangzhou_database", "huangshan_database"])
async def test_lists_walk_through_everybody_in_order(open_on, world, name):
    city = City.HANGZHOU if name.startswith("hangzhou") else City.HUANGSHAN
    adapter, expected = await open_on(name, city), Expected(world, city)
    people = [record for records in expected.people().values() for record in records]
    people.sort(key=lambda person: (person.birth_date or "9999", person.personal_number))
    records, after = [], None
    while True:
        page = await adapter.list_people(PeopleQuery(), 60, after)
        records += page.records
        if not page.has_next:
            break
        after = page.positions[-1]
    assert records == people


async def test_pensions_due_in_the_other_city(open_on, world):
    adapter = await open_on("huangshan_database", City.HUANGSHAN)
    expected = Expected(world, City.HUANGSHAN)
    wanted = [
        expected.pension(each)
        for each in sorted(expected.register.pensions, key=lambda each: (each.due_on or "", each.number))
        if each.due_on and each.due_on <= "2026-12-31" and each.residence.startswith("3301")
    ]
    page = await adapter.list_pensions(PensionsQuery("330100", "2026-12-31"), 200, None)
    assert list(page.records) == wanted
    assert page.total == len(wanted)


@pytest.mark.parametrize("name", TABLES)
async def test_a_session_can_only_read(open_on, name):
    adapter = await open_on(name)
    with pytest.raises(AdapterError):
        await adapter._database.rows(READ, insert(TABLES[name]).values({TABLES[name].columns[0]: 1}), {})
    count = select(func.count()).select_from(TABLES[name])
    before = (await adapter._database.rows(READ, count, {}))[0][0]
    assert before > 300


async def test_a_certification_is_put_there_once_beside_sessions_that_only_read(open_on, world):
    adapter = await open_on("huangshan_database", City.HUANGSHAN)
    configured = {OperationName.PENSION_CERTIFICATION: OperationConfig(system="huangshan_database")}
    write = adapter.operations(configured).writes[OperationName.PENSION_CERTIFICATION]
    pension = next(each for each in world.huangshan.pensions if each.status == "PAYING")
    owner = normalise_id_number(pension.id_number)
    command = CertificationCommand(owner, pension.number, CertificationMethod.FACE, "330100", NOW.date().isoformat())
    assert (await write.observe(command)).standing is Standing.OPEN
    reference = secrets.token_hex(8)
    assert await write.write(command, reference) == Outcome.done("INSERTED", reference)
    assert await write.write(command, reference) == Outcome.already("PRESENT", reference)
    assert (await write.observe(command)).standing is Standing.PENDING


async def test_a_statement_is_cut_off_by_the_server_itself(open_on):
    """The guard gives a call up; the server must not go on with it."""
    # Long enough to connect: that has no more time than the statement.
    adapter = await open_on("hangzhou_database", timeout_seconds=2.0)
    one, two, three, four = (hangzhou_people.alias(name) for name in ("one", "two", "three", "four"))
    pairs = one.join(two, one.c.AAC001 <= two.c.AAC001)
    endless = select(func.count()).select_from(
        pairs.join(three, two.c.AAC001 != three.c.AAC001).join(four, three.c.AAC001 != four.c.AAC001)
    )
    with pytest.raises(DBAPIError) as caught:
        await adapter._database._connections.rows(endless, {})
    assert type(adapter._database._translate(caught.value)) is SystemTimeout


async def test_a_database_that_the_server_does_not_know_is_unavailable(url):
    lost = Database(make_system(make_url(url).set(database="no_such_database").render_as_string(hide_password=False)))
    try:
        with pytest.raises(SystemUnavailable) as caught:
            await lost.rows(READ, text("SELECT 1"), {})
    finally:
        await lost.aclose()
    assert "no_such_database" not in str(caught.value)
