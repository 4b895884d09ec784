"""Operations that clients are known to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLSyntaxError, parse, separate_operations


class InvalidOperation(Exception):
    """A file of recorded operations that cannot be read; `file` says which."""

    code = "INVALID_OPERATIONS"

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file


@dataclass(frozen=True, slots=True)
class RecordedOperation:
    """One operation with its fragments; `name` is empty for an anonymous one."""

    file: str
    name: str
    document: DocumentNode

    def __str__(self) -> str:
        return f"{self.file} ({self.name})" if self.name else self.file


def read_operations(texts: Mapping[str, str]) -> tuple[RecordedOperation, ...]:
    """Give the operations of all files, each with the fragments it uses. Raises InvalidOperation."""
    return tuple(operation for file, text in sorted(texts.items()) for operation in _read_file(file, text))


def _read_file(file: str, text: str) -> Iterator[RecordedOperation]:
    try:
        document = parse(text)
    except GraphQLSyntaxError as error:
        raise InvalidOperation(file, error.message) from error
    for name, part in separate_operations(document).items():
        yield RecordedOperation(file, name, part)
