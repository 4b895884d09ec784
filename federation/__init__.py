"""The federation layer: composition, supergraph, planner, query plan, executor, partitions, gateway.

In: subgraph schemas and client operations. Out: a supergraph, query plans, and answers over HTTP.
It reaches subgraphs through `SubgraphClient` alone and imports neither `subgraphs` nor `legacy_adapters`.
"""
