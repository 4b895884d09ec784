"""In: nothing. Out: the folder of GraphiQL's built files, which the gateway serves itself.

`source/` holds our page (tabs, plan panel, search over descriptions); `make graphiql` builds it into `static/`.
"""

from __future__ import annotations

from pathlib import Path

STATIC_FILES = Path(__file__).parent / "static"
