"""In: partitions' answers, and what of them the contract lets stand in for later ones. Out: answers whose missing parts
are the last known ones, and the places of these. All of it is in memory only, and gone with the process.
"""

from federation.partition.stale.answers import Asked, Settled, StaleAnswers
from federation.partition.stale.memory import Memory, MemoryLimits
from federation.partition.stale.units import Unit, find_units

__all__ = ["Asked", "Memory", "MemoryLimits", "Settled", "StaleAnswers", "Unit", "find_units"]
