"""In: subgraphs (name, URL, SDL, partitions). Out: a supergraph SDL, or all errors together, and hints."""

from federation.composition.compose import CompositionResult, compose
from federation.composition.contract import Contract
from federation.composition.errors import CompositionError, CompositionHint
from federation.composition.schema import Subgraph

__all__ = ["CompositionError", "CompositionHint", "CompositionResult", "Contract", "Subgraph", "compose"]
