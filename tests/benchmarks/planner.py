"""Planning time against the size of the operation and of the supergraph; near linear is what to look for.

CPU milliseconds, the best of several runs. What was planned stands in the cache, so this is what a shape costs once;
the last table shows what its next text costs. The plot is written to `docs/planning.svg`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from graphql import parse

from federation.composition import Subgraph, compose
from federation.gateway.config import LimitsConfig
from federation.gateway.prepare import OperationPreparer
from federation.planner import QueryPlanningError, plan_operation
from federation.supergraph import Supergraph, load_supergraph
from tests.benchmarks._line_plot import Panel, line_plot
from tests.benchmarks.reference.graph import QUERY, SUBGRAPHS, subgraph_sdl
from tests.federation.planner.graphs import composed
from tests.federation.planner.test_limits import CYCLE, OPERATIONS, implementations, nested, spread

_RUNS = 5
PLOT = Path("docs/planning.svg")


def milliseconds(work: Callable[[], object]) -> float:
    """CPU milliseconds of one call."""
    spent = []
    for _ in range(_RUNS):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent) * 1000


def reference_supergraph() -> Supergraph:
    composed_graph = compose([Subgraph(name, f"http://{name}", subgraph_sdl(name)) for name in SUBGRAPHS])
    assert composed_graph.supergraph_sdl is not None
    return load_supergraph(composed_graph.supergraph_sdl)


def _plan(supergraph: Supergraph, query: str) -> str:
    document = parse(query)
    try:
        return f"{milliseconds(lambda: plan_operation(supergraph, document)):.1f}"
    except QueryPlanningError:
        return "refused"


def _print_row(name: str, cells: list[str]) -> None:
    print(f"{name:<40}" + "".join(f"{cell:>10}" for cell in cells))


def _print_operations() -> None:
    supergraph, sizes = composed(CYCLE), (25, 100, 400, 1600)
    _print_row("operation of … parts", [str(size) for size in sizes])
    for name, make in OPERATIONS.items():
        if name != "fields inside each other":
            _print_row(name, [_plan(supergraph, make(size)) for size in sizes])
    depths = (5, 10, 20, 40)
    _print_row("depth", [str(depth) for depth in depths])
    _print_row(
        "fields inside each other", [_plan(supergraph, OPERATIONS["fields inside each other"](n)) for n in depths]
    )
    hops = [_plan(supergraph, f"{{ t {{ {nested(n, 'bt { t { ', 'b', ' } }')} }} }}") for n in depths]
    _print_row("hops inside each other", hops)


def _print_supergraphs() -> None:
    sizes = (10, 50, 200)
    _print_row("supergraph of … implementations", [str(size) for size in sizes])
    graphs = [implementations(size) for size in sizes]
    for name, query in (
        ("a field that all have", lambda _: "{ n { next { id } } }"),
        ("a hop for each", lambda n: f"{{ n {{ {spread(n, lambda i: f'... on T{i} {{ b{i} c }}')} }} }}"),
    ):
        _print_row(name, [_plan(graph, query(size)) for graph, size in zip(graphs, sizes, strict=True)])
    counts = (10, 40, 100)
    _print_row("supergraph of … subgraphs", [str(count) for count in counts])
    many = [_star(count) for count in counts]
    for name, query in (
        ("one shared field", lambda _: "{ t { shared } }"),
        ("a field of each", lambda n: f"{{ t {{ {spread(n - 1, lambda i: f'f{i}')} }} }}"),
        (
            "a hop and one more of each",
            lambda n: f"{{ t {{ {spread(n - 1, lambda i: f't{i} {{ f{n - 2 - i} }}')} }} }}",
        ),
    ):
        _print_row(name, [_plan(graph, query(count)) for graph, count in zip(many, counts, strict=True)])


def _star(count: int) -> Supergraph:
    """An entity of which every subgraph has a field of its own, one that all share, and others of its kind."""
    start = {"start": 'type Query { t: T } type T @key(fields: "id") { id: ID! }'}
    others = {
        f"s{i}": f'type T @key(fields: "id") {{ id: ID! f{i}: Int t{i}: T shared: Int @shareable }}'
        for i in range(count - 1)
    }
    return composed(start | others)


def _print_reference() -> None:
    supergraph, document = reference_supergraph(), parse(QUERY)
    print("the nested query with an answer of 87 KB")

    def fresh() -> OperationPreparer:
        return OperationPreparer(supergraph, LimitsConfig(), introspection_enabled=True)

    preparer, numbers = fresh(), iter(range(1_000))

    def text() -> str:
        return QUERY.replace("topProducts", f"topProducts(first: {next(numbers)})")

    preparer.prepare(text(), None)
    for name, work in (
        ("plan", lambda: plan_operation(supergraph, document)),
        ("parse, validate, plan, compile", lambda: fresh().prepare(text(), None)),
        ("a new text of a known shape", lambda: preparer.prepare(text(), None)),
    ):
        _print_row(name, [f"{milliseconds(work):.1f}"])


def _panels() -> Iterator[Panel]:
    cycle, sizes = composed(CYCLE), (200, 400, 800, 1600)
    lines = {
        name: [(float(size), _time(cycle, OPERATIONS[name](size))) for size in sizes]
        for name in ("aliases with arguments", "root fields with a hop each", "inline fragments")
    }
    yield Panel("CPU per plan, ms", "parts of the operation", lines)
    counts = (10, 40, 70, 100)
    stars = {count: _star(count) for count in counts}
    queries = {
        "a field of each subgraph": lambda n: f"{{ t {{ {spread(n - 1, lambda i: f'f{i}')} }} }}",
        "a hop and one more of each": lambda n: f"{{ t {{ {spread(n - 1, lambda i: f't{i} {{ f{n - 2 - i} }}')} }} }}",
    }
    lines = {name: [(float(n), _time(stars[n], query(n))) for n in counts] for name, query in queries.items()}
    yield Panel("CPU per plan, ms", "subgraphs of the supergraph", lines)


def _time(supergraph: Supergraph, query: str) -> float:
    document = parse(query)
    return milliseconds(lambda: plan_operation(supergraph, document))


def main() -> None:
    """Print the tables and write the plot."""
    _print_operations()
    _print_supergraphs()
    _print_reference()
    PLOT.write_text(line_plot(list(_panels())), "utf-8")


if __name__ == "__main__":
    main()
