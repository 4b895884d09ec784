"""In: HTTP requests and WebSockets for one supergraph. Out: GraphQL responses, streams of them, GraphiQL, health.

All HTTP of the federation layer is here. `subscriptions` is its side to clients that subscribe, `event_sources` the
one to subgraphs that are subscribed at.
"""
