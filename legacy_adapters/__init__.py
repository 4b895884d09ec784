"""In: a city's configuration of its legacy systems. Out: one adapter per system that answers with frozen records.

What differs between cities (SOAP dialects, tables, code lists, encodings) ends here; `records` and `sources` are all
that subgraphs see.
"""
