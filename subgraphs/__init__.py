"""In: a city's adapters. Out: one GraphQL subgraph per domain and city, all after the same domain contract.

Cities are configuration (`cities/*.yaml`), not packages; one ASGI app serves `/<city>/<domain>` for all of them.
"""
