"""In: the platform's configuration files. Out: sandbox, subgraphs and gateway as processes, until Ctrl-C.

It knows the other packages by their commands only and imports none of them; nobody imports it.
"""
