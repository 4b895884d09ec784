"""Time and memory of composing 10, 50 and 100 subgraphs of 50 types, beside the reference in the same run.

Each figure has a process of its own: "cold" is its first composition with loading the packages, as a command line pays
it; "warm" is the best of the next ones, as a server or a watching tool pays it. The two alternate, best of several.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.federation.composition.reference import script_command
from tests.federation.composition.scenarios import link

COUNTS = (10, 50, 100)
TYPES = 50
COMPOSITIONS = 4
RUNS = 3

_OURS = """
import json, resource, sys, time
seconds, start = [], time.perf_counter()
from federation.composition import Subgraph, compose
for _ in range(int(sys.argv[2])):
    result = compose([Subgraph(**subgraph) for subgraph in json.load(open(sys.argv[1]))])
    assert result.supergraph_sdl, result.errors[0]
    seconds.append(time.perf_counter() - start)
    start = time.perf_counter()
print(json.dumps({"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def main() -> None:
    """Print seconds and megabytes."""
    print(f"{'subgraphs':<12}{'':<12}{'cold s':>10}{'warm s':>10}{'peak MB':>10}")
    for count in COUNTS:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(list(make_subgraphs(count)), file)
            file.flush()
            rows = _measure(Path(file.name))
        for name, (cold, warm, megabytes) in rows.items():
            print(f"{count:<12}{name:<12}{cold:>10.2f}{warm:>10.2f}{megabytes:>10.0f}")


def make_subgraphs(count: int) -> Iterator[dict[str, str]]:
    """Give subgraphs of TYPES types: half are their own entities, half extend those of the next subgraph."""
    for index in range(count):
        following = (index + 1) % count
        types = [
            f'type T{index}_{number} @key(fields: "id") {{\n'
            f'  id: ID!\n  name: String! @tag(name: "x")\n  count(first: Int = 3): Int\n'
            f"  next: T{following}_{number}\n  value: Value\n}}\n"
            f'type T{following}_{number} @key(fields: "id") {{ id: ID! extra{index}: Int }}'
            for number in range(TYPES // 2)
        ]
        fields = [f"q{index}_{number}(id: ID!): T{index}_{number}" for number in range(0, TYPES // 2, 5)]
        shared = ["type Value @shareable { a: Int b: String }", f"type Query {{ {' '.join(fields)} }}"]
        sdl = link("2.9") + "\n".join([*types, *shared])
        yield {"name": f"s{index}", "url": f"http://s{index}", "sdl": sdl}


def _measure(file: Path) -> dict[str, tuple[float, float, float]]:
    commands = {
        "ours": [sys.executable, "-c", _OURS, str(file), str(COMPOSITIONS)],
        "reference": [*script_command("bench.mjs"), str(file), str(COMPOSITIONS)],
    }
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            seconds = answer["seconds"]
            found[name].append((seconds[0], min(seconds[1:]), answer["megabytes"]))
    return {
        name: (*(min(column) for column in list(zip(*rows, strict=True))[:2]), rows[0][2])
        for name, rows in found.items()
    }


if __name__ == "__main__":
    main()
