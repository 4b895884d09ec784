"""Parsing SDL: graphql-core's parser with a faster lexer and lighter locations.

Reading tokens character by character is a third of parsing, and parsing a third of composing large graphs.
"""

from __future__ import annotations

import re
from typing import TypeVar

from graphql import (
    ArgumentNode,
    ConstDirectiveNode,
    DirectiveNode,
    DocumentNode,
    FieldDefinitionNode,
    GraphQLSyntaxError,
    InputValueDefinitionNode,
    Lexer,
    Location,
    NamedTypeNode,
    NameNode,
    Node,
    NonNullTypeNode,
    Source,
    StringValueNode,
    Token,
    TokenKind,
    TypeNode,
    parse,
)
from graphql.language.parser import Parser

AnyNode = TypeVar("AnyNode", bound=Node)

_IGNORED = r"[ \t,\n\r\ufeff]*"
_WORD = r"([A-Za-z_][A-Za-z0-9_]*+)"
_TEXT = r'"([^"\\\n\r\ud800-\udfff]*)"(?!")'
# Ignored characters and comments, then a name, a punctuator, a string without escapes, or an integer. Surrogates are
# left to the library: whether they are allowed depends on their neighbours.
_PLAIN = re.compile(
    rf"{_IGNORED}(?:#[^\n\r\ud800-\udfff]*[\n\r]{_IGNORED})*"
    rf"(?:{_WORD}|([!&():=@\[\]{{|}}])|{_TEXT}|(-?(?:0|[1-9][0-9]*))(?![.A-Za-z0-9_]))"
)
# What follows the name of a field or an argument, if it is a type without a list.
_TYPE = re.compile(rf"{_IGNORED}:{_IGNORED}{_WORD}(?:{_IGNORED}(!)|(?!{_IGNORED}#))")
# What follows the @ of most directives, e.g. of `@key(fields: "id")`.
_ONE_TEXT = re.compile(rf"{_IGNORED}{_WORD}{_IGNORED}\({_IGNORED}{_WORD}{_IGNORED}:{_IGNORED}({_TEXT}){_IGNORED}\)")
MAX_NESTED_LISTS = 50
_NAME, _PUNCTUATOR, _STRING = 1, 2, 3
NAME, STRING, INT = TokenKind.NAME, TokenKind.STRING, TokenKind.INT
AT, BANG, COLON, EQUALS, PAREN_L = TokenKind.AT, TokenKind.BANG, TokenKind.COLON, TokenKind.EQUALS, TokenKind.PAREN_L
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

    def skip_to(self, end: int) -> None:
        """Take everything up to here as read."""
        self.last_token = _PlainToken(NAME, end, end, None)
        self.token = self._read(end)

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

    _lexer: _PatternLexer
    _lists: int = 0

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
            return self.parse_list_type()
        named = self.parse_named_type()
        if lexer.token.kind is not BANG:
            return named
        lexer.advance()
        return _node(NonNullTypeNode, type=named, loc=self.loc(start))

    def parse_list_type(self) -> TypeNode:
        """Read a list's type; what reads types goes down list by list, so there are bounds."""
        self._lists += 1
        if self._lists > MAX_NESTED_LISTS:
            text = f"A type is a list of lists more than {MAX_NESTED_LISTS} times over."
            raise GraphQLSyntaxError(self._lexer.source, self._lexer.token.start, text)
        type_ = super().parse_type_reference()
        self._lists -= 1
        return type_

    def parse_const_directives(self) -> tuple[ConstDirectiveNode, ...] | None:
        return super().parse_const_directives() if self._lexer.token.kind is AT else None

    def parse_directive(self, is_const: bool) -> DirectiveNode:
        lexer = self._lexer
        start = lexer.token
        match = _ONE_TEXT.match(lexer.source.body, start.end)
        if match is None:
            return super().parse_directive(is_const)
        lexer.skip_to(match.end())
        name, argument_name = self.matched_name(match, 1), self.matched_name(match, 2)
        value = _node(StringValueNode, value=match[4], block=False, loc=self.matched_location(match, 3, 3))
        argument = _node(ArgumentNode, name=argument_name, value=value, loc=self.matched_location(match, 2, 3))
        return _node(DirectiveNode, name=name, arguments=(argument,), loc=self.loc(start))

    def parse_argument_defs(self) -> tuple[InputValueDefinitionNode, ...] | None:
        return super().parse_argument_defs() if self._lexer.token.kind is PAREN_L else None

    def parse_field_definition(self) -> FieldDefinitionNode:
        start = self._lexer.token
        description = self.parse_description()
        name, type_ = self.parse_plain_member()
        arguments = None if type_ else self.parse_argument_defs()
        return _node(
            FieldDefinitionNode,
            description=description,
            name=name,
            arguments=arguments,
            type=type_ or self.parse_type_after_colon(),
            directives=self.parse_const_directives(),
            loc=self.loc(start),
        )

    def parse_input_value_def(self) -> InputValueDefinitionNode:
        start = self._lexer.token
        description = self.parse_description()
        name, type_ = self.parse_plain_member()
        return _node(
            InputValueDefinitionNode,
            description=description,
            name=name,
            type=type_ or self.parse_type_after_colon(),
            default_value=self.parse_const_value_literal() if self.expect_optional_token(EQUALS) else None,
            directives=self.parse_const_directives(),
            loc=self.loc(start),
        )

    def parse_plain_member(self) -> tuple[NameNode, NamedTypeNode | NonNullTypeNode | None]:
        """Read a name, and its type if that follows and is no list: three or four tokens at once."""
        lexer = self._lexer
        token = lexer.token
        match = _TYPE.match(lexer.source.body, token.end) if token.kind is NAME else None
        if match is None:
            return self.parse_name(), None
        lexer.skip_to(match.end())
        name = _node(NameNode, value=token.value, loc=_PlainLocation(token.start, token.end, lexer.source))
        type_name = self.matched_name(match, 1)
        type_ = _node(NamedTypeNode, name=type_name, loc=type_name.loc)
        if match[2] is None:
            return name, type_
        return name, _node(NonNullTypeNode, type=type_, loc=self.matched_location(match, 1, 2))

    def matched_name(self, match: re.Match[str], group: int) -> NameNode:
        return _node(NameNode, value=match[group], loc=self.matched_location(match, group, group))

    def matched_location(self, match: re.Match[str], first: int, last: int) -> Location:
        return _PlainLocation(match.start(first), match.end(last), self._lexer.source)

    def parse_type_after_colon(self) -> TypeNode:
        self.expect_token(COLON)
        return self.parse_type_reference()


def _node(node_class: type[AnyNode], **values: object) -> AnyNode:
    """Make a node; its own constructor, a frozen dataclass's, takes twice to four times as long."""
    node = object.__new__(node_class)
    node.__dict__.update(values)
    return node
