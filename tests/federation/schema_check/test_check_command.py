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
