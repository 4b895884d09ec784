"""Every error says what to do."""

from __future__ import annotations

import pytest

from federation.composition import Subgraph, compose
from tests.federation.composition.scenarios import link

KEYED = "type Query { q: Int } type T @key(fields: %s) { id(a: Int): ID! o: O n: Int } type O { n: Int }"


@pytest.mark.parametrize(
    ("sdl", "code", "message"),
    [
        ("", "INVALID_GRAPHQL", "The SDL is empty. Give the subgraph's schema."),
        (" # nothing yet\n\t", "INVALID_GRAPHQL", "The SDL is empty. Give the subgraph's schema."),
        (
            link("2.9") + KEYED % "3",
            "KEY_INVALID_FIELDS_TYPE",
            '@key of "T": write `fields` as a string, e.g. `fields: "id"`.',
        ),
        (
            link("2.9") + KEYED % '"id"',
            "KEY_FIELDS_HAS_ARGS",
            '@key of "T": "id" has arguments; select a field without arguments instead.',
        ),
        (
            link("2.9") + KEYED % '"n { x }"',
            "KEY_INVALID_FIELDS",
            '@key of "T": "n" of type "Int" has no fields; remove the braces after it.',
        ),
        (
            link("2.9") + KEYED % '"n,}"',
            "KEY_INVALID_FIELDS",
            (
                '@key of "T": "n,}" is no selection of fields: Syntax Error: Unexpected \'}\'. '
                'Write names with spaces between them, e.g. "id city { code }".'
            ),
        ),
        (
            link("2.9") + KEYED % '"n @x"',
            "KEY_DIRECTIVE_IN_FIELDS_ARG",
            '@key of "T": directives have no meaning inside `fields`; remove them.',
        ),
        (
            link("2.9") + "type Query { q: Int } enum federation__FieldSet { A }",
            "TYPE_DEFINITION_INVALID",
            "The definition of federation__FieldSet must define a scalar. Correct or remove it.",
        ),
        (
            link("2.9") + "type Query { q: Int } enum link__Purpose { A }",
            "TYPE_DEFINITION_INVALID",
            (
                "The definition of link__Purpose must define an enum with the values EXECUTION and SECURITY. "
                "Correct or remove it."
            ),
        ),
        (
            link("2.9") + "type Query { q: Int @listSize(assumedSize: 1) }",
            "LIST_SIZE_APPLIED_TO_NON_LIST",
            (
                '"Query.q": @listSize needs a list, and "Int" is none; '
                "remove it, or name the lists below by `sizedFields`."
            ),
        ),
        (
            link("2.9") + "type Query { q: [Int] @listSize(assumedSize: -1) }",
            "LIST_SIZE_INVALID_ASSUMED_SIZE",
            '"Query.q": `assumedSize` must not be negative; give 0 or more.',
        ),
        (
            link("2.9") + 'type Query { q(a: ID): [Int] @listSize(slicingArguments: ["a"]) }',
            "LIST_SIZE_INVALID_SLICING_ARGUMENT",
            '"Query.q": "a" is no argument of type Int; name one in `slicingArguments`.',
        ),
        (
            link("2.9") + 'type Query { q: T @listSize(sizedFields: ["b"]) } type T { a: [Int] }',
            "LIST_SIZE_INVALID_SIZED_FIELD",
            '"Query.q": "b" is no field of "T"; name one in `sizedFields`.',
        ),
        (
            link("2.9") + 'type Query { q: T @listSize(sizedFields: ["a"]) } type T { a: Int }',
            "LIST_SIZE_APPLIED_TO_NON_LIST",
            '"Query.q": sized field "a" of "T" is no list; name one.',
        ),
    ],
)
def test_what_is_wrong_comes_with_what_to_do(sdl: str, code: str, message: str) -> None:
    (error,) = compose([Subgraph("a", "http://a", sdl)]).errors
    assert (error.code, error.message) == (code, f"[a] {message}")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("_", 'Subgraph "_": the name "_" is kept for composition itself. Give it another one.'),
        ("", 'Subgraph "": a name must not be empty. Give it one.'),
    ],
)
def test_a_name_that_is_not_allowed_is_told_why(name: str, message: str) -> None:
    (error,) = compose([Subgraph(name, "http://a", "type Query { q: Int }")]).errors
    assert error.message == message
