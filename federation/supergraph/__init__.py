"""In: a supergraph SDL in join v0.1 to v0.5. Out: an immutable `Supergraph`: schema, API schema, who resolves what.

The planner reads its subgraph schemas, the partitioned subgraphs read their cities and merge rules from it.
"""

from federation.supergraph.errors import SupergraphError
from federation.supergraph.load import load_supergraph
from federation.supergraph.subgraph_schema import Subgraph, SubgraphField, SubgraphSchema, SubgraphType
from federation.supergraph.supergraph import Supergraph

__all__ = [
    "Subgraph",
    "SubgraphField",
    "SubgraphSchema",
    "SubgraphType",
    "Supergraph",
    "SupergraphError",
    "load_supergraph",
]
