"""Plain text in which nothing acts on its reader: hidden characters are named, addresses open nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from monitor.evidence.defang import harmless
from monitor.evidence.hidden_text import LINE_ENDS, code_and_name, is_hidden

WIDTH = 100  # characters of a line
LABEL = 20  # characters of the name before a fact
MARKS_ON_ONE_LETTER = 4
_MARKS = frozenset({"Mn", "Me"})
_NO_CHARACTERS = frozenset("\ufffe\uffff")
_JOINED = frozenset("\u200d\ufe0e\ufe0f")
SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")


def named_lines(text: str) -> list[str]:
    """The whole text in its own lines: hidden characters as their names, and marks piled up on a letter as codes."""
    lines: list[list[str]] = [[]]
    instead, marks = harmless(text), 0
    special = {char for char in set(text) if _is_special(char)}
    for at, char in enumerate(text):
        if char not in special:
            marks = 0
            lines[-1].append(instead.get(at, char))
            continue
        marks = marks + 1 if unicodedata.category(char) in _MARKS else 0
        if char in LINE_ENDS:
            if not (char == "\n" and at and text[at - 1] == "\r"):
                lines.append([])
        elif is_hidden(text, at) or char in _NO_CHARACTERS:
            lines[-1].append(f"<{code_and_name(char)}>")
        elif marks > MARKS_ON_ONE_LETTER:
            lines[-1].append(f"<U+{ord(char):04X}>")
        else:
            lines[-1].append(" " if char == "\t" else char)
    return ["".join(line) for line in lines]


def _is_special(char: str) -> bool:
    marks_and_controls = unicodedata.category(char) in {*_MARKS, "Cc", "Cf", "Cs"}
    return marks_and_controls or is_hidden(char, 0) or char in LINE_ENDS or char in _NO_CHARACTERS


def named_line(text: str) -> str:
    """The whole text in one line, for a fact."""
    return " ".join(named_lines(text))


def numbered(text: str) -> list[str]:
    """A whole text in lines of `WIDTH`. What goes on from the line above has no number."""
    lines = named_lines(text)
    digits = max(len(str(len(lines))), 4)
    pages = []
    for number, line in enumerate(lines, 1):
        for first, part in enumerate(wrapped(line, WIDTH - digits - 3)):
            pages.append(f"{'' if first else number:>{digits}} | {part}")
    return pages


def fact(name: str, *values: str) -> list[str]:
    """A name and what is to be said on it, in lines of `WIDTH`."""
    parts = [part for value in values for part in wrapped(value, WIDTH - LABEL)]
    above = paragraph(name) if len(name) >= LABEL else []
    return above + [f"{'' if at or above else name:<{LABEL}}{part}".rstrip() for at, part in enumerate(parts)]


def paragraph(text: str) -> list[str]:
    """A sentence or more in lines of `WIDTH`."""
    return [part.rstrip() for part in wrapped(text, WIDTH)]


def heading(words: str) -> list[str]:
    """A line above a part, with a line above it."""
    return ["", words.upper(), "-" * len(words)]


def wrapped(line: str, width: int) -> Iterator[str]:
    """A line in parts of at most `width` characters, cut after a space where there is one."""
    start = 0
    while len(line) - start > width:
        end = line.rfind(" ", start + width // 2, start + width) + 1 or start + width
        while end > start + width // 2 and _belongs_to_the_one_before(line, end):
            end -= 1
        yield line[start:end]
        start = end
    yield line[start:]


def _belongs_to_the_one_before(line: str, at: int) -> bool:
    joined = line[at] in _JOINED or line[at] in SKIN_TONES or line[at - 1] == "\u200d"
    return joined or unicodedata.combining(line[at]) > 0
