"""Parsing SDL: graphql-core's parser with a lexer that reads names and punctuation, nearly all tokens, by one pattern.

Reading tokens character by character is a third of parsing, and parsing a third of composing large graphs.
"""

from __future__ import annotations

import re

from graphql import DocumentNode, Lexer, Source, Token, TokenKind, parse
from graphql.language.parser import Parser

_PLAIN = re.compile(r"[ \t,\n]*(?:([A-Za-z_][A-Za-z0-9_]*)|([!&():=@\[\]{|}]))")
_PUNCTUATORS = {kind.value: kind for kind in TokenKind}


def parse_sdl(text: str) -> DocumentNode:
    """Give the syntax tree. Raises GraphQLSyntaxError."""
    source = Source(text)
    try:
        return Parser(source, lexer=_PatternLexer(source)).parse_document()
    except RecursionError:
        return parse(text)  # which says that the text is nested too deeply


class _PatternLexer(Lexer):
    def read_next_token(self, start: int) -> Token:
        body = self.source.body
        match = _PLAIN.match(body, start)
        if match is None:  # numbers, strings, comments, other line ends, and what is no token
            return super().read_next_token(start)
        name, punctuator = match.groups()
        position = match.start(1 if name else 2)
        lines = body.count("\n", start, position)
        if lines:
            self.line += lines
            self.line_start = body.rindex("\n", start, position) + 1
        kind = TokenKind.NAME if name else _PUNCTUATORS[punctuator]
        return Token(kind, position, match.end(), self.line, 1 + position - self.line_start, name)
