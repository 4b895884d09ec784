"""The records that adapters return, alike for every city and system.

Frozen, positional to build (`CardRecord(*row)`), with provenance and, where a code list is mapped, the raw code.
Enumerations are the domain contracts' names, so that a subgraph hands them on unchanged.
"""
