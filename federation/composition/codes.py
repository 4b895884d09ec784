"""The registry of codes that composition reports, each with its description.

Names are the ecosystem's (Apollo's composition), so that existing tools and documentation apply; those that begin with
`PARTITION_` or `CONTRACT_` are ours, and INVALID_SUBGRAPH_URL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

ERROR_CODES: Mapping[str, str] = MappingProxyType(
    {
        "INVALID_GRAPHQL": "A subgraph's SDL breaks the GraphQL specification.",
        "DIRECTIVE_DEFINITION_INVALID": "A subgraph's own definition of a federation directive is not compatible.",
        "TYPE_DEFINITION_INVALID": "A subgraph's own definition of a federation type is not compatible.",
        "UNSUPPORTED_LINKED_FEATURE": "A subgraph links a feature that composition does not support.",
        "UNKNOWN_FEDERATION_LINK_VERSION": "The linked federation version does not exist.",
        "UNKNOWN_LINK_VERSION": "The linked version of the `link` specification does not exist.",
        "INVALID_LINK_DIRECTIVE_USAGE": "An application of `@link` is malformed.",
        "INVALID_LINK_IDENTIFIER": "The URL of a `@link` has no valid name or version.",
        "LINK_IMPORT_NAME_MISMATCH": "A composed directive has different names in different subgraphs.",
        "INVALID_SUBGRAPH_NAME": "A subgraph's name is not allowed or is used twice.",
        "INVALID_SUBGRAPH_URL": "A subgraph's routing URL is no text that a supergraph can hold.",
        "DIRECTIVE_COMPOSITION_ERROR": "A directive named by `@composeDirective` cannot be composed.",
        "NO_QUERIES": "No subgraph has a query.",
        "ROOT_QUERY_USED": "A type is named Query although another type is the query root.",
        "ROOT_MUTATION_USED": "A type is named Mutation although another type is the mutation root.",
        "ROOT_SUBSCRIPTION_USED": "A type is named Subscription although another type is the subscription root.",
        "KEY_INVALID_FIELDS": "The field set of a `@key` is not valid for its type.",
        "KEY_INVALID_FIELDS_TYPE": "The `fields` of a `@key` is not a string.",
        "KEY_DIRECTIVE_IN_FIELDS_ARG": "The field set of a `@key` contains a directive.",
        "KEY_FIELDS_HAS_ARGS": "The field set of a `@key` selects a field that has arguments.",
        "KEY_FIELDS_SELECT_INVALID_TYPE": "A `@key` selects an interface or a union.",
        "KEY_UNSUPPORTED_ON_INTERFACE": "`@key` on an interface needs federation 2.3.",
        "PROVIDES_INVALID_FIELDS": "The field set of a `@provides` is not valid for its type.",
        "PROVIDES_INVALID_FIELDS_TYPE": "The `fields` of a `@provides` is not a string.",
        "PROVIDES_DIRECTIVE_IN_FIELDS_ARG": "The field set of a `@provides` contains a directive.",
        "PROVIDES_FIELDS_HAS_ARGS": "The field set of a `@provides` selects a field that has arguments.",
        "PROVIDES_UNSUPPORTED_ON_INTERFACE": "`@provides` is used on a field of an interface.",
        "PROVIDES_FIELDS_MISSING_EXTERNAL": "A field in `@provides` is not marked `@external`.",
        "PROVIDES_ON_NON_OBJECT_FIELD": "`@provides` is used on a field whose type has no fields.",
        "REQUIRES_INVALID_FIELDS": "The field set of a `@requires` is not valid for its type.",
        "REQUIRES_INVALID_FIELDS_TYPE": "The `fields` of a `@requires` is not a string.",
        "REQUIRES_DIRECTIVE_IN_FIELDS_ARG": "The field set of a `@requires` contains a directive.",
        "REQUIRES_UNSUPPORTED_ON_INTERFACE": "`@requires` is used on a field of an interface.",
        "REQUIRES_FIELDS_MISSING_EXTERNAL": "A field in `@requires` is not marked `@external`.",
        "EXTERNAL_UNUSED": "An `@external` field is used by no key, `@requires`, `@provides` or interface.",
        "TYPE_WITH_ONLY_UNUSED_EXTERNAL": "A Federation 1 type has nothing but unused external fields.",
        "EXTERNAL_MISSING_ON_BASE": "A field is `@external` wherever it is defined.",
        "EXTERNAL_TYPE_MISMATCH": "An `@external` field's type differs from the real field's.",
        "EXTERNAL_ARGUMENT_MISSING": "An `@external` field lacks an argument of the real field.",
        "EXTERNAL_ARGUMENT_TYPE_MISMATCH": "An argument of an `@external` field differs in type from the real one.",
        "EXTERNAL_ARGUMENT_DEFAULT_MISMATCH": "An `@external` field's argument differs in default from the real one.",
        "EXTERNAL_ON_INTERFACE": "A field of an interface is marked `@external`.",
        "EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE": "`@external` stands with a directive that excludes it.",
        "MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL": "A directive that is merged stands on an `@external` field.",
        "TYPE_KIND_MISMATCH": "A type is of different kinds in different subgraphs.",
        "EXTENSION_WITH_NO_BASE": "A type is extended but defined by no subgraph.",
        "FIELD_TYPE_MISMATCH": "A field's types in different subgraphs have no common type.",
        "FIELD_ARGUMENT_TYPE_MISMATCH": "An argument's types in different subgraphs have no common type.",
        "FIELD_ARGUMENT_DEFAULT_MISMATCH": "An argument's defaults differ between subgraphs.",
        "INPUT_FIELD_DEFAULT_MISMATCH": "An input field's defaults differ between subgraphs.",
        "REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH": "An argument is required in one subgraph and unknown in another.",
        "REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH": "An input field is required here and unknown there.",
        "EMPTY_MERGED_INPUT_TYPE": "The subgraphs' versions of an input type have no field in common.",
        "ENUM_VALUE_MISMATCH": "An enum used as input and output has different values in different subgraphs.",
        "EMPTY_MERGED_ENUM_TYPE": "The subgraphs' versions of an input enum have no value in common.",
        "INTERFACE_FIELD_NO_IMPLEM": "A type lacks a field that another subgraph added to its interface.",
        "INVALID_FIELD_SHARING": "A field is resolved by several subgraphs without being `@shareable` in all.",
        "INVALID_SHAREABLE_USAGE": "`@shareable` stands where it has no meaning.",
        "SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES": "A shared field's possible types have nothing in common.",
        "OVERRIDE_FROM_SELF_ERROR": "A subgraph overrides a field from itself.",
        "OVERRIDE_SOURCE_HAS_OVERRIDE": "A field is overridden from a subgraph that overrides it too.",
        "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE": "`@override` stands with a directive it excludes.",
        "OVERRIDE_ON_INTERFACE": "`@override` is used on a field of an interface.",
        "OVERRIDE_LABEL_INVALID": "The label of an `@override` is neither a name nor a percentage.",
        "INTERFACE_OBJECT_USAGE_ERROR": "`@interfaceObject` is used in a way that has no meaning.",
        "INTERFACE_KEY_NOT_ON_IMPLEMENTATION": "An implementation lacks a key of its interface.",
        "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE": "A keyed interface's subgraph lacks one of its implementations.",
        "REFERENCED_INACCESSIBLE": "A visible element refers to an inaccessible one.",
        "DEFAULT_VALUE_USES_INACCESSIBLE": "A visible default value uses an inaccessible element.",
        "QUERY_ROOT_TYPE_INACCESSIBLE": "The query root is inaccessible.",
        "REQUIRED_INACCESSIBLE": "A required argument or input field is inaccessible.",
        "IMPLEMENTED_BY_INACCESSIBLE": "A field of a visible interface is inaccessible in an implementation.",
        "DISALLOWED_INACCESSIBLE": "`@inaccessible` stands where it has no effect.",
        "ONLY_INACCESSIBLE_CHILDREN": "A visible type has only inaccessible parts.",
        "CONTEXT_NOT_SET": "A contextual argument names a context that is never set.",
        "CONTEXT_INVALID_SELECTION": "The selection of a contextual argument is not valid.",
        "NO_CONTEXT_IN_SELECTION": "A contextual argument names no context.",
        "CONTEXT_NO_RESOLVABLE_KEY": "A type with a contextual argument has no resolvable key.",
        "CONTEXT_NAME_INVALID": "The name of a context is not a name.",
        "CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS": "An argument is contextual here and required there.",
        "COST_APPLIED_TO_INTERFACE_FIELD": "`@cost` is used on a field of an interface.",
        "LIST_SIZE_APPLIED_TO_NON_LIST": "`@listSize` is used on a field that is no list.",
        "LIST_SIZE_INVALID_ASSUMED_SIZE": "The `assumedSize` of a `@listSize` is negative.",
        "LIST_SIZE_INVALID_SLICING_ARGUMENT": "A slicing argument is missing or not an integer.",
        "LIST_SIZE_INVALID_SIZED_FIELD": "A sized field is missing or no list.",
        "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE": "Access directives stand on an interface or its field.",
        "MISSING_TRANSITIVE_AUTH_REQUIREMENTS": "A field lacks the access rules of the fields it requires.",
        "SATISFIABILITY_ERROR": "The supergraph has a query that the subgraphs cannot answer.",
        "PARTITION_CITY_INVALID": "A partition's key is no city code of six digits (GB/T 2260).",
        "PARTITION_DUPLICATE": "Two partitions of a subgraph have one city or one name.",
        "PARTITION_URL_INVALID": "A partition's routing URL is no http or https URL.",
        "PARTITION_KEY_FIELD_UNKNOWN": "A `@partitionKey` names a field that its type does not have.",
        "PARTITION_KEY_INVALID": "A `@partitionKey` names a field that holds no city code, is nullable or in no key.",
        "PARTITION_ROUTE_ARGUMENT_UNKNOWN": "A `@route` names an argument that its field does not have.",
        "PARTITION_ROUTE_ARGUMENT_INVALID": "A `@route` names an argument that cannot hold city codes.",
        "PARTITION_ROUTE_ON_NON_ROOT_FIELD": "A `@route` stands on a field of a type that is no root.",
        "PARTITION_MERGE_BY_UNKNOWN": "A `@merge` names a field that does not exist.",
        "PARTITION_MERGE_BY_INVALID": "A `@merge` is by a field that cannot be asked for or has no order.",
        "PARTITION_MERGE_ARGUMENT_UNUSED": "A `@merge` has a `by` or an `order` that its rule has no use for.",
        "PARTITION_MERGE_RULE_INVALID": "A `@merge` rule does not fit its field.",
        "PARTITION_MERGE_RULE_MISSING": "A field without `@merge` would keep one city's value and lose the others'.",
        "PARTITION_STALE_INVALID": "A `@staleWhileUnavailable` where nothing is remembered, or without a positive age.",
        "PARTITION_MUTATION_WITHOUT_ROUTE": "A mutation of a partitioned subgraph selects no partition.",
        "CONTRACT_EMPTY": "A contract leaves no query.",
    }
)


class HintLevel(IntEnum):
    """How much a hint matters; the numbers are the ecosystem's."""

    DEBUG = 20
    INFO = 40
    WARN = 60


