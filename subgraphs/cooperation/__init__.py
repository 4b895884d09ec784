"""In: the package `cooperation`, opened. Out: the domain `cooperation`: operations between cities, in the graph.

It is an ordinary subgraph, one for all cities, with a database of its own.
"""
