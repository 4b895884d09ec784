"""In: a query plan, an operation's variables and one `SubgraphClient` per subgraph. Out: the answer's bytes.

A plan is compiled once, to generated functions (`compile_plan`); an execution keeps what changes in an object of its
own (`execute_plan`): it runs the fetches, merges what they bring into one response tree, and completes the answer.
A subscription's plan gives an answer per event (`execute_subscription`).
A plan that defers or streams something gives an initial result and parts (`execute_incrementally`).
"""

from federation.executor.compile import CompiledPlan, compile_plan
from federation.executor.errors import (
    ErrorCode,
    ExecutorError,
    InvalidVariables,
    StreamFailure,
    SubscriptionFailure,
    subgraph_failure,
)
from federation.executor.incremental import IncrementalResult, execute_incrementally
from federation.executor.operation import Operation, read_operation
from federation.executor.request import ExecutionRequest, ExecutionResult
from federation.executor.schedule import execute_plan
from federation.executor.subscription import Subgraphs, SubscriptionLimits, execute_subscription
from federation.executor.translation import ErrorPolicy
from federation.executor.variables import coerce_variables

__all__ = [
    "CompiledPlan",
    "ErrorCode",
    "ErrorPolicy",
    "ExecutionRequest",
    "ExecutionResult",
    "ExecutorError",
    "IncrementalResult",
    "InvalidVariables",
    "Operation",
    "StreamFailure",
    "Subgraphs",
    "SubscriptionFailure",
    "SubscriptionLimits",
    "coerce_variables",
    "compile_plan",
    "execute_incrementally",
    "execute_plan",
    "execute_subscription",
    "read_operation",
    "subgraph_failure",
]
