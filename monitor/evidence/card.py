"""What the evidence card says: facts of one snapshot turned into bounded, harmless pieces of text.

`card.typ` only lays these pieces out. Comment text reaches it as data, never as markup, cut to a length that any
text can be drawn in; `capture.json` always holds the whole.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, TypedDict

from monitor.evidence.hidden_text import LINE_ENDS, code_and_name, is_hidden, is_variation_selector
from monitor.model import Category
from monitor.words import category_words

LONGEST_TEXT = 3000  # characters drawn
MOST_LINES = 60
LONGEST_CONTEXT = 300  # characters drawn of a post, or of another message in the thread
LONGEST_FIELD = 200
LONGEST_ADDRESS = 600
MOST_IN_LIST = 8  # flags, thread messages or attachments; the rest is counted
MARKS_ON_ONE_LETTER = 4
UNBROKEN = 40  # characters without a place to break the line
ADDRESS_LINE = 76  # characters of an address on one line
BREAK_HERE = "\u200b"


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


class Piece(TypedDict):
    """A stretch of one line. `marked`: why it was flagged. `spelled`: a name stands for a character."""

    text: str
    marked: bool
    spelled: bool


class Drawn(TypedDict):
    """Text ready to be drawn, and a sentence on what is not there ("" when all is)."""

    lines: list[list[Piece]]
    left_out: str


def card_content(
    capture: Mapping[str, Any], why: Mapping[str, Any], manifest_sha256: str, alphabet: Alphabet
) -> dict[str, Any]:
    """All that the card shows."""
    text, flags = capture["text"], why["flags"]
    spans = [(flag["start"], flag["end"]) for flag in flags]
    hidden = bool(capture["hidden_characters"])

    def short(value: object, longest: int = LONGEST_FIELD) -> str:
        return one_line(str(value or ""), longest, alphabet)

    return {
        "school": short(capture["school_name"]),
        "account": short(f"{capture['account_label']} (network: {capture['network']})"),
        "kind": short(capture["kind"]),
        "permalink": _address(capture["permalink"] or "The network gave no address for it.", alphabet),
        "author": short(capture["author_name"] or "no name shown"),
        "author_id": short(capture["author_id"] or "not given by the network"),
        "posted": _moment(capture["created_at"]),
        "edited": _moment(capture["edited_at"]) if capture["edited_at"] else None,
        "first_seen": _moment(capture["first_seen_at"]),
        "captured": _moment(capture["captured_at"]),
        "version": str(capture["version"]),
        "shown": short(capture["shown"]),
        "trigger": short(capture["trigger"]),
        "text": draw(text, spans, alphabet),
        "revealed": draw(text, spans, alphabet, reveal=True) if hidden else None,
        "flags": [_flag(flag, short) for flag in sorted(flags, key=_gravity)[:MOST_IN_LIST]],
        "more_flags": _more(flags, "reasons"),
        "post": short(capture["post_text"], LONGEST_CONTEXT),
        "thread": [
            {"who": line["who"], "at": _moment(line["at"])["local"], "text": short(line["text"], LONGEST_CONTEXT)}
            for line in capture["thread"][:MOST_IN_LIST]
        ],
        "more_thread": _more(capture["thread"], "messages"),
        "attachments": [
            {"kind": short(a["kind"]), "address": _address(a["address"], alphabet)}
            for a in capture["attachments"][:MOST_IN_LIST]
        ],
        "more_attachments": _more(capture["attachments"], "attachments"),
        "snapshot_id": capture["snapshot_id"],
        "manifest": f"sha256:{manifest_sha256}",
        "program": short(capture["program_version"]),
        "exchanges": str(capture["exchanges"]),
    }


def draw(text: str, spans: Sequence[tuple[int, int]], alphabet: Alphabet, reveal: bool = False) -> Drawn:
    """Lay a text out line by line. `reveal`: hidden characters as <U+202E RIGHT-TO-LEFT OVERRIDE>."""
    marked_at = {at for start, end in spans for at in range(start, min(end, len(text)))}
    lines: list[list[Piece]] = [[]]
    budget, done, breaks = LONGEST_TEXT, 0, _Breaks()
    for at, shown, spelled in _shown(text, alphabet, reveal):
        if (shown == "\n" and len(lines) == MOST_LINES) or len(shown) > budget:
            break
        done = at + 1
        budget -= len(shown)
        if shown == "\n":
            lines.append([])
            continue
        shown = shown if spelled else breaks.after(shown)
        _add(lines[-1], Piece(text=shown, marked=at in marked_at, spelled=spelled))
    else:
        done = len(text)
    rest = len(text) - done
    left_out = f"… {rest:,} more characters in capture.json" if rest else ""
    return Drawn(lines=lines, left_out=left_out if text else "It has no words.")


def one_line(text: str, longest: int, alphabet: Alphabet) -> str:
    """A short text for one field: hidden characters revealed, line ends as spaces, cut with a sign of it."""
    breaks = _Breaks()
    return "".join(map(breaks.after, _cut(text, longest, alphabet)))


def _address(text: str, alphabet: Alphabet) -> list[str]:
    """An address in lines that can be copied: nothing is put between its letters."""
    whole = "".join(_cut(text, LONGEST_ADDRESS, alphabet))
    return [whole[at : at + ADDRESS_LINE] for at in range(0, len(whole), ADDRESS_LINE)]


def _cut(text: str, longest: int, alphabet: Alphabet) -> Iterator[str]:
    for _, shown, spelled in _shown(text, alphabet, reveal=True):
        part = " " if shown == "\n" else f"[{shown}]" if spelled and not shown.startswith("<") else shown
        longest -= len(part)
        if longest < 0:
            yield "…"
            return
        yield part


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


def _shown(text: str, alphabet: Alphabet, reveal: bool) -> Iterator[tuple[int, str, bool]]:
    """For each character that leaves something on the page: where it stands, what to draw, is that a name."""
    marks = 0
    for at, char in enumerate(text):
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if reveal and is_hidden(text, at):
            yield at, f"<{code_and_name(char)}>", True
        elif char in LINE_ENDS:
            if not (char == "\n" and at and text[at - 1] == "\r"):
                yield at, "\n", False
        elif char == "\t":
            yield at, " ", False
        elif unicodedata.category(char) in {"Cc", "Cs"} or char in _NEVER_DRAWN or marks > MARKS_ON_ONE_LETTER:
            continue
        elif _can_draw(char, alphabet):
            yield at, char, False
        elif not (unicodedata.category(char) == "Cf" or is_variation_selector(char)):
            yield at, unicodedata.name(char, f"U+{ord(char):04X}").lower(), True


def _can_draw(char: str, alphabet: Alphabet) -> bool:
    if alphabet is not Alphabet.ALL and unicodedata.category(char) == "Cn":
        return False
    return any(low <= ord(char) <= high for low, high in _DRAWN[alphabet])


def _add(line: list[Piece], piece: Piece) -> None:
    if line and not piece["spelled"] and not line[-1]["spelled"] and line[-1]["marked"] == piece["marked"]:
        line[-1]["text"] += piece["text"]
    else:
        line.append(piece)


def _gravity(flag: Mapping[str, Any]) -> int:
    """Smaller for what is graver, so that the gravest reasons come first."""
    return {"urgent": 0, "serious": 1, "concern": 2}.get(flag["severity"], 3)


def _flag(flag: Mapping[str, Any], short: Any) -> dict[str, str]:
    where = f"characters {flag['start'] + 1} to {flag['end']}" if flag["end"] > flag["start"] else "the whole text"
    return {
        "category": category_words(Category(flag["category"])),
        "severity": short(flag["severity"]),
        "where": where,
        "reason": short(flag["reason"]),
        "clause": short(flag["clause"]),
        "detector": short(flag["detector"]),
        "score": f"{flag['score']:.2f}",
    }


def _more(things: Sequence[object], what: str) -> str:
    rest = len(things) - MOST_IN_LIST
    return f"… {rest:,} more {what} in the snapshot" if rest > 0 else ""


def _moment(both: Mapping[str, str | None]) -> dict[str, str]:
    """A stored time in words: local with its offset, and UTC. Fractions of a second stay in capture.json."""
    utc = datetime.fromisoformat(str(both["utc"]))
    spoken_utc = f"{utc.year:04}-{utc:%m-%d %H:%M:%S} UTC"
    if both["local"] is None:
        return {"local": spoken_utc, "utc": spoken_utc}
    local = datetime.fromisoformat(both["local"])
    offset = local.isoformat()[-6:]
    return {
        "local": f"{local:%A} {local.day} {local:%B} {local.year}, {local:%H:%M:%S} (UTC{offset})",
        "utc": spoken_utc,
    }
