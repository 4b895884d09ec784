"""In: a query plan, an operation's variables and one `SubgraphClient` per subgraph. Out: the answer's bytes.

A plan is compiled once; an execution keeps what changes in an object of its own.
"""
