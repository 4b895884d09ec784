"""Nothing of a citizen, and no credential, gets into an outcome, an observation, an error or a log line."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest

from legacy_adapters.errors import AdapterError
from legacy_adapters.operations.commands import (
    CardCommand,
    CertificationCommand,
    CertificationMethod,
    ReplacementCommand,
    ReplacementKind,
)
from legacy_adapters.sandbox.credentials import CREDENTIALS
from legacy_adapters.sandbox.faults import FaultKind
from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from tests.legacy_adapters.operations.conftest import Bureau
from tests.legacy_adapters.operations.test_assists import LETTER, acceptance, reply
from tests.legacy_adapters.operations.test_transfers import TRANSFER

SECRETS = (ZHANG_SAN, "张三", "赵三", "考勤记录", "屯溪工地", *(password for _, password in CREDENTIALS.values()))
TEXT = f"{ZHANG_SAN}张三"
CARDS = {"hangzhou": "A00000019", "huangshan": "H00000001"}


def commands(city: str) -> dict[str, Any]:
    """A command of each operation."""
    card = CardCommand(CARDS[city], ZHANG_SAN, "张三")
    found = {
        "card_temporary_loss": card,
        "card_formal_loss": card,
        "card_release": card,
        "card_activation": card,
        "card_replacement": ReplacementCommand(
            CARDS[city], ZHANG_SAN, "张三", ReplacementKind.EXCHANGE, "341000", "341000"
        ),
        "assist_creation": LETTER,
        "assist_acceptance": acceptance(city),
        "assist_reply": reply(city),
    }
    if city == "hangzhou":
        found["dispute_transfer"] = found["inspection_transfer"] = TRANSFER
        found["pension_certification"] = CertificationCommand(
            ZHANG_SAN, "P1", CertificationMethod.COUNTER, "341000", "2026-11-23"
        )
    return found


def secrets_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


async def told_by(write: Any, command: Any) -> str:
    """All that a caller gets to see of an observation and of a write."""
    told = repr(write) + repr(command) + repr(await write.write(command, "r-1"))
    try:
        return told + repr(await write.observe(command))
    except AdapterError as error:
        return told + "".join(traceback.format_exception(error, chain=True)) + repr(error.__dict__)


@pytest.mark.parametrize("limits", [{"timeout_seconds": 0.2, "retries": 0, "failures_to_open": 1000}])
@pytest.mark.parametrize("city", ["hangzhou", "huangshan"])
async def test_no_fault_tells_whom_an_operation_met(
    city: str, hangzhou: Bureau, huangshan: Bureau, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bureau = hangzhou if city == "hangzhou" else huangshan
    for kind in (None, *FaultKind):
        for name, command in commands(city).items():
            write = getattr(bureau.operations, name)
            if kind is not None:
                await bureau.breaks(write.knowledge.system, kind, seconds=0.01, text=TEXT)
            assert secrets_in(await told_by(write, command)) == [], (kind, name)
            await bureau.mends(write.knowledge.system)
    formatter = logging.Formatter()
    assert [record.name for record in caplog.records if secrets_in(formatter.format(record))] == []


async def test_the_sandbox_s_log_of_effects_names_nobody(hangzhou: Bureau, huangshan: Bureau) -> None:
    for city, bureau in (("hangzhou", hangzhou), ("huangshan", huangshan)):
        for name, command in commands(city).items():
            await getattr(bureau.operations, name).write(command, "r-1")
        entries = [bureau.written(system) for system in bureau.config.systems]
        assert any(entries)
        assert secrets_in(repr(entries)) == []
