"""Every error code is described, documented, and raised somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from cooperation.errors import CooperationError
from federation.composition.codes import ERROR_CODES, HINT_CODES
from federation.executor import errors as executor_errors
from federation.gateway import errors as gateway_errors
from federation.gateway.supergraph_config import SupergraphConfigError
from federation.partition.errors import PARTITION_DESCRIPTIONS, PartitionErrorCode
from federation.schema_check import InvalidOperation
from federation.supergraph import SupergraphError
from legacy_adapters.errors import AdapterError, PositionInvalid
from legacy_adapters.operations.outcomes import REASONS, Reason
from subgraphs.cooperation.errors import StoreUnavailable
from subgraphs.cooperation.subscriptions import SubscriptionTooSlow
from tests.conftest import Goldens

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "error-codes.md"


def adapter_errors(kind: type[AdapterError]) -> Iterator[type[AdapterError]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from adapter_errors(subclass)


LEGACY_CODES = {
    kind.code: (kind.__doc__ or "").splitlines()[0]
    for kind in adapter_errors(AdapterError)
    if kind is not PositionInvalid  # the subgraphs call it what it is for a client: BAD_USER_INPUT
}
COOPERATION_CODES = {
    kind.code: (kind.__doc__ or "").splitlines()[0]
    for kind in (*CooperationError.__subclasses__(), StoreUnavailable, SubscriptionTooSlow)
}
HINTS = {code: f"{hint.level.name}: {hint.description}" for code, hint in HINT_CODES.items()}
SUPERGRAPH_CODES = {SupergraphError.code: (SupergraphError.__doc__ or "").splitlines()[0]}
COMMAND_CODES = {kind.code: (kind.__doc__ or "").splitlines()[0] for kind in (SupergraphConfigError, InvalidOperation)}
ANSWER_CODES = {**executor_errors.DESCRIPTIONS, **PARTITION_DESCRIPTIONS}


def test_every_code_has_a_description() -> None:
    assert set(executor_errors.DESCRIPTIONS) == set(executor_errors.ErrorCode)
    assert set(gateway_errors.DESCRIPTIONS) == set(gateway_errors.RequestCode)
    assert set(PARTITION_DESCRIPTIONS) == set(PartitionErrorCode)
    assert all(LEGACY_CODES.values())
    assert set(REASONS) == set(Reason)


def test_the_document_lists_every_code(goldens: Goldens) -> None:
    goldens.check(DOCUMENT, document())


def sources() -> str:
    packages = ("federation", "subgraphs", "cooperation", "legacy_adapters")
    files = (file for package in packages for file in sorted((ROOT / package).rglob("*.py")))
    return "\n".join(file.read_text("utf-8") for file in files if file.name != "codes.py")


@pytest.mark.parametrize("codes", [ANSWER_CODES, gateway_errors.DESCRIPTIONS], ids=["answers", "requests"])
def test_every_code_is_raised_somewhere(codes: Mapping[str, str]) -> None:
    text = sources()
    # Once in its registry's enumeration, once in its description: what is raised stands a third time.
    unused = [str(code) for code in codes if len(re.findall(rf"(?<![A-Z_]){code}(?![A-Z_])", text)) < 4]
    assert unused == []


def document() -> str:
    """The whole document, one table per place where codes appear."""
    sections = [
        ("In `errors` of an answer", "A part of the answer is missing; the rest stands.", ANSWER_CODES),
        ("From legacy systems, in `errors` of an answer", "Passed on by the city subgraphs.", LEGACY_CODES),
        (
            "Of cross-city operations, in `errors` of a mutation's payload",
            (
                "Nothing was changed by what they answer. DATABASE_UNAVAILABLE, of which that is not known, and "
                "SUBSCRIPTION_TOO_SLOW stand in `errors` of an answer, CHANGES_NOT_KEPT in either."
            ),
            COOPERATION_CODES,
        ),
        ("Of operations in legacy systems", "`reason` of an outcome that is neither DONE nor ALREADY.", REASONS),
        ("Of requests that are refused", "Nothing was executed.", gateway_errors.DESCRIPTIONS),
        ("Of a supergraph that cannot be served", "The gateway does not start.", SUPERGRAPH_CODES),
        ("Of `bureaugraph compose` and `check`", "Nothing was composed or compared.", COMMAND_CODES),
        ("Of composition: errors", "There is no supergraph.", ERROR_CODES),
        ("Of composition: hints", "The supergraph is there; this was noticed.", HINTS),
    ]
    lines = ["# Error codes", "", "`extensions.code` of every error, and what it means. Written by `make goldens`."]
    for title, introduction, codes in sections:
        lines += ["", f"## {title}", "", introduction, "", "| code | meaning |", "|---|---|"]
        lines += [f"| `{code}` | {description} |" for code, description in sorted(codes.items())]
    return "\n".join(lines) + "\n"
