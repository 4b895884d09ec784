"""In: a subgraph's SDL as a syntax tree. Out: what its `@link`s say (`Links`), or every error in them.

Source: https://specs.apollo.dev/link/v1.0
"""

from federation.composition.links.read_links import InvalidLinks, Links, read_links

__all__ = ["InvalidLinks", "Links", "read_links"]
