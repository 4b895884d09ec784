"""ROWs of the card service as records. The same value has another tag in another operation."""

from __future__ import annotations

from collections.abc import Mapping

from legacy_adapters.dates import read_day, read_moment
from legacy_adapters.identity import normalise_national_id
from legacy_adapters.national_codes import BANK_STATUS, SOCIAL_STATUS, bank_of
from legacy_adapters.records.cards import CardFunctionRecord, CardFunctionStatus, CardRecord
from legacy_adapters.records.provenance import Provenance

_NUMBER_TAGS = ("社保卡号", "社会保障卡卡号")
_ID_TAGS = ("社会保障号码", "社会保障号")


def card_record(row: Mapping[str, str | None], provenance: Provenance) -> CardRecord | None:
    """A ROW of 查询卡信息 or 按卡号查询; None where nothing identifies card or person."""
    number = _either(row, _NUMBER_TAGS)
    national_id = normalise_national_id(_either(row, _ID_TAGS))
    if number is None or national_id is None:
        return None
    return CardRecord(
        national_id,
        number,
        read_day(row.get("发卡日期")),
        read_day(row.get("有效期")),
        _social_function(row),
        _bank_function(row),
        bank_of(row.get("银行代码")),
        provenance,
    )


def _social_function(row: Mapping[str, str | None]) -> CardFunctionRecord:
    raw = row.get("卡状态")
    status = SOCIAL_STATUS.read(raw)
    return CardFunctionRecord(status, raw, read_moment(row.get("卡状态时间")), _expiry(status, row.get("临时挂失到期")))


def _bank_function(row: Mapping[str, str | None]) -> CardFunctionRecord | None:
    raw = row.get("银行卡状态")
    if raw is None:
        return None
    status = BANK_STATUS.read(raw)
    return CardFunctionRecord(
        status, raw, read_moment(row.get("银行状态时间")), _expiry(status, row.get("银行挂失到期"))
    )


def _expiry(status: CardFunctionStatus, moment: str | None) -> str | None:
    return read_moment(moment) if status is CardFunctionStatus.TEMPORARY_LOSS else None


def _either(row: Mapping[str, str | None], tags: tuple[str, ...]) -> str | None:
    return next((value for tag in tags if (value := row.get(tag)) is not None), None)
