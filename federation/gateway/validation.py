"""Parses and validates a document against the API schema; messages never hold a literal's value.

graphql-core quotes values ("found 330199…"). A literal may be an id number, so here its place is named instead:
`Expected value of type 'CityCode!' at Query.person(idNumber:).`
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from graphql import (
    SKIP,
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLSchema,
    GraphQLSyntaxError,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    VisitorAction,
    parse,
    specified_rules,
    validate,
)
from graphql.utilities.validate_input_value import validate_input_literal

from federation.gateway.errors import GraphQLRequestError, RequestCode

MAX_VALIDATION_ERRORS = 50
_ABORTED = "Validation aborted."  # by graphql-core's own limits, where work would multiply
_TOO_MANY_TOKENS = "Document contains more than"

# What of graphql-core's messages about a value says nothing of the value itself.
_WITHOUT_VALUE = re.compile(
    r"Expected value of (?:non-null )?type '[^']*'(?: not to be None| to be an object| to include required field '\w+'"
    r"| not to include unknown field '\w+')?"
    r"|Within OneOf Input Object type '\w+', exactly one field must be specified, and the value for that field must be"
    r" non-null"
    r"|\w+ cannot represent (?:[a-z0-9-]+ )+value"
    r"|Enum '\w+' cannot represent non-enum value"
)
_UNKNOWN_ENUM_VALUE = re.compile(r"Value '\w+' does not exist in '(\w+)' enum")
_HINT = re.compile(r" Did you mean (?:the enum value )?('\w+'(?:, '\w+')*,?(?: or '\w+')?)\?")
_QUOTED_TOKEN = re.compile(r"\b(String|BlockString|Int|Float) '.*'", re.DOTALL)


def parse_document(text: str, max_tokens: int) -> DocumentNode:
    """Parse a document. Raises GraphQLRequestError (GRAPHQL_PARSE_FAILED, TOKEN_LIMIT_EXCEEDED)."""
    try:
        return parse(text, max_tokens=max_tokens)
    except GraphQLSyntaxError as error:
        is_too_long = _TOO_MANY_TOKENS in error.message
        code = RequestCode.TOKEN_LIMIT_EXCEEDED if is_too_long else RequestCode.GRAPHQL_PARSE_FAILED
        message = _QUOTED_TOKEN.sub(r"\1", error.message)
        raise GraphQLRequestError([_entry(message, error, code)]) from None


def validate_document(schema: GraphQLSchema, document: DocumentNode) -> None:
    """Validate a document. Raises GraphQLRequestError (GRAPHQL_VALIDATION_FAILED)."""
    errors = validate(schema, document, _RULES, max_errors=MAX_VALIDATION_ERRORS)
    if errors:
        raise GraphQLRequestError(
            [_entry(_explained(error.message), error, RequestCode.GRAPHQL_VALIDATION_FAILED) for error in errors]
        )


def _explained(message: str) -> str:
    if message != _ABORTED:
        return message
    return "The document is too complex: too many fields of one name to compare, or fragments too deep in each other."


class PlacesOfValuesRule(ValuesOfCorrectTypeRule):
    """The specification's rule on values of correct type, with messages that name the place and not the value."""

    _owner = ""
    _place = ""

    def enter_field(self, node: FieldNode, *_args: object) -> None:
        self._owner = f"{self.context.get_parent_type()}.{node.name.value}"

    def enter_directive(self, node: DirectiveNode, *_args: object) -> None:
        self._owner = f"@{node.name.value}"

    def enter_argument(self, node: ArgumentNode, *_args: object) -> None:
        self._place = f"{self._owner}({node.name.value}:)"

    def enter_variable_definition(self, node: VariableDefinitionNode, *_args: object) -> None:
        self._place = f"${node.variable.name.value}"

    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> VisitorAction:
        if input_type:
            place = self._place

            def report(error: GraphQLError, path: list[str | int]) -> None:
                hint = _HINT.search(error.message)
                suggestion = f" Did you mean {hint[1]}?" if hint else ""
                message = f"{without_value(error.message)} at {place}{_dotted(path)}.{suggestion}"
                # graphql-core copies some values to read them; a copy has no place.
                self.report_error(GraphQLError(message, error.nodes if error.locations else node))

            validate_input_literal(node, input_type, report, None, None, self.context.hide_suggestions)
        return SKIP


def without_value(message: str) -> str:
    """Take the value out of a message of graphql-core about a literal; a message not known says nothing at all."""
    unknown = _UNKNOWN_ENUM_VALUE.match(message)
    if unknown:
        return f"The value does not exist in enum '{unknown[1]}'"
    known = _WITHOUT_VALUE.match(message)
    return known[0].replace("to be None", "to be null") if known else "The value is not valid"


def _dotted(path: Sequence[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _entry(message: str, error: GraphQLError, code: RequestCode) -> dict[str, Any]:
    entry: dict[str, Any] = {"message": message, "extensions": {"code": str(code)}}
    if error.locations:
        entry["locations"] = [location.formatted for location in error.locations]
    return entry


_RULES = tuple(PlacesOfValuesRule if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules)
