"""Each change of an API schema: how much it matters, and which operations notice it."""

from __future__ import annotations

import pytest
from graphql import build_schema
from graphql.utilities import BreakingChangeType, DangerousChangeType

from federation.schema_check import Severity, check_schema, find_changes, read_operations

OLD = """
type Query { person(id: ID, by: PersonFilter): Person people(state: State = ACTIVE): [Person!] party: Party }
interface Named { name: String }
type Person implements Named { name: String state: State age: Int }
type Office implements Named { name: String }
union Party = Person | Office
enum State { ACTIVE RETIRED }
input PersonFilter { name: String state: State inner: InnerFilter }
input InnerFilter { city: String }
directive @live(every: Int) on QUERY
"""

OPERATIONS = {
    "by_variable.graphql": "query ByVariable($by: PersonFilter) { person(by: $by) { name } }",
    "literals.graphql": 'query Literals { person(by: {name: "x", state: RETIRED}) { state } }',
    "party.graphql": "query Party { party { ... on Person { age } ... on Office { name } } }",
    "people.graphql": "query People @live(every: 1) { people(state: ACTIVE) { name } }",
    "plain.graphql": "{ person(id: 1) { name } }",
}

# What is written instead, the change, and who notices it.
CASES = [
    ("age: Int", "", Severity.BREAKING, "FIELD_REMOVED", "Person.age", {"party"}),
    ("age: Int", "age: String", Severity.BREAKING, "FIELD_CHANGED_KIND", "Person.age", {"party"}),
    ("(id: ID,", "(id: ID, key: ID!,", Severity.BREAKING, "REQUIRED_ARG_ADDED", "Query.person(key:)",
     {"by_variable", "literals", "plain"}),
    ("(id: ID,", "(", Severity.BREAKING, "ARG_REMOVED", "Query.person(id:)", {"plain"}),
    ("(id: ID,", "(id: Int,", Severity.BREAKING, "ARG_CHANGED_KIND", "Query.person(id:)", {"plain"}),
    ("ACTIVE RETIRED", "ACTIVE", Severity.BREAKING, "VALUE_REMOVED_FROM_ENUM", "State.RETIRED",
     {"by_variable", "literals"}),
    ("= Person | Office", "= Person", Severity.BREAKING, "TYPE_REMOVED_FROM_UNION", "Party", {"party"}),
    ("inner: InnerFilter }", "inner: InnerFilter code: Int! }", Severity.BREAKING, "REQUIRED_INPUT_FIELD_ADDED",
     "PersonFilter.code", {"by_variable", "literals"}),
    ("{ city: String }", "{ city: Int }", Severity.BREAKING, "FIELD_CHANGED_KIND", "InnerFilter.city", {"by_variable"}),
    ("type Office implements Named", "type Office", Severity.BREAKING, "IMPLEMENTED_INTERFACE_REMOVED", "Office",
     {"party"}),
    ("directive @live(every: Int) on QUERY", "", Severity.BREAKING, "DIRECTIVE_REMOVED", "@live", {"people"}),
    ("@live(every: Int)", "@live", Severity.BREAKING, "DIRECTIVE_ARG_REMOVED", "@live(every:)", {"people"}),
    ("ACTIVE RETIRED", "ACTIVE RETIRED DEAD", Severity.DANGEROUS, "VALUE_ADDED_TO_ENUM", "State.DEAD", {"literals"}),
    ("= ACTIVE", "= RETIRED", Severity.DANGEROUS, "ARG_DEFAULT_VALUE_CHANGE", "Query.people(state:)", {"people"}),
    ("{ city: String }", "{ city: String zip: ID }", Severity.DANGEROUS, "OPTIONAL_INPUT_FIELD_ADDED",
     "InnerFilter.zip", {"by_variable"}),
    ("age: Int", "age: Int height: Int", Severity.SAFE, "FIELD_ADDED", "Person.height", set()),
    ("type Office", "type Other { a: Int } type Office", Severity.SAFE, "TYPE_ADDED", "Other", set()),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[3]} {case[4]}")
def test_a_change_has_a_severity_and_concerns_who_uses_it(case) -> None:
    old, new, severity, kind, coordinate, noticed = case
    assert OLD.count(old) == 1
    result = check_schema(build_schema(OLD), build_schema(OLD.replace(old, new)), read_operations(OPERATIONS))
    found = [
        (
            c.change.severity,
            c.change.coordinate,
            {operation.file.removesuffix(".graphql") for operation in c.operations},
        )
        for c in result.changes
        if c.change.type == kind
    ]
    assert found == [(severity, coordinate, noticed)]
    assert result.is_breaking == (severity is Severity.BREAKING)
    broken = {operation.file.removesuffix(".graphql") for operation, _ in result.broken}
    assert broken == (noticed if severity is Severity.BREAKING else set())


def test_a_removed_type_breaks_those_who_name_it() -> None:
    new = OLD.replace("type Office implements Named { name: String }", "").replace("= Person | Office", "= Person")
    result = check_schema(build_schema(OLD), build_schema(new), read_operations(OPERATIONS))
    removed = next(c for c in result.changes if c.change.type == "TYPE_REMOVED")
    assert (removed.change.coordinate, [str(o) for o in removed.operations]) == ("Office", ["party.graphql (Party)"])


def test_equal_schemas_have_no_changes() -> None:
    assert find_changes(build_schema(OLD), build_schema(OLD)) == ()


def test_an_operation_that_is_invalid_now_is_set_aside() -> None:
    operations = read_operations({"old.graphql": "{ nothing }"})
    result = check_schema(build_schema(OLD), build_schema(OLD), operations)
    assert (result.already_invalid, result.broken) == (operations, ())


def test_each_operation_of_a_file_stands_for_itself() -> None:
    text = "query A { ...F } query B { party { __typename } } fragment F on Query { person { age } }"
    result = check_schema(
        build_schema(OLD), build_schema(OLD.replace("age: Int", "")), read_operations({"both.graphql": text})
    )
    assert [(str(operation), reasons) for operation, reasons in result.broken] == [
        ("both.graphql (A)", ("Field Person.age was removed.",))
    ]


def test_every_kind_of_change_that_may_break_clients_names_an_element() -> None:
    """The coordinates come from graphql-core's sentences, so a new kind needs a look at its sentence."""
    assert {kind.name for kind in (*BreakingChangeType, *DangerousChangeType)} == {
        "TYPE_REMOVED", "TYPE_CHANGED_KIND", "TYPE_REMOVED_FROM_UNION", "VALUE_REMOVED_FROM_ENUM",
        "REQUIRED_INPUT_FIELD_ADDED", "IMPLEMENTED_INTERFACE_REMOVED", "FIELD_REMOVED", "FIELD_CHANGED_KIND",
        "REQUIRED_ARG_ADDED", "ARG_REMOVED", "ARG_CHANGED_KIND", "DIRECTIVE_REMOVED", "DIRECTIVE_ARG_REMOVED",
        "REQUIRED_DIRECTIVE_ARG_ADDED", "DIRECTIVE_REPEATABLE_REMOVED", "DIRECTIVE_LOCATION_REMOVED",
        "VALUE_ADDED_TO_ENUM", "TYPE_ADDED_TO_UNION", "OPTIONAL_INPUT_FIELD_ADDED", "OPTIONAL_ARG_ADDED",
        "IMPLEMENTED_INTERFACE_ADDED", "ARG_DEFAULT_VALUE_CHANGE", "INPUT_FIELD_DEFAULT_VALUE_CHANGE",
    }  # fmt: skip
