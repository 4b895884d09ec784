"""Operations known beforehand are ready when the first client sends them."""

from __future__ import annotations

import asyncio

import pytest

from federation.gateway.config import ConfigurationError
from federation.gateway.warm_up import KnownDocument, read_documents, warm_up


async def get(graph, text, name=None):
    """An operation that must be known: there is no time left to plan it."""
    return await graph.operations.get(text, name, asyncio.get_running_loop().time())


async def test_a_known_operation_is_ready_with_and_without_its_name(served):
    text = "query A { products { name } }"
    await warm_up(served.graph, (KnownDocument("a.graphql", text),))
    assert (await get(served.graph, text)).name == "A"
    assert (await get(served.graph, text, "A")).name == "A"


async def test_each_operation_of_a_document_is_ready(served):
    text = "query A { products { name } } query B { products { id } }"
    await warm_up(served.graph, (KnownDocument("a.graphql", text),))
    assert [(await get(served.graph, text, name)).name for name in "AB"] == ["A", "B"]


async def test_what_cannot_be_planned_does_not_keep_others_from_it(served):
    texts = ("{ colour }", "{", "", "{ products { name } }")
    await warm_up(served.graph, tuple(KnownDocument(str(n), text) for n, text in enumerate(texts)))
    assert (await get(served.graph, texts[-1])).name is None


def test_a_file_or_a_folder_with_subfolders_is_read_in_order(tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("c.graphql", "b/a.graphql", "a.graphql", "a.txt"):
        (tmp_path / name).write_text(name)
    assert [document.file for document in read_documents(tmp_path)] == ["a.graphql", "b/a.graphql", "c.graphql"]
    assert read_documents(tmp_path / "c.graphql") == (KnownDocument("c.graphql", "c.graphql"),)


def test_a_file_that_is_no_text_is_said_in_one_sentence(tmp_path):
    (tmp_path / "a.graphql").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match=r"a\.graphql cannot be read: it is not utf-8 text\."):
        read_documents(tmp_path)