@dataclass(frozen=True, slots=True)
class HintCode:
    """Level and description of one hint code."""

    level: HintLevel
    description: str


def _hints(level: HintLevel, descriptions: dict[str, str]) -> dict[str, HintCode]:
    return {code: HintCode(level, description) for code, description in descriptions.items()}


HINT_CODES: Mapping[str, HintCode] = MappingProxyType(
    _hints(
        HintLevel.WARN,
        {
            "INCONSISTENT_DEFAULT_VALUE_PRESENCE": "Only some subgraphs give a default; the supergraph has none.",
            "INCONSISTENT_INPUT_OBJECT_FIELD": "An input field is unknown to some subgraphs and left out.",
            "INCONSISTENT_ENUM_VALUE_FOR_INPUT_ENUM": "An input enum's value is not in all subgraphs and left out.",
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE": "An executable directive is not in all subgraphs.",
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE": "An executable directive is not repeatable everywhere.",
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS": "An executable directive has different locations.",
            "NO_EXECUTABLE_DIRECTIVE_INTERSECTION": "An executable directive's locations have nothing in common.",
            "INCONSISTENT_DESCRIPTION": "An element's descriptions differ; the most frequent one is used.",
            "INCONSISTENT_ARGUMENT_PRESENCE": "An argument is unknown to some subgraphs and left out.",
            "FROM_SUBGRAPH_DOES_NOT_EXIST": "An `@override` names a subgraph that does not exist.",
            "INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS": "A directive's arguments differ; the most frequent win.",
            "CONTRACT_TAG_UNKNOWN": "A contract names a tag that nothing has.",
            "DIRECTIVE_COMPOSITION_WARN": "A composed directive has another name in a subgraph.",
            "INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN": "A shared field's possible types differ.",
        },
    )
    | _hints(
        HintLevel.INFO,
        {
            "INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE": "A field's types differ; the widest (input: narrowest) is used.",
            "INCONSISTENT_BUT_COMPATIBLE_ARGUMENT_TYPE": "An argument's types differ; the narrowest is used.",
            "INCONSISTENT_ENTITY": "A type has a key in some subgraphs only.",
            "OVERRIDDEN_FIELD_CAN_BE_REMOVED": "An overridden field has no use any more.",
            "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED": "An override's source does not have the field any more.",
            "OVERRIDE_MIGRATION_IN_PROGRESS": "A field is moved step by step from one subgraph to another.",
            "MERGED_NON_REPEATABLE_DIRECTIVE_ARGUMENTS": "A directive's arguments were merged by its rules.",
            "DIRECTIVE_COMPOSITION_INFO": "A `@composeDirective` has no effect, or a feature's major versions differ.",
            "CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS": "An argument is contextual in some subgraphs only.",
            "IMPLICITLY_UPGRADED_FEDERATION_VERSION": "A subgraph uses a feature that its federation version lacks.",
        },
    )
    | _hints(
        HintLevel.DEBUG,
        {
            "INCONSISTENT_OBJECT_VALUE_TYPE_FIELD": "A value type's field is not in all subgraphs.",
            "INCONSISTENT_INTERFACE_VALUE_TYPE_FIELD": "An interface's field is not in all subgraphs.",
            "INCONSISTENT_UNION_MEMBER": "A union's member is not in all subgraphs.",
            "INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM": "An output enum's value is not in all subgraphs.",
            "UNUSED_ENUM_TYPE": "An enum is used nowhere.",
        },
    )
)
