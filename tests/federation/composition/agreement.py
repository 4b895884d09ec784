"""Comparing ours with the reference over many sets, by success, codes, hints, and the supergraph up to order.

`python -m tests.federation.composition.agreement KIND FIRST COUNT` compares the sets of COUNT seeds from FIRST on; KIND
is one of `KINDS`, or `all` for every one. It prints each difference with its explanation if it has one, how often each
code was met, and which codes never were.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from federation.composition import Subgraph, compose
from federation.composition.codes import ERROR_CODES, HINT_CODES
from tests.federation.composition.canonical import canonical
from tests.federation.composition.generate import generate_set
from tests.federation.composition.generate_features import generate_featured_set
from tests.federation.composition.generate_links import generate_linked_set
from tests.federation.composition.generate_motifs import generate_motif_set
from tests.federation.composition.mutate import mutate_set
from tests.federation.composition.reference import ask_reference
from tests.federation.composition.repair import generate_repaired_set

Outcome = dict[str, object]
KINDS: Mapping[str, Callable[[int], list[Subgraph]]] = {
    "base": generate_set,
    "features": generate_featured_set,
    "links": generate_linked_set,
    "motifs": generate_motif_set,
    "changed": mutate_set,
    "repaired": generate_repaired_set,
}
UNREADABLE = {
    "INVALID_GRAPHQL", "TYPE_DEFINITION_INVALID", "DIRECTIVE_DEFINITION_INVALID", "ROOT_QUERY_USED",
    "ROOT_MUTATION_USED", "ROOT_SUBSCRIPTION_USED", "INVALID_LINK_DIRECTIVE_USAGE", "INVALID_LINK_IDENTIFIER",
}  # fmt: skip
CONSEQUENCES = {
    "INVALID_GRAPHQL", "TYPE_DEFINITION_INVALID", "DIRECTIVE_DEFINITION_INVALID", "INVALID_LINK_DIRECTIVE_USAGE",
}  # fmt: skip


def our_outcome(subgraphs: Sequence[Subgraph]) -> Outcome:
    """Compose with ours."""
    result = compose(subgraphs)
    if result.supergraph_sdl is None:
        return {"codes": sorted({error.code for error in result.errors})}
    return {"supergraph": canonical(result.supergraph_sdl), "hints": sorted(hint.code for hint in result.hints)}


def reference_outcome(answer: dict) -> Outcome:
    """Read the reference's answer as ours."""
    if answer["errors"]:
        return {"codes": sorted({error["code"] or "none" for error in answer["errors"]})}
    return {"supergraph": canonical(answer["supergraph"]), "hints": sorted(hint["code"] for hint in answer["hints"])}


@dataclass(frozen=True)
class Compared:
    """The outcomes of one set; `said` is the text of the reference's errors."""

    subgraphs: Sequence[Subgraph]
    ours: Outcome
    theirs: Outcome
    said: str

    @property
    def is_equal(self) -> bool:
        return self.ours == self.theirs


def compare(sets: Mapping[int, Sequence[Subgraph]]) -> tuple[dict[int, Compared], Counter[str]]:
    """Give the outcomes where the reference did not crash, and how often each code was met."""
    answers = dict(zip(sets, ask_reference(sets.values()), strict=True))
    met: Counter[str] = Counter()
    compared = {}
    for seed, answer in answers.items():
        if "crash" in answer:
            met["crash of the reference"] += 1
            continue
        said = "\n".join(error["message"] for error in answer["errors"])
        compared[seed] = Compared(sets[seed], our_outcome(sets[seed]), reference_outcome(answer), said)
        met.update(compared[seed].theirs.get("codes", ["success"]))
        met.update(set(compared[seed].theirs.get("hints", [])))
    return compared, met


def main(kind: str, first: int, count: int) -> None:
    """Compare and print."""
    met: Counter[str] = Counter()
    for name in KINDS if kind == "all" else (kind,):
        met += compare_kind(name, first, count)
    print("met:", dict(met.most_common()))
    codes = [code for code in (*ERROR_CODES, *HINT_CODES) if not code.startswith(("PARTITION_", "CONTRACT_"))]
    print("never met:", ", ".join(code for code in codes if code not in met) or "none")


