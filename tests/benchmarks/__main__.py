"""`python -m tests.benchmarks [NAME …]` runs the benchmarks of this folder, all or those named, and prints tables."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main(names: list[str]) -> None:
    folder = Path(__file__).parent
    known = sorted(file.stem for file in folder.glob("*.py") if not file.stem.startswith("_"))
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"No benchmark {', '.join(unknown)}; there are: {', '.join(known)}")
    for name in names or known:
        module = import_module(f"tests.benchmarks.{name}")
        if hasattr(module, "main"):
            print(f"\n== {name}: {(module.__doc__ or '').strip().splitlines()[0]}")
            module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
