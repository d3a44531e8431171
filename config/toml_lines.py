"""On which line each key of a TOML text stands. `tomllib` does not say, and a problem without its line is a hunt.

Only for text that `tomllib` has accepted: the scanner follows the shape of TOML and checks nothing.
Grammar: https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import re
import tomllib
from typing import NamedTuple

from config.problems import KeyPath

_TOKEN = re.compile(
    r'''
    (?P<skip> [ \t\r]+ | \#[^\n]* )
  | (?P<newline> \n )
  | (?P<string> """(?:\\.|[^\\])*?"{3,5} | \'\'\'.*?\'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' )
  | (?P<mark> [\[\]{}=,.] )
  | (?P<word> [^\s\[\]{}=,.\#"']+ )
    ''',
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


class _Scanner:
    def __init__(self, text: str) -> None:
        self.tokens: list[_Token] = []
        line = 1
        for match in _TOKEN.finditer(text):
            kind, part = match.lastgroup or "", match.group()
            if kind != "skip":
                self.tokens.append(_Token(kind, part, line))
            line += part.count("\n")
        self.tokens.append(_Token("end", "", line))
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self.last_index: dict[KeyPath, int] = {}

    def peek(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def before(self, closing: str) -> bool:
        return self.peek().text != closing and self.peek().kind != "end"

    def mark(self, path: KeyPath, line: int) -> None:
        for length in range(len(path), 0, -1):
            self.lines.setdefault(path[:length], line)

    def key(self) -> tuple[str, ...]:
        parts = []
        while self.peek().kind in {"word", "string"}:
            token = self.take()
            parts.append(token.text if token.kind == "word" else tomllib.loads(f"k = {token.text}")["k"])
            if self.peek().text != ".":
                break
            self.take()
        return tuple(parts)

    def document(self) -> None:
        table: KeyPath = ()
        while (token := self.peek()).kind != "end":
            if token.text == "[":
                table = self.header()
            elif token.kind in {"word", "string"}:
                self.assignment(table)
            else:
                self.take()

    def header(self) -> KeyPath:
        line = self.take().line
        of_array = self.peek().text == "["
        if of_array:
            self.take()
        *outer, last = self.key()
        path: KeyPath = ()
        for name in outer:
            path = (*path, name)
            if path in self.last_index:
                path = (*path, self.last_index[path])
        path = (*path, last)
        if of_array:
            self.last_index[path] = self.last_index.get(path, -1) + 1
            path = (*path, self.last_index[path])
        self.mark(path, line)
        while self.peek().text == "]":
            self.take()
        return path

    def assignment(self, table: KeyPath) -> None:
        line = self.peek().line
        path = (*table, *self.key())
        self.mark(path, line)
        self.take()
        self.value(path)

    def value(self, path: KeyPath) -> None:
        token = self.peek()
        if token.text == "[":
            self.array(path)
        elif token.text == "{":
            self.take()
            while self.before("}"):
                if self.peek().kind in {"word", "string"}:
                    self.assignment(path)
                else:
                    self.take()
            self.take()
        else:
            self.take()
            while (token := self.peek()).kind not in {"newline", "end"} and token.text not in {",", "]", "}"}:
                self.take()

    def array(self, path: KeyPath) -> None:
        self.take()
        position = 0
        while self.before("]"):
            if self.peek().kind == "newline":
                self.take()
            elif self.peek().text == ",":
                self.take()
                position += 1
            else:
                self.mark((*path, position), self.peek().line)
                self.value((*path, position))
        self.take()


def key_lines(text: str) -> dict[KeyPath, int]:
    """Line, from 1, of every key, table and list entry. For a table it is the line on which it first appears."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines
