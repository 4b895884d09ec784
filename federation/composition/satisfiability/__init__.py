"""In: the subgraphs and their merged schema. Out: an error for every query of the API that no plan can answer.

A *tail* is where a plan may stand: in a subgraph, at a type, with what the way there `@provides`. The walk follows
every path of the API schema with the set of tails it may have reached; a field that none can reach is an error.
"""
