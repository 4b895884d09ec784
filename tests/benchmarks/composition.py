"""Time and memory of composing 10, 50 and 100 subgraphs of 50 types, beside the reference in the same run.

Each figure has a process of its own: "cold" is its first composition with loading the packages, as a command line pays
it; "warm" is the best of the next ones, as a server or a watching tool pays it. The two alternate, best of several.
Beside the time that passed stands the time of all processors, which other work on the machine disturbs less; the
reference's has its compiler and collector in it, which run beside it. "Ratio" is ours by the reference's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from tests.federation.composition.reference import script_command
from tests.federation.composition.scenarios import link

COUNTS = (10, 50, 100)
TYPES = 50
COMPOSITIONS = 4
RUNS = 3

_OURS = """
import json, resource, sys, time
seconds, cpu, start, used = [], [], time.perf_counter(), 0.0
from federation.composition import Subgraph, compose
for _ in range(int(sys.argv[2])):
    result = compose([Subgraph(**subgraph) for subgraph in json.load(open(sys.argv[1]))])
    assert result.supergraph_sdl, result.errors[0]
    seconds.append(time.perf_counter() - start)
    cpu.append(time.process_time() - used)
    start, used = time.perf_counter(), time.process_time()
megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "cpu": cpu, "megabytes": megabytes}))
"""


@dataclass(frozen=True)
class _Figures:
    """Of one side: seconds and processor seconds, cold and warm, and megabytes."""

    cold: float
    cold_cpu: float
    warm: float
    warm_cpu: float
    megabytes: float


def main() -> None:
    """Print seconds and megabytes."""
    columns = ("cold s", "cold CPU s", "warm s", "warm CPU s", "peak MB")
    print(f"{'subgraphs':<12}{'':<12}{''.join(f'{column:>12}' for column in columns)}")
    for count in COUNTS:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(list(make_subgraphs(count)), file)
            file.flush()
            rows = {name: astuple(figures) for name, figures in _measure(Path(file.name)).items()}
        rows["ratio"] = tuple(own / other for own, other in zip(rows["ours"], rows["reference"], strict=True))
        for name, row in rows.items():
            print(f"{count:<12}{name:<12}{''.join(f'{figure:>12.2f}' for figure in row)}")


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


def _measure(file: Path) -> dict[str, _Figures]:
    commands = {
        "ours": [sys.executable, "-c", _OURS, str(file), str(COMPOSITIONS)],
        "reference": [*script_command("bench.mjs"), str(file), str(COMPOSITIONS)],
    }
    found: dict[str, list[_Figures]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            seconds, cpu = answer["seconds"], answer["cpu"]
            found[name].append(_Figures(seconds[0], cpu[0], min(seconds[1:]), min(cpu[1:]), answer["megabytes"]))
    return {
        name: _Figures(*(min(column) for column in zip(*map(astuple, runs), strict=True)))
        for name, runs in found.items()
    }


if __name__ == "__main__":
    main()
