"""`bureaugraph check`: what it prints, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from federation.cli import main
from federation.composition import Subgraph, compose

CONFIG = "subgraphs: {{a: {{routing_url: http://a, schema: {{sdl: 'type Query {{ {} }}'}}}}}}"


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """The supergraph that is served now."""
    path = tmp_path / "supergraph.graphql"
    sdl = compose([Subgraph("a", "http://a", "type Query { a: Int b: Int }")]).supergraph_sdl
    path.write_text(sdl or "", encoding="utf-8")
    return path


def _check(served: Path, fields: str, *arguments: str):
    return CliRunner().invoke(
        main, ["check", "--config", "-", "--against", str(served), *arguments], input=CONFIG.format(fields)
    )


def test_no_change_is_no_finding(served: Path) -> None:
    result = _check(served, "a: Int b: Int")
    assert (result.exit_code, result.stdout) == (
        0, "0 breaking, 0 dangerous, 0 safe change(s); 0 recorded operation(s) broken\n",
    )  # fmt: skip


def test_operations_may_use_the_directives_that_the_gateway_answers_itself(served: Path, tmp_path: Path) -> None:
    (tmp_path / "operations").mkdir()
    text = "query Later($d: Boolean) { ... @defer(if: $d) { b } } query Whole @requireComplete { b }"
    (tmp_path / "operations" / "b.graphql").write_text(text, encoding="utf-8")
    kept = _check(served, "a: Int b: Int", "--operations", str(tmp_path / "operations"))
    broken = _check(served, "a: Int", "--operations", str(tmp_path / "operations"))
    assert (kept.exit_code, kept.stdout) == (
        0, "0 breaking, 0 dangerous, 0 safe change(s); 0 recorded operation(s) broken\n",
    )  # fmt: skip
    assert (broken.exit_code, broken.stdout) == (1, """\
BREAKING   FIELD_REMOVED: Field Query.b was removed.
    breaks b.graphql (Later)
    breaks b.graphql (Whole)
BROKEN     b.graphql (Later)
    Field Query.b was removed.
BROKEN     b.graphql (Whole)
    Field Query.b was removed.
1 breaking, 0 dangerous, 0 safe change(s); 2 recorded operation(s) broken
""")  # fmt: skip


def test_a_safe_change_passes(served: Path) -> None:
    result = _check(served, "a: Int b: Int c: Int")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "SAFE       FIELD_ADDED: Field Query.c was added.")


def test_a_breaking_change_fails_and_names_the_operations(served: Path, tmp_path: Path) -> None:
    folder = tmp_path / "operations" / "app"
    folder.mkdir(parents=True)
    (folder / "a.graphql").write_text("query A { a }", encoding="utf-8")
    (folder / "b.graphql").write_text("query B { b }", encoding="utf-8")
    (folder / "c.graphql").write_text("query C { c }", encoding="utf-8")
    result = _check(served, "a: Int", "--operations", str(tmp_path / "operations"))
    assert (result.exit_code, result.stdout) == (1, """\
BREAKING   FIELD_REMOVED: Field Query.b was removed.
    breaks app/b.graphql (B)
BROKEN     app/b.graphql (B)
    Field Query.b was removed.
SKIPPED    app/c.graphql (C): not valid now either
1 breaking, 0 dangerous, 0 safe change(s); 1 recorded operation(s) broken
""")  # fmt: skip


def test_machines_read_json(served: Path, tmp_path: Path) -> None:
    (tmp_path / "b.graphql").write_text("{ b }", encoding="utf-8")
    served_elsewhere = tmp_path / "served" / "supergraph.graphql"
    served_elsewhere.parent.mkdir()
    served.rename(served_elsewhere)
    result = _check(served_elsewhere, "a: Int", "--operations", str(tmp_path), "--format", "json")
    operation = {"file": "b.graphql", "name": ""}
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "isBreaking": True,
        "changes": [
            {
                "severity": "breaking",
                "type": "FIELD_REMOVED",
                "coordinate": "Query.b",
                "description": "Field Query.b was removed.",
                "operations": [operation],
            }
        ],
        "brokenOperations": [{**operation, "reasons": ["Field Query.b was removed."]}],
        "skippedOperations": [],
    }


def test_what_cannot_be_compared_has_its_own_status(served: Path, tmp_path: Path) -> None:
    assert _check(served, "a: Nope").exit_code == 2
    assert CliRunner().invoke(main, ["check", "--config", "-", "--against", str(served)], input="{").exit_code == 2
    (tmp_path / "broken.txt").write_text("type Query {", encoding="utf-8")
    assert _check(tmp_path / "broken.txt", "a: Int").exit_code == 2
    (tmp_path / "bad.graphql").write_text("{ a ", encoding="utf-8")
    result = _check(served, "a: Int b: Int", "--operations", str(tmp_path))
    assert (result.exit_code, result.stderr.startswith("Error: bad.graphql: Syntax Error")) == (2, True)


def test_recorded_operations_that_cannot_be_read_are_not_a_breaking_change(served: Path, tmp_path: Path) -> None:
    (tmp_path / "operations" / "folder.graphql").mkdir(parents=True)
    (tmp_path / "operations" / "latin.graphql").write_bytes(b"{ a } # \xe9")
    result = _check(served, "a: Int", "--operations", str(tmp_path / "operations"))
    assert result.exit_code == 2
    assert result.stderr.endswith("latin.graphql: is not UTF-8 (byte 9); save it as UTF-8\n")


def test_a_folder_without_operations_is_warned_of(served: Path, tmp_path: Path) -> None:
    (tmp_path / "operations").mkdir()
    result = _check(served, "a: Int b: Int", "--operations", str(tmp_path / "operations"))
    assert (result.exit_code, result.stderr.startswith("Warning: no operation was found in ")) == (0, True)


def test_machines_read_why_nothing_was_compared_as_json(served: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.txt").write_text("type Query {", encoding="utf-8")
    (tmp_path / "bad.graphql").write_text("{ a ", encoding="utf-8")
    results = [
        _check(served, "a: Nope", "--format", "json"),
        _check(served, "}", "--format", "json"),
        _check(tmp_path / "broken.txt", "a: Int", "--format", "json"),
        _check(served, "a: Int", "--operations", str(tmp_path), "--format", "json"),
    ]
    assert [result.exit_code for result in results] == [2, 2, 2, 2]
    assert [json.loads(result.stdout)["errors"][0]["code"] for result in results] == [
        "INVALID_GRAPHQL", "INVALID_GRAPHQL", "INVALID_FEDERATION_SUPERGRAPH", "INVALID_OPERATIONS",
    ]  # fmt: skip
    wrong = CliRunner().invoke(
        main, ["check", "--config", "-", "--against", str(served), "--format", "json"], input="{"
    )
    assert json.loads(wrong.stdout)["errors"][0]["code"] == "INVALID_SUPERGRAPH_CONFIG"
