"""In: cross-city operations, asked for by officers. Out: each done once in the city that decides, with receipts.

It knows cities' legacy systems through the protocols of `legacy_adapters` only, and no GraphQL: `subgraphs.cooperation`
shows it in the graph.
"""
