"""Text of strangers as bounded, harmless pieces that any page can be laid out with.

Nothing here is markup, nothing is a link that works, and whatever is cut is said and counted.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import TypedDict

from monitor.evidence.card.plain_text import MARKS_ON_ONE_LETTER, SKIN_TONES
from monitor.evidence.defang import harmless
from monitor.evidence.hidden_text import LINE_ENDS, code_and_name, is_hidden, is_variation_selector

LONGEST_TEXT = 3000  # characters drawn
MOST_LINES = 60
LOOKED_AT = 8  # times as many characters as may be drawn, because some leave nothing on the page
UNBROKEN = 40  # characters without a place to break the line
ADDRESS_LINE = 76  # characters of an address on one line
BREAK_HERE = "\u200b"
JOINED = " + "
_JOINER = "\u200d"

DEFANGED = "Addresses are written so that they open nothing: hxxps stands for https, [.] for a dot."
_NAMED = "Words in frames or square brackets are names of characters that are not drawn here."


class Alphabet(IntEnum):
    """Which characters are drawn; the others are named. PDF/UA-1 refuses any that no font at hand can draw."""

    ALL = 0
    TYPST = 1
    """Those of the fonts inside typst 0.15 (found by trying every character), so no font of the machine matters."""
    ASCII = 2
    """Always drawn, even where several marks on one letter defeat every font."""


_DRAWN = {
    Alphabet.ALL: ((0, 0x10FFFF),),
    Alphabet.TYPST: ((0x20, 0x4FF), (0x1D00, 0x2027), (0x202A, 0x202E), (0x2030, 0x205E), (0x2066, 0x2069)),
    Alphabet.ASCII: ((0x20, 0x7E),),
}
_NEVER_DRAWN = frozenset("\ufeff\ufffe\uffff")
"""Refused by PDF/UA-1 in any text."""
_TOO_WIDE = frozenset("\ufdfd\u2e3a\u2e3b\ua9c5\ua9c4\U00012219\U0001242b\U000102b8")
"""One such character can fill a line of its own, so a few thousand would fill a book."""


class Piece(TypedDict):
    """A stretch of one line. `marked`: why it was flagged. `spelled`: a name stands for a character."""

    text: str
    marked: bool
    spelled: bool


class Drawn(TypedDict):
    """Text ready to be drawn. `right_to_left`: for each line, whether its first letter has that direction, as the
    networks decide it (UAX 9, P2). `notes`: sentences on what is not there or is written in another way."""

    lines: list[list[Piece]]
    right_to_left: list[bool]
    notes: list[str]


class Page:
    """Cuts texts to what a page can hold, and remembers whether it had to."""

    def __init__(self, alphabet: Alphabet) -> None:
        self.alphabet = alphabet
        self.cut = False

    def text(self, text: str, spans: Sequence[tuple[int, int]], reveal: bool = False) -> Drawn:
        """A text line by line. `reveal`: hidden characters as <U+202E RIGHT-TO-LEFT OVERRIDE>."""
        marked_at = {at for start, end in spans for at in range(start, min(end, len(text)))}
        lines: list[list[Piece]] = [[]]
        budget, done, piled, breaks = LONGEST_TEXT, 0, 0, _Breaks()
        head = text[: LONGEST_TEXT * LOOKED_AT]
        instead = harmless(head)
        for at, shown, spelled in _shown(head, instead, self.alphabet, reveal):
            if (shown == "\n" and len(lines) == MOST_LINES) or len(shown) > budget:
                break
            done = at + 1
            budget -= len(shown)
            piled += not shown
            if shown == "\n":
                lines.append([])
            elif shown:
                shown = shown if spelled else breaks.after(shown)
                _add(lines[-1], Piece(text=shown, marked=at in marked_at, spelled=spelled))
        else:
            done = len(head)
        return Drawn(
            lines=lines,
            right_to_left=[_is_right_to_left("".join(piece["text"] for piece in line)) for line in lines],
            notes=self._notes(lines, len(text) - done, piled, bool(instead), not text),
        )

    def line(self, text: str, longest: int, change: Callable[[str], str] = str) -> str:
        """A short text for one field: hidden characters revealed, line ends as spaces, cut with a sign of it.

        `change` is done to as much of the text as is looked at.
        """
        breaks = _Breaks()
        return "".join(map(breaks.after, self._cut(text, longest, change)))

    def address(self, text: str, longest: int) -> list[str]:
        """An address in lines that can be copied: nothing is put between its letters."""
        whole = "".join(self._cut(text, longest))
        return [whole[at : at + ADDRESS_LINE] for at in range(0, len(whole), ADDRESS_LINE)]

    def _cut(self, text: str, longest: int, change: Callable[[str], str] = str) -> Iterator[str]:
        head = change(text[: longest * LOOKED_AT])
        self.cut = self.cut or len(text) > longest * LOOKED_AT
        for _, shown, spelled in _shown(head, harmless(head), self.alphabet, reveal=True):
            part = " " if shown == "\n" else f"[{shown.strip()}]" if spelled and not shown.startswith("<") else shown
            longest -= len(part)
            self.cut = self.cut or longest < 0 or not part
            if longest < 0:
                yield "…"
                return
            if part:
                yield part

    def _notes(self, lines: list[list[Piece]], rest: int, piled: int, defanged: bool, empty: bool) -> list[str]:
        self.cut = self.cut or rest > 0 or piled > 0
        named = any(piece["spelled"] and not piece["text"].startswith("<") for line in lines for piece in line)
        notes = {
            f"… {rest:,} more {'character' if rest == 1 else 'characters'} in annex.txt": rest > 0,
            f"Marks piled up on single letters, {piled:,} of them, are in annex.txt": piled > 0,
            DEFANGED: defanged,
            _NAMED: named,
            "It has no words.": empty,
        }
        return [note for note, applies in notes.items() if applies]


class _Breaks:
    """Gives long words places to break the line, never between a letter and its marks."""

    def __init__(self) -> None:
        self._unbroken = 0

    def after(self, shown: str) -> str:
        self._unbroken = 0 if shown.isspace() else self._unbroken + len(shown)
        if self._unbroken <= UNBROKEN or unicodedata.category(shown[0]).startswith("M"):
            return shown
        self._unbroken = len(shown)
        return BREAK_HERE + shown


def _shown(
    text: str, instead: Mapping[int, str], alphabet: Alphabet, reveal: bool
) -> Iterator[tuple[int, str, bool]]:
    """For each character that leaves something on the page: where it stands, what to draw, is that a name.

    A mark that is one too many on its letter gives "".
    """
    marks = 0
    for at, char in enumerate(text):
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if reveal and is_hidden(text, at):
            yield at, f"<{code_and_name(char)}>", True
        elif char in LINE_ENDS:
            if not (char == "\n" and at and text[at - 1] == "\r"):
                yield at, "\n", False
        elif char == "\t":
            yield at, " ", False
        elif kind in {"Cc", "Cs"}:
            continue
        elif marks > MARKS_ON_ONE_LETTER:
            yield at, "", False
        elif at in instead:
            yield at, instead[at], False
        elif char == _JOINER and alphabet is not Alphabet.ALL and not is_hidden(text, at):
            continue  # it joins the parts of an emoji, which are named here
        elif _can_draw(char, kind, alphabet):
            yield at, char, False
        elif not (kind == "Cf" or is_variation_selector(char)):
            yield at, _name(text, at), True


def _name(text: str, at: int) -> str:
    """The name of a character in small letters; a flag's with its tags, for example "gbwls" for Wales.

    It begins with `JOINED` where the character is one picture with the one before.
    """
    joined = at > 0 and (text[at - 1] == _JOINER or text[at] in SKIN_TONES)
    name = unicodedata.name(text[at], f"U+{ord(text[at]):04X}").lower()
    tags = itertools.takewhile(lambda char: "\U000e0020" <= char < "\U000e007f", text[at + 1 : at + 9])
    words = " ".join(filter(None, (name, "".join(chr(ord(tag) - 0xE0000) for tag in tags))))
    return f"{JOINED}{words}" if joined else words


def _can_draw(char: str, kind: str, alphabet: Alphabet) -> bool:
    if char in _NEVER_DRAWN or char in _TOO_WIDE or (kind == "Cn" and alphabet is not Alphabet.ALL):
        return False
    return any(low <= ord(char) <= high for low, high in _DRAWN[alphabet])


def _is_right_to_left(line: str) -> bool:
    directions = map(unicodedata.bidirectional, line)
    return next((direction != "L" for direction in directions if direction in {"L", "R", "AL"}), False)


def _add(line: list[Piece], piece: Piece) -> None:
    if line and line[-1]["marked"] == piece["marked"] and _goes_on(line[-1], piece):
        line[-1]["text"] += piece["text"]
    else:
        line.append(piece)


def _goes_on(before: Piece, piece: Piece) -> bool:
    if not before["spelled"] or not piece["spelled"]:
        return before["spelled"] == piece["spelled"]
    in_one_picture = piece["text"].startswith(JOINED) and not before["text"].startswith("<")
    return in_one_picture and len(before["text"]) <= UNBROKEN
