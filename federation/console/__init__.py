"""In: nothing. Out: the folder of the counter screen's files, which the gateway serves as they are.

`static/` is the whole program: a page, styles and ES modules without a build step; README.md says what each does.
"""

from __future__ import annotations

from pathlib import Path

STATIC_FILES = Path(__file__).parent / "static"
