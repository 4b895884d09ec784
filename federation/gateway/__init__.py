"""In: HTTP requests for one supergraph. Out: GraphQL responses, GraphiQL, health.

All HTTP of the federation layer is here.
"""
