"""Numbers as people write them: in groups, with an O for a zero, or digit by digit in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import re2

FEWEST_DIGITS = 9

_WORDS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "hundred": "00",
}  # fmt: skip
_TIMES = {"double": 2, "treble": 3, "triple": 3}

_ENOUGH = re.compile(r"\d[\do().,/\s+-]{0,12}\d|\boh|zero|double|nine")
"""What must be there, else there is no number worth the search."""

_DIGIT = re.compile(r"\d")

_RUN = re.compile(r"(?<![\w£$€.,/])\+?\(?[\do][\do\s().\-]*")
"""A digit and whatever digits and gaps follow: one class of characters, so that no text can make it search long."""

_WIDE_GAP = re.compile(r"[\s().\-]{4,}")
_RUNS_ON = re.compile(r"[\w/]|[.,]\d")
_MOST_DIGITS = 60
_WORD = (
    r"(?:zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine|hundred|double|treble|triple|then|\d{1,6})\b"
)
_IN_WORDS = re2.compile(rf"\b(?:zero|oh|o|double|07\d{{3}}|01\d{{3}}|0)(?:[\s,.\-]{{0,3}}{_WORD}){{2,14}}\b")
_PART = re.compile(_WORD)


@dataclass(frozen=True)
class Number:
    """The digits of a number and where it stands in the text it was found in, end excluded."""

    digits: str
    international: bool
    start: int
    end: int


def numbers_in(text: str) -> Iterator[Number]:
    """Numbers of at least FEWEST_DIGITS digits in a normalised text. Never raises; linear in the text's length."""
    if not ("oh" in text or "zero" in text or "double" in text or "nine" in text or _DIGIT.search(text)):
        return  # as in nearly all, and several times as fast as the next, which sees the same
    if _ENOUGH.search(text) is None:
        return
    for match in _RUN.finditer(text):
        yield from _in_digits(text, match)
    for match in _IN_WORDS.finditer(text):
        digits = _spoken(match.group())
        if len(digits) >= FEWEST_DIGITS and any(char.isalpha() for char in match.group()):
            yield Number(digits, False, match.start(), match.end())


def _in_digits(text: str, run: re.Match[str]) -> Iterator[Number]:
    """The numbers of a run, which wide gaps part. One that runs on into a word or a fraction is none."""
    begins = [run.start(), *(run.start() + gap.end() for gap in _WIDE_GAP.finditer(run.group()))]
    ends = [*(run.start() + gap.start() for gap in _WIDE_GAP.finditer(run.group())), run.end()]
    for start, limit in zip(begins, ends, strict=True):
        written = text[start:limit].rstrip(" \t\r\n().-")
        end = start + len(written)
        digits = "".join("0" if char == "o" else char for char in written if char.isdigit() or char == "o")
        if not (FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS and digits.isascii()) or _RUNS_ON.match(text, end):
            continue
        international = written.startswith("+") or digits.startswith("00")
        if international:
            digits = digits.removeprefix("00").replace("4407", "447", 1)
        yield Number(digits, international, start, end)


def _spoken(words: str) -> str:
    digits = ""
    times = 1
    for part in _PART.findall(words):
        if part in _TIMES:
            times = _TIMES[part]
        elif part != "then":
            digits += (part if part.isdigit() else _WORDS[part]) * times
            times = 1
    return digits
