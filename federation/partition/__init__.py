"""In: one subgraph request and the clients of its partitions. Out: one subgraph response, merged by the contract.

A partitioned subgraph is a `SubgraphClient`: nobody before it needs to know that several cities answer.
"""
