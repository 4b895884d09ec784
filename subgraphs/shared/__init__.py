"""In: a domain's Strawberry types and a city's sources. Out: a subgraph, served at `/<city>/<domain>`.

What every domain needs and no domain owns: person identifiers, batching, execution, entities, errors, the HTTP app.
"""
