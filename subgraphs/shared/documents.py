"""Parsed and validated operations, kept by their text: a gateway asks the same few hundred again and again."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate

MAX_DOCUMENTS = 512
MAX_TOKENS = 20_000
"""A plan's fetch operations have some dozens of tokens; this bounds what a stray client can cost."""


@dataclass(frozen=True, slots=True)
class RequestRefused(Exception):
    """The operation is not valid GraphQL, or not for this schema."""

    errors: tuple[GraphQLError, ...]


class Documents:
    """The documents of one schema."""

    __slots__ = ("_documents", "_schema")

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._documents: dict[str, DocumentNode] = {}

    def prepare(self, text: str) -> DocumentNode:
        """The valid document of an operation's text, the same object every time. Raises RequestRefused."""
        document = self._documents.get(text)
        if document is None:
            document = self._documents[text] = self._validated(text)
            if len(self._documents) > MAX_DOCUMENTS:
                del self._documents[next(iter(self._documents))]
        return document

    def _validated(self, text: str) -> DocumentNode:
        try:
            document = parse(text, max_tokens=MAX_TOKENS)
        except GraphQLError as error:
            raise RequestRefused((error,)) from None
        errors = validate(self._schema, document)
        if errors:
            raise RequestRefused(tuple(errors))
        return document
