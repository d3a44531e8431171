"""Characters that change what a reader sees without being seen themselves: found, named, and made visible."""

from __future__ import annotations

import unicodedata

LINE_ENDS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
_PLAIN_SPACE = frozenset("\t") | LINE_ENDS
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Count as letters, marks or symbols, yet leave nothing or a gap on the page."""

_JOINER = "\u200d"
_BLACK_FLAG = "\U0001f3f4"


def code_and_name(char: str) -> str:
    """For example "U+202E RIGHT-TO-LEFT OVERRIDE"."""
    nameless = {"Cc": "CONTROL CHARACTER", "Cs": "BROKEN SURROGATE", "Co": "PRIVATE CHARACTER"}
    name = unicodedata.name(char, nameless.get(unicodedata.category(char), "UNASSIGNED CHARACTER"))
    return f"U+{ord(char):04X} {name}"


def is_variation_selector(char: str) -> bool:
    """Whether it only chooses the look of the character before it."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def is_hidden(text: str, at: int) -> bool:
    """Whether the character at `at` is unseen and no ordinary part of an emoji.

    The joiners, selectors and tags inside an emoji (families, hearts, the flag of Wales) hide nothing.
    """
    char = text[at]
    if char in _BLANK_LETTERS:
        return True
    if is_variation_selector(char):
        return not (at and unicodedata.category(text[at - 1]) in {"So", "Sm", "Po", "Nd"})
    if unicodedata.category(char) not in {"Cc", "Cf", "Cs"} or char in _PLAIN_SPACE:
        return char in "\u2028\u2029"
    if char == _JOINER:
        return not (0 < at < len(text) - 1 and _is_symbol(text[at - 1]) and _is_symbol(text[at + 1]))
    if "\U000e0020" <= char <= "\U000e007f":
        return not _in_flag(text, at)
    return True


def hidden_positions(text: str) -> dict[str, list[int]]:
    """Every hidden code point with its name, and where it stands in `text` (from 0)."""
    found: dict[str, list[int]] = {}
    for at, char in enumerate(text):
        if is_hidden(text, at):
            found.setdefault(code_and_name(char), []).append(at)
    return found


def _is_symbol(char: str) -> bool:
    return unicodedata.category(char) in {"So", "Sk"} or is_variation_selector(char)


def _in_flag(text: str, at: int) -> bool:
    """Whether the tag at `at` belongs to a flag. The flags in use have at most six tags after the black flag."""
    for back in range(at - 1, max(at - 8, -1), -1):
        if text[back] == _BLACK_FLAG:
            return True
        if not "\U000e0020" <= text[back] <= "\U000e007f":
            return False
    return False