def compare_kind(kind: str, first: int, count: int) -> Counter[str]:
    """Compare in blocks, print the differences, and give how often each code was met."""
    met: Counter[str] = Counter()
    reasons: Counter[str | None] = Counter()
    for start in range(first, first + count, 200):
        seeds = range(start, min(start + 200, first + count))
        compared, found = compare({seed: KINDS[kind](seed) for seed in seeds})
        met += found
        for seed, outcome in compared.items():
            if not outcome.is_equal:
                reason = explain(outcome)
                reasons[reason] += 1
                known = f" (known: {reason})" if reason else ""
                print(f"{kind} {seed}: {describe(outcome.ours, outcome.theirs)}{known}", flush=True)
    print(f"{kind} {first}+{count}: {reasons.total()} differ, {reasons.pop(None, 0)} of them unexplained")
    return met


def explain(outcome: Compared) -> str | None:
    """Give the reason why an outcome differs on purpose (decision 8), or None."""
    subgraphs, ours, theirs = outcome.subgraphs, outcome.ours, outcome.theirs
    text = "\n".join(subgraph.sdl for subgraph in subgraphs)
    own, other = set(ours.get("codes", ())), set(theirs.get("codes", ()))
    reasons = {
        "the reference does not know @oneOf": "@oneOf" in text
        and ('directive "@oneOf"' in outcome.said or "directive @oneOf" in text),
        "directives of a version that does not exist are not reported one by one": (
            "UNKNOWN_FEDERATION_LINK_VERSION" in own and other <= own | CONSEQUENCES
        ),
        "connectors are refused": "UNSUPPORTED_LINKED_FEATURE" in own,
        "an unknown version of link has its own code": (
            own == {"UNKNOWN_LINK_VERSION"} and other == {"INVALID_LINK_DIRECTIVE_USAGE"}
        ),
        "the reference stops without a code": bool(own) and "none" in other,
        "a requirement where no key enters": (
            own == {"SATISFIABILITY_ERROR"} and "resolvable: false" in text and "@requires" in text
        ),
        "what stands on _entities and _service is not looked at": "_entities" in text or "Query @external" in text,
        "features that nothing in the supergraph uses are not linked": not own | other
        and _has_idle_links(ours, theirs),
        "equal marks are equal whatever version is linked": "@composeDirective" in text
        and _has_idle_hint(ours, theirs),
        "a subgraph that cannot be read is reported as that only": (
            bool(own & UNREADABLE) and (own < other or (bool(other) and other - own <= CONSEQUENCES))
        ),
        "a type that cannot be merged is reported as that only": own < other and "TYPE_KIND_MISMATCH" in own,
        "an extension of Federation 1 without a base is looked for later": (
            other - own == {"EXTENSION_WITH_NO_BASE"} and bool(own) and any("@link" not in s.sdl for s in subgraphs)
        ),
        "a field that a subgraph narrows to one type never has another": (
            not own
            and other == {"SATISFIABILITY_ERROR"}
            and (
                "cannot find type" in outcome.said or "INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE" in ours.get("hints", ())
            )
        ),
        "two types to which subgraphs narrow a field contradict each other": (
            own == {"SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES"} and not other
        ),
        "the possible types of a field are compared once": (
            not own | other and _has_repeated_hint(ours, theirs, "INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN")
        ),
        "what Federation 1 calls like a directive of Federation 2 is its own": (
            not own
            and other == {"DIRECTIVE_DEFINITION_INVALID"}
            and any("specs.apollo.dev/federation" not in s.sdl and "directive @" in s.sdl for s in subgraphs)
        ),
        "Query is known in every subgraph": other == {"INVALID_GRAPHQL"} and "Unknown type Query" in outcome.said,
        "a plan enters only queries again": (
            own == {"SATISFIABILITY_ERROR"}
            and not other
            and re.search(r": \[?(Subscription|Mutation)\b", text) is not None
        ),
        "one directive of two features under two names has the same code as of one": (
            own == {"LINK_IMPORT_NAME_MISMATCH"} and other == {"INVALID_LINK_DIRECTIVE_USAGE"}
        ),
        "the reference takes a subgraph that renames link partly for one of Federation 1": "@linked(" in text,
        "a labelled override from where the field is external has no effect": (
            other == {"SATISFIABILITY_ERROR"} and not own and "label:" in text and "@external" in text
        ),
        "the reference takes a mutation's subgraphs for a query's": (
            own == {"SATISFIABILITY_ERROR"}
            and theirs.get("codes") is None
            and "@shareable" in text
            and "Mutation" in text
        ),
        "a nested requirement that a key reaches": (
            other - own == {"SATISFIABILITY_ERROR"}
            and own < other
            and re.search(r'@requires\(fields: "[^"]*{', text) is not None
        ),
        "a nested key whose fields another key reaches": (
            other == {"SATISFIABILITY_ERROR"}
            and not own
            and re.search(r'@key\(fields: "[^"]*{[^"]*{', text) is not None
        ),
        "a type takes fields from several interface objects of a subgraph": (
            not own
            and other == {"SATISFIABILITY_ERROR"}
            and "is declared with @interfaceObject in" in outcome.said
            and any(s.sdl.count("@interfaceObject ") > 1 for s in subgraphs)
        ),
        "a required contextual argument may take what is never null": (
            "CONTEXT_INVALID_SELECTION" in other and "! @fromContext" in text and "CONTEXT_INVALID_SELECTION" not in own
        ),
        "what an own definition of a directive carries is not looked at": (
            not own & {"INVALID_GRAPHQL"} and other == {"INVALID_GRAPHQL"} and "directive @key(fields: ID! @" in text
        ),
        "a default is a value of its type": "INVALID_GRAPHQL" in own and _refuses_default(subgraphs),
        "what stands behind a mistake in a field set is used, too": (
            other - own == {"EXTERNAL_UNUSED"}
            and own <= other
            and any(code.endswith("_INVALID_FIELDS") for code in own)
        ),
        "a condition on an unknown type is refused": "is no type with fields here" in _messages(subgraphs),
        "a context that several subgraphs set on a type is set by each": (
            not own | other and _has_more_contexts(ours, theirs)
        ),
        "more errors at once": bool(other) and other < own,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _messages(subgraphs: Sequence[Subgraph]) -> str:
    return " ".join(error.message for error in compose(subgraphs).errors)


def _refuses_default(subgraphs: Sequence[Subgraph]) -> bool:
    return (
        re.search(r"has invalid default value|The default value of Input Object field", _messages(subgraphs))
        is not None
    )


def _has_repeated_hint(ours: Outcome, theirs: Outcome, code: str) -> bool:
    more = Counter(theirs["hints"]) - Counter(ours["hints"])
    fewer = Counter(ours["hints"]) - Counter(theirs["hints"])
    return (more | fewer).keys() == {code}


def _has_idle_hint(ours: Outcome, theirs: Outcome) -> bool:
    """Tell whether the reference only says more often that a directive's arguments differ."""
    if "hints" not in ours or "hints" not in theirs or Counter(ours["hints"]) - Counter(theirs["hints"]):
        return False
    more = Counter(theirs["hints"]) - Counter(ours["hints"])
    return more.keys() == {"INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS"}


def _has_more_contexts(ours: Outcome, theirs: Outcome) -> bool:
    """Tell whether ours only says more often that a type sets a context."""
    mine, their = ours["supergraph"], theirs["supergraph"]
    if ours["hints"] != theirs["hints"] or mine.keys() != their.keys():
        return False
    differing = [(mine[key], their[key]) for key in mine if mine[key] != their[key]]
    return all(
        a[:2] + a[3:] == b[:2] + b[3:] and all(text.startswith("@context(") for text in set(a[2]) ^ set(b[2]))
        for a, b in differing
    )


def _has_idle_links(ours: Outcome, theirs: Outcome) -> bool:
    """Tell whether the reference only has more links, and definitions of their directives."""
    if ours["hints"] != theirs["hints"]:
        return False
    mine, their = ours["supergraph"], theirs["supergraph"]
    differing = {key for key in mine.keys() | their.keys() if mine.get(key) != their.get(key)}
    more = set(their["schema"][0]) - set(mine["schema"][0])
    return (
        all(key == "schema" or key not in mine for key in differing)
        and bool(more)
        and all(link.startswith("@link(") for link in more)
    )


def describe(ours: Outcome, theirs: Outcome) -> str:
    """Say in a line what differs."""
    if "codes" in ours or "codes" in theirs:
        return f"ours {ours.get('codes', 'ok')} reference {theirs.get('codes', 'ok')}"
    if ours["hints"] != theirs["hints"]:
        own, other = Counter(ours["hints"]), Counter(theirs["hints"])
        return f"hints: ours only {dict(own - other)} reference only {dict(other - own)}"
    mine, their = ours["supergraph"], theirs["supergraph"]
    keys = sorted(key for key in mine.keys() | their.keys() if mine.get(key) != their.get(key))
    return f"supergraph: {', '.join(keys)}"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
