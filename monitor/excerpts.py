"""The beginning of a comment as it may stand in a mail: nothing hidden, nothing to click, nobody's name.

hidden          what changes what a reader sees without being seen is left out: control and bidirectional
                characters, characters of no width, tags
names           of those who wrote in the thread become initials, or "[name]"; so does whoever is addressed with @
contacts        telephone numbers and mail addresses become "[number]" and "[address]"
addresses       no mail program makes a link of one: hxxps://example[.]com
flagged words   their first letter and a dot for each other character, where they are to be masked
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from monitor.evidence.defang import defanged
from monitor.rules.graphemes import graphemes

LONGEST = 80
"""Characters as a reader counts them."""
_LOOKED_AT = 600
_READ = 20_000
"""Characters that are looked at to find so many visible ones: hostile text may hide thousands between two letters."""
DOT = "•"
NAME, NUMBER, ADDRESS = "[name]", "[number]", "[address]"

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_MAIL = re.compile(r"[^\s@＠]+[@＠][^\s@＠]+\.[^\s@＠]+")
_AT = re.compile(r"\S*[@＠]\S+|\S+[@＠]|(?<![^\s(])/?u/\w[\w-]*")
_NUMBER = re.compile(r"[+(]{0,2}\d(?:[ ().·/‐‑‒–—-]{0,3}\d){5,}")
_SCHEME = re.compile(r"(?i)\b([a-z][a-z0-9+-]{1,20}):(?=\S)")
_INNER_DOT = re.compile(r"(?<=\w)[.。．｡](?=[^\W\d_]{2})")
_WWW = re.compile(r"(?i)\b(www\d{0,3})\.")


def beginning(text: str, names: Iterable[str], masked: Collection[tuple[int, int]] = (), *, initials: bool) -> str:
    """The first 80 characters, made harmless. `names`: of those who wrote in the thread, shown as initials or as
    "[name]"; `masked`: stretches of the text (from, to, end excluded) whose words are dotted out."""
    shown = _without_names(_dotted_out(text, masked), names, initials=initials)
    return _cut(_harmless(shown))


def initials_of(name: str) -> str:
    """The first letters of the first and the last word of a name: "J. S."; empty where it has none."""
    words = [first for word in _seen(name).split() if (first := _first_letter(word))]
    return " ".join(f"{letter.upper()}." for letter in (words[:1] + words[1:][-1:]))


def _first_letter(word: str) -> str:
    return next((each for each in graphemes(word) if each[0].isalpha()), "")


def _seen(text: str) -> str:
    return "".join(_visible(text, ()))


def _visible(text: str, masked: Collection[tuple[int, int]]) -> Iterator[str]:
    yield from (char for char, _ in _marked(text, masked))


def _marked(text: str, masked: Collection[tuple[int, int]]) -> Iterator[tuple[str, int | None]]:
    """Every visible character, runs of white space as one, each with the number of the stretch it is in."""
    stretches = _joined(masked)
    at, space, count = 0, False, 0
    for place, char in enumerate(text[:_READ]):
        while at < len(stretches) and stretches[at][1] <= place:
            at += 1
        if char.isspace():
            space = True
            continue
        if unicodedata.category(char) in _UNSEEN or char in _BLANK:
            continue
        if count >= _LOOKED_AT:
            return
        if space and count:
            yield " ", None
        space, count = False, count + 1
        yield char, at if at < len(stretches) and stretches[at][0] <= place else None


def _joined(stretches: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begin, end in sorted(each for each in stretches if each[0] < each[1]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _dotted_out(text: str, masked: Collection[tuple[int, int]]) -> str:
    marked = list(_marked(text, masked))
    pieces: list[tuple[str, int | None]] = []
    place = 0
    for each in graphemes("".join(char for char, _ in marked)):
        inside = [stretch for _, stretch in marked[place : place + len(each)] if stretch is not None]
        pieces.append((each, inside[0] if inside else None))
        place += len(each)
    shown, begun = "", set()
    for stretch, some in groupby(pieces, key=lambda piece: piece[1]):
        word = [each for each, _ in some]
        if stretch is None:
            shown += "".join(word)
            continue
        # A word of one or two letters in the middle may be part of one that is spelt apart: f u ck.
        is_kept = (len(word) > 2 or stretch not in begun) and word[0][0].isalpha()
        shown += (word[0] if is_kept else DOT) + DOT * (len(word) - 1)
        begun.add(stretch)
    return shown


def _without_names(text: str, names: Iterable[str], *, initials: bool) -> str:
    for words, instead in _names(names, initials=initials):
        text = re.sub(rf"(?<!\w){words}(?!\w)", lambda _, said=instead: said, text)  # type: ignore[misc]
    return text


def _names(names: Iterable[str], *, initials: bool) -> Iterator[tuple[str, str]]:
    """Patterns of names and what stands instead, longest first: whole in any letters, parts as they are written."""
    parts: dict[str, str] = {}
    for name in sorted({_seen(each) for each in names} - {""}, key=len, reverse=True):
        words = [word for word in name.split() if any(map(str.isalnum, word))]
        instead = (initials_of(name) if initials else "") or NAME
        if words:
            yield "(?i:" + r"\s+".join(map(re.escape, words)) + ")", instead
        for word in words if len(words) > 1 else ():
            if sum(map(str.isalpha, word)) > (1 if word[0].isupper() else 3):
                parts.setdefault(word, (initials_of(word) if initials else "") or NAME)
    for word in sorted(parts, key=len, reverse=True):
        yield f"(?:{re.escape(word)}|{re.escape(word.capitalize())})", parts[word]


def _harmless(text: str) -> str:
    text = _MAIL.sub(ADDRESS, text)
    text = _AT.sub(NAME, text)
    text = defanged(text)
    text = _NUMBER.sub(NUMBER, text)
    text = _SCHEME.sub(lambda found: found[0] if found[1].lower().startswith("hxxp") else f"{found[1]}[:]", text)
    return _WWW.sub(r"\1[.]", _INNER_DOT.sub("[.]", text))


def _cut(text: str) -> str:
    found: Sequence[str] = graphemes(text.strip())
    # What was cut off in the middle of being looked at may end in half a name.
    return "".join(found) if len(found) <= LONGEST else "".join(found[: LONGEST - 1]).rstrip() + "…"
