"""Nothing of a citizen reaches the log of a process, whoever speaks: a library, the event loop, or we ourselves."""

from __future__ import annotations

import asyncio
import logging

import pytest

from legacy_adapters.process_log import PrivateFormatter, configure_logging, report_loop_error

ID = "330199195805120015"


@pytest.fixture
def root_logger():
    """The root logger, put back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    root.handlers[:], root.level = handlers, level


def failure() -> Exception:
    """A defect whose text is a citizen's number."""
    with pytest.raises(KeyError) as caught:
        {}[ID]
    return caught.value


def line(name: str, message: str, *arguments: object, error: Exception | None = None) -> str:
    """What a record becomes, without its time."""
    exc_info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, arguments, exc_info)
    return PrivateFormatter().format(record).split(" ", 2)[2]


def test_our_own_words_are_written():
    assert line("bureaugraph.subgraphs", "A field failed: %s", "KeyError") == (
        "ERROR bureaugraph.subgraphs A field failed: KeyError"
    )


@pytest.mark.parametrize("name", ["asyncio", "uvicorn.error", "bureaugraphs", "root"])
def test_of_others_words_only_who_spoke_is_written(name):
    assert line(name, f"future: <Future finished exception=KeyError('{ID}')> %s", ID) == f"ERROR {name}"


@pytest.mark.parametrize("name", ["asyncio", "bureaugraph.subgraphs"])
def test_an_exception_is_its_class_and_its_places(name):
    written = line(name, "failed", error=failure())
    assert "KeyError at " in written
    assert written.endswith(" failure")
    assert ID not in written


def test_what_a_process_logs_passes_through_the_formatter(root_logger, capsys):
    configure_logging()
    logging.getLogger("asyncio").error("%s is in here", ID, exc_info=failure())
    written = capsys.readouterr().err
    assert "ERROR asyncio KeyError at " in written
    assert ID not in written


def test_an_exception_that_nobody_asked_for_is_told_without_its_text(root_logger, capsys):
    configure_logging()

    async def forget() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(report_loop_error)
        loop.create_future().set_exception(failure())
        loop.call_soon(int, f"{ID} is no number")
        await asyncio.sleep(0.01)

    asyncio.run(forget())
    written = capsys.readouterr().err
    assert "bureaugraph.process The event loop met an error: KeyError at " in written
    assert "The event loop met an error: ValueError" in written
    assert ID not in written
