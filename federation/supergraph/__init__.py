"""In: a supergraph SDL in join v0.1 to v0.5. Out: an immutable `Supergraph`: schema, API schema, who resolves what.

The planner reads its join metadata, the partitioned subgraphs read their cities and merge rules from it.
"""
