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

AFTER_MERGING = {"INTERFACE_FIELD_NO_IMPLEM", "MISSING_TRANSITIVE_AUTH_REQUIREMENTS", "NO_QUERIES"}


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
    said = _messages(subgraphs) if own == {"SATISFIABILITY_ERROR"} else []
    reasons = {
        "the reference does not know @oneOf": 'directive "@oneOf"' in outcome.said
        or _has_more_directives(ours, theirs, "@oneOf")
        or any("OneOf input" in message for message in _messages(subgraphs)),
        "directives of a version that does not exist are not reported one by one": (
            "UNKNOWN_FEDERATION_LINK_VERSION" in own and other <= own | CONSEQUENCES
        ),
        "connectors are refused": "UNSUPPORTED_LINKED_FEATURE" in own,
        "an unknown version of link has its own code": (
            own == {"UNKNOWN_LINK_VERSION"} and other == {"INVALID_LINK_DIRECTIVE_USAGE"}
        ),
        "the reference stops without a code": bool(own) and "none" in other,
        "a requirement where no key enters": (
            not other and bool(said) and all("only with @requires" in message for message in said)
        ),
        "what stands on _entities and _service is not looked at": "_entities" in text
        or "_Service @" in text
        or "Query @external" in text,
        "features that nothing in the supergraph uses are not linked": not own | other
        and _has_idle_links(ours, theirs),
        "equal marks are equal whatever version is linked": "@composeDirective" in text
        and _has_idle_hint(ours, theirs),
        "a subgraph that cannot be read is reported as that only": (
            bool(own & UNREADABLE)
            and (own < other or (bool(other) and other - own <= CONSEQUENCES))
            and own - other <= UNREADABLE
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
            own - other == {"SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES"} and other <= {"SATISFIABILITY_ERROR"}
        ),
        "the possible types of a field are compared once": (
            not own | other and _has_repeated_hint(ours, theirs, "INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN")
        ),
        "what Federation 1 calls like a directive of Federation 2 is its own": (
            not own
            and (
                other == {"DIRECTIVE_DEFINITION_INVALID"}
                or (other == {"INVALID_GRAPHQL"} and "may not be used on OBJECT" in outcome.said)
            )
            and any("specs.apollo.dev/federation" not in s.sdl and "directive @" in s.sdl for s in subgraphs)
        ),
        "Query is known in every subgraph": other == {"INVALID_GRAPHQL"} and "Unknown type Query" in outcome.said,
        "a plan enters only queries again": (
            not other
            and bool(said)
            and all(re.search(r'can answer "(Subscription|Mutation)\.', message) for message in said)
        ),
        "one directive of two features under two names has the same code as of one": (
            own == {"LINK_IMPORT_NAME_MISMATCH"} and other == {"INVALID_LINK_DIRECTIVE_USAGE"}
        ),
        "a labelled override from where the field is external has no effect": (
            not own
            and _labels_an_external_field(subgraphs)
            and (other == {"SATISFIABILITY_ERROR"} or (not other and _differs_in_labels(ours, theirs)))
        ),
        "the reference takes a mutation's subgraphs for a query's": (
            not other
            and bool(said)
            and all("no plan can" in message for message in said)
            and len([s for s in subgraphs if re.search(r"type Mutation\b[^}]*@shareable", s.sdl)]) > 1
        ),
        "what is required may be moved step by step": (
            other == {"SATISFIABILITY_ERROR"}
            and not own
            and "cannot satisfy @require conditions" in outcome.said
            and _requires_what_a_label_moves(text)
        ),
        "a nested requirement that a key reaches": (
            other - own == {"SATISFIABILITY_ERROR"}
            and own < other
            and "cannot satisfy @require conditions" in outcome.said
            and re.search(r'@requires\(fields: "[^"]*{', text) is not None
        ),
        "a nested key whose fields another key reaches": (
            other == {"SATISFIABILITY_ERROR"}
            and not own
            and re.search(r'using @key\(fields: "[^"]*{', outcome.said) is not None
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
        "a condition on an unknown type is refused": any(
            re.search("is no type with fields here|has no fields; remove the braces", message)
            for message in _messages(subgraphs)
        ),
        "a context that several subgraphs set on a type is set by each": (
            _has_more_directives(ours, theirs, "@context")
        ),
        "two schema definitions are not GraphQL": own == {"INVALID_GRAPHQL"}
        and any("Must provide only one schema definition" in message for message in _messages(subgraphs)),
        "the reference takes a subgraph that renames link partly for one of Federation 1": (
            not own | other
            and 'as: "linked"' in text
            and theirs["supergraph"].keys() - ours["supergraph"].keys() == {"_FieldSet"}
        ),
        "more errors at once": bool(other)
        and other < own
        and all(_is_later(code, other) or _is_of_merged(code, subgraphs) for code in own - other),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _messages(subgraphs: Sequence[Subgraph]) -> list[str]:
    return [error.message for error in compose(subgraphs).errors]


def _refuses_default(subgraphs: Sequence[Subgraph]) -> bool:
    pattern = r"has invalid default value|The default value of Input Object field|The default .* is no value"
    return any(re.search(pattern, message) for message in _messages(subgraphs))


def _requires_what_a_label_moves(text: str) -> bool:
    required = set(re.findall(r"\w+", " ".join(re.findall(r'@requires\(fields: "([^"]*)"', text))))
    return any(name in required for name, _ in _labelled(text))


def _labelled(text: str) -> list[tuple[str, str]]:
    """Give the fields that overrides with a label move, and where from."""
    return re.findall(r'(\w+)(?:\([^)]*\))?: [^:]*?@override\(from: "([^"]*)", label:', text)


def _labels_an_external_field(subgraphs: Sequence[Subgraph]) -> bool:
    """Tell whether an override with a label takes a field from a subgraph where it is external."""
    sdl = {subgraph.name: subgraph.sdl for subgraph in subgraphs}
    moved = _labelled("\n".join(sdl.values()))
    return any(re.search(rf"\b{name}\b[^@{{}}]*: [^:}}]*@external", sdl.get(origin, "")) for name, origin in moved)


def _is_later(code: str, reported: set[str]) -> bool:
    """Tell whether the reference looks for the code only where what it reported is repaired."""
    return _phase(code) >= min(map(_phase, reported))


def _is_of_merged(code: str, subgraphs: Sequence[Subgraph]) -> bool:
    return code == "INVALID_GRAPHQL" and any("Merged over all" in message for message in _messages(subgraphs))


def _phase(code: str) -> int:
    """Reading a subgraph, a subgraph's rules, composed directives, merging, the merged schema, satisfiability."""
    if code in UNREADABLE or code == "INVALID_SUBGRAPH_NAME":
        return 0
    if (
        code.startswith(("KEY_", "PROVIDES_", "REQUIRES_", "EXTERNAL_", "CONTEXT_", "LIST_SIZE_"))
        and code != "EXTERNAL_MISSING_ON_BASE"
    ):
        return 1
    if code in {"DIRECTIVE_COMPOSITION_ERROR", "LINK_IMPORT_NAME_MISMATCH"}:
        return 2
    if code in {"SATISFIABILITY_ERROR", "SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES"}:
        return 5
    return 4 if "INACCESSIBLE" in code or code in AFTER_MERGING else 3


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


def _has_more_directives(ours: Outcome, theirs: Outcome, directive: str) -> bool:
    """Tell whether ours only has more applications of a directive on types and its definition, or fewer idle links."""
    if "supergraph" not in ours or "supergraph" not in theirs or ours["hints"] != theirs["hints"]:
        return False
    mine, their = ours["supergraph"], theirs["supergraph"]
    idle = {key for key in their.keys() - mine.keys() if key[0] == "@"}
    if set(mine["schema"][0]) <= set(their["schema"][0]):
        idle.add("schema")  # the reference links, and defines, what nothing uses
    differing = {key for key in mine.keys() | their.keys() if mine.get(key) != their.get(key)} - {*idle, directive}
    return all(
        key in mine
        and key in their
        and mine[key][:2] + mine[key][3:] == their[key][:2] + their[key][3:]
        and all(text.startswith(f"{directive}(") for text in set(mine[key][2]) ^ set(their[key][2]))
        for key in differing
    )


def _differs_in_labels(ours: Outcome, theirs: Outcome) -> bool:
    mine, their = ours["supergraph"], theirs["supergraph"]
    differing = [key for key in mine.keys() | their.keys() if mine.get(key) != their.get(key)]
    label = r', overrideLabel: "[^"]*"'
    return any(re.search(label, str(their.get(key))) for key in differing) and all(
        sorted(re.sub(label, "", str(mine.get(key)))) == sorted(re.sub(label, "", str(their.get(key))))
        for key in differing
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
