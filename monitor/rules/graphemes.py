"""What a reader takes for one character: a letter with its accents, an emoji with its colour, a flag. Pure.

After Unicode's extended grapheme clusters (UAX 29), in the cases that people's comments are made of.
"""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"


def graphemes(text: str) -> list[str]:
    """The text cut into such characters; joined again they are the text."""
    found: list[str] = []
    for char in text:
        if found and _goes_on(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _goes_on(before: str, char: str) -> bool:
    if before == "\r" and char == "\n":
        return True
    if unicodedata.category(before[-1]) in {"Cc", "Zl", "Zp"}:
        return False
    if char == _JOINER or before[-1] == _JOINER or _is_added(char):
        return char not in "\r\n" and not char.isspace()
    if _is_flag_letter(char) and _is_flag_letter(before[-1]):
        return len(before) % 2 == 1 and all(map(_is_flag_letter, before))
    return _is_hangul_going_on(before[-1], char)


def _is_added(char: str) -> bool:
    return (
        unicodedata.category(char) in {"Mn", "Mc", "Me"}
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
        or char in "\uff9e\uff9f"
    )


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_hangul_going_on(before: str, char: str) -> bool:
    """Letters of Korean that make one syllable; whole syllables (U+AC00 on) take a last letter."""
    if "\u1160" <= char <= "\u11a7":
        return "\u1100" <= before <= "\u11a7"
    if "\u11a8" <= char <= "\u11ff":
        return "\u1160" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
    return "\u1100" <= before <= "\u115f" and "\u1100" <= char <= "\u115f"
