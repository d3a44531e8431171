"""Emoji as words: their English names, and what people mean by some of them. Skin tones and joiners say nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from monitor.language.spelling.word_forms import Form

EMOJI = re.compile(
    "[\u203c\u2049\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\U0001f000-\U0001faff]"
)
MOST_ALIKE = 2  # how often one emoji is said where it stands many times in a row

_SILENT = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_TONE = re.compile("[\U0001f3fb-\U0001f3ff]")
_MEANT = {
    "clown face": "clown", "pig face": "pig", "pig": "pig", "pig nose": "pig", "snake": "snake", "rat": "rat",
    "pile of poo": "shit", "middle finger": "middle_finger", "kitchen knife": "knife", "dagger": "knife",
    "water pistol": "gun", "bomb": "bomb", "coffin": "coffin",
}  # fmt: skip
"""The plain word for an emoji, where it can be part of a listed phrase."""


def emoji_forms(text: str, knows: Callable[[str], bool]) -> Iterator[tuple[int, int, Form]]:
    """Each emoji of a normalised text, where it stands, and its name. A row of the same one is said twice at most."""
    at, same, last = 0, 0, ""
    names, longest = _names()
    for match in EMOJI.finditer(text):
        start = match.start()
        if start < at or text[start].isalnum():
            continue
        found, end = _longest_name(text, start, names, longest)
        same = same + 1 if found == last and start == at else 1
        at, last = end, found
        shown = found if same <= MOST_ALIKE else ""
        meant = _MEANT.get(found, "")
        known = {word: False for word in (found.replace(" ", "_"), meant) if knows(word)}
        yield start, end, Form(text[start:end], shown, known if shown else {}, True, found)


def _longest_name(text: str, start: int, names: dict[str, str], longest: int) -> tuple[str, int]:
    for size in range(min(longest, len(text) - start), 0, -1):
        name = names.get(text[start : start + size])
        if name is not None:
            end = start + size
            while end < len(text) and _TONE.match(text[end]):
                end += 1
            return name, end
    return "", start + 1


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, str], int]:
    """Every emoji without what has no shape, with its name in words; and the length of the longest."""
    import emoji  # its tables take longer to load than most of this program, and few commands read a comment

    names: dict[str, str] = {}
    for sequence, data in emoji.EMOJI_DATA.items():
        bare = _SILENT.sub("", sequence)
        if bare and not bare.isascii():
            name = data["en"].strip(":").replace("_", " ").replace("-", " ").replace("’", "'")
            names.setdefault(bare, name.lower())
    names.update(dict.fromkeys("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff", ""))
    return names, max(map(len, names))
