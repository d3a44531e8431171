"""A page of text as paragraphs, wrapped for a screen or for paper."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from alerts.filters import plain

WIDTH = 100  # columns
_STEP = 2  # columns for each level of indent


@dataclass(frozen=True)
class Paragraph:
    """Some words. `level`: how far in it stands. `mark`: what hangs before its first line ("1.", "-").
    `space`: whether an empty line goes before it. `is_row`: a row of a table, whose blanks stay."""

    words: str
    level: int = 1
    mark: str = ""
    space: bool = False
    is_row: bool = False


def heading(words: str) -> Paragraph:
    """The heading of a part of the page."""
    return Paragraph(words.upper(), level=0, space=True)


def numbered(items: Iterable[str], level: int = 2) -> Iterator[Paragraph]:
    """Words as a numbered list."""
    return (Paragraph(words, level, f"{number}.") for number, words in enumerate(items, start=1))


def laid_out(page: Iterable[Paragraph], width: int = WIDTH) -> list[str]:
    """The lines of a page, none wider than `width` but rows of tables and single words that are.

    A school's own pack may hold anything: there is nothing in the lines that a terminal would obey.
    """
    lines: list[str] = []
    for paragraph in page:
        if paragraph.space:
            lines.append("")
        indent = " " * (_STEP * paragraph.level)
        if paragraph.is_row:
            lines.append(indent + paragraph.words)
            continue
        mark = f"{paragraph.mark} " if paragraph.mark else ""
        lines += textwrap.wrap(
            plain(paragraph.words),
            width,
            initial_indent=indent + mark,
            subsequent_indent=indent + " " * len(mark),
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines
