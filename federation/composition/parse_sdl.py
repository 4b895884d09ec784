"""Parsing SDL: graphql-core's parser with a faster lexer and lighter locations.

Reading tokens character by character is a third of parsing, and parsing a third of composing large graphs.
"""

from __future__ import annotations

import re
from typing import TypeVar

from graphql import (
    ConstDirectiveNode,
    DirectiveNode,
    DocumentNode,
    FieldDefinitionNode,
    InputValueDefinitionNode,
    Lexer,
    Location,
    NamedTypeNode,
    NameNode,
    Node,
    NonNullTypeNode,
    Source,
    Token,
    TokenKind,
    TypeNode,
    parse,
)
from graphql.language.parser import Parser

AnyNode = TypeVar("AnyNode", bound=Node)

# Ignored characters and comments, then a name, a punctuator, a string without escapes, or an integer. Surrogates are
# left to the library: whether they are allowed depends on their neighbours.
_PLAIN = re.compile(
    r"[ \t,\n\r\ufeff]*(?:#[^\n\r\ud800-\udfff]*[\n\r][ \t,\n\r\ufeff]*)*"
    r"(?:([A-Za-z_][A-Za-z0-9_]*)"
    r"|([!&():=@\[\]{|}])"
    r'|"([^"\\\n\r\ud800-\udfff]*)"(?!")'
    r"|(-?(?:0|[1-9][0-9]*))(?![.A-Za-z0-9_]))"
)
_NAME, _PUNCTUATOR, _STRING = 1, 2, 3
NAME, STRING, INT = TokenKind.NAME, TokenKind.STRING, TokenKind.INT
AT, BANG, COLON, PAREN_L = TokenKind.AT, TokenKind.BANG, TokenKind.COLON, TokenKind.PAREN_L
_PUNCTUATORS = {kind.value: kind for kind in TokenKind}


def parse_sdl(text: str) -> DocumentNode:
    """Give the syntax tree. Raises GraphQLSyntaxError."""
    source = Source(text)
    try:
        return _PatternParser(source, lexer=_PatternLexer(source)).parse_document()
    except RecursionError:
        return parse(text)  # which says that the text is nested too deeply


class _PlainToken(Token):
    """A token that knows neither line nor neighbours: those hold all tokens of a text in one cycle."""

    __slots__ = ()

    def __init__(self, kind: TokenKind, start: int, end: int, value: str | None) -> None:
        self.kind, self.start, self.end, self.value = kind, start, end, value


class _PlainLocation(Location):
    """A location that lets go of its tokens; a third of the memory of a syntax tree is theirs."""

    __slots__ = ()

    def __init__(self, start: int, end: int, source: Source) -> None:
        self.start, self.end, self.source = start, end, source


class _PatternLexer(Lexer):
    """Reads plain tokens by one pattern. A token read ahead is kept until it is the current one."""

    _ahead: Token | None = None

    def advance(self) -> Token:
        token = self.last_token = self.token
        self.token = self._ahead or self._read(token.end)
        self._ahead = None
        return self.token

    def lookahead(self) -> Token:
        self._ahead = self._ahead or self._read(self.token.end)
        return self._ahead

    def _read(self, start: int) -> Token:
        match = _PLAIN.match(self.source.body, start)
        if match is None:  # other numbers and strings, what ends the text, and what is no token
            return self._read_other(start)
        group = match.lastindex
        text = match[group]  # type: ignore[index]  # exactly one group matches
        end = match.end()
        if group == _NAME:
            return _PlainToken(NAME, end - len(text), end, text)
        if group == _PUNCTUATOR:
            return _PlainToken(_PUNCTUATORS[text], end - 1, end, None)
        if group == _STRING:
            return _PlainToken(STRING, end - len(text) - 2, end, text)
        return _PlainToken(INT, end - len(text), end, text)

    def _read_other(self, start: int) -> Token:
        token = self.read_next_token(start)
        while token.kind is TokenKind.COMMENT:
            token = self.read_next_token(token.end)
        return token


class _PatternParser(Parser):
    """The library's parser with its most frequent productions written out; the others, and all errors, are its own."""

    def advance_lexer(self) -> None:
        self._lexer.advance()

    def loc(self, start_token: Token) -> Location:
        lexer = self._lexer
        return _PlainLocation(start_token.start, lexer.last_token.end, lexer.source)

    def parse_name(self) -> NameNode:
        lexer = self._lexer
        token = lexer.token
        if token.kind is not NAME:
            return super().parse_name()
        lexer.advance()
        return _node(NameNode, value=token.value, loc=_PlainLocation(token.start, token.end, lexer.source))

    def parse_named_type(self) -> NamedTypeNode:
        name = self.parse_name()
        return _node(NamedTypeNode, name=name, loc=name.loc)

    def parse_type_reference(self) -> TypeNode:
        lexer = self._lexer
        start = lexer.token
        if start.kind is not NAME:
            return super().parse_type_reference()
        named = self.parse_named_type()
        if lexer.token.kind is not BANG:
            return named
        lexer.advance()
        return _node(NonNullTypeNode, type=named, loc=self.loc(start))

    def parse_const_directives(self) -> tuple[ConstDirectiveNode, ...] | None:
        return super().parse_const_directives() if self._lexer.token.kind is AT else None

    def parse_directive(self, is_const: bool) -> DirectiveNode:
        start = self._lexer.token
        self.expect_token(AT)
        name, arguments = self.parse_name(), self.parse_arguments(is_const)
        return _node(DirectiveNode, name=name, arguments=arguments, loc=self.loc(start))

    def parse_argument_defs(self) -> tuple[InputValueDefinitionNode, ...] | None:
        return super().parse_argument_defs() if self._lexer.token.kind is PAREN_L else None

    def parse_field_definition(self) -> FieldDefinitionNode:
        start = self._lexer.token
        description = self.parse_description()
        name = self.parse_name()
        arguments = self.parse_argument_defs()
        self.expect_token(COLON)
        return _node(
            FieldDefinitionNode,
            description=description,
            name=name,
            arguments=arguments,
            type=self.parse_type_reference(),
            directives=self.parse_const_directives(),
            loc=self.loc(start),
        )


def _node(node_class: type[AnyNode], **values: object) -> AnyNode:
    """Make a node; its own constructor, a frozen dataclass's, takes twice to four times as long."""
    node = object.__new__(node_class)
    node.__dict__.update(values)
    return node
