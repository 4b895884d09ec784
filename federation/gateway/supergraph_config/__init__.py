"""In: `supergraph.yaml`, rover's format with our `partitions`. Out: the subgraphs to compose, or all that is wrong."""

from federation.gateway.supergraph_config.errors import ConfigProblem, SupergraphConfigError
from federation.gateway.supergraph_config.introspect import fetch_sdl
from federation.gateway.supergraph_config.read import parse_supergraph_config, read_supergraph_config, schema_files

__all__ = [
    "ConfigProblem",
    "SupergraphConfigError",
    "fetch_sdl",
    "parse_supergraph_config",
    "read_supergraph_config",
    "schema_files",
]
