"""In: a domain contract and a city's subgraph behind a `SubgraphClient`. Out: a matrix of what the city supports.

Values of answers are judged and forgotten: no row of the matrix holds one.
"""
