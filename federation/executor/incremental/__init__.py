"""In: a compiled plan whose answer comes in parts, and a request. Out: the initial result, then the parts.

`execution` is the algorithm; `runs` the runs over the plan, `completion` what is left out of a result, `given` what the
client has by now.
"""

from federation.executor.incremental.execution import execute_incrementally
from federation.executor.incremental.results import FragmentPart, IncrementalResult, ItemsPart, Part, Pending

__all__ = ["FragmentPart", "IncrementalResult", "ItemsPart", "Part", "Pending", "execute_incrementally"]
