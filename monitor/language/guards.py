"""Words that are quoted or mentioned in order to object, teach or report, said about oneself, or denied.

quoted        between quotation marks, beside a word such as "said", "called" or "words like"
mentioned     named as a word: "words like ...", "the word ..."
objecting     "stop calling people ...", "nobody should have to hear ...", "... is a slur"
reporting     "he was called a ... by", "she calls my son a ..."
teaching      "an assembly about why ... hurts"
self_mockery  "I'm such an idiot, I forgot the form"
reclaimed     "as a ... myself", "proud ..."
negated       "he is not an idiot"

A guard reaches to the end of its sentence, or 80 characters at most. It is for insults, swearing and hostile words.
What sounds like a threat, or like somebody in danger, counts whoever says it, so nothing here concerns it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitor.language.normalise import Normalised
from monitor.language.spelling.everyday import read_words_file
from monitor.language.spelling.tokens import Token
from monitor.language.stretch import Stretch

FARTHEST_BACK = 80  # characters

_NAMED = re.compile(r"\{([A-Z]+)\}")
_SENTENCE_ENDS = ".!?\n"


@dataclass(frozen=True)
class Guard:
    """A way of using a bad word without meaning it. `cues`: words without one of which it cannot be there."""

    kind: str
    cues: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    back: bool


def guarded_in(bare: Normalised, tokens: Sequence[Token]) -> Iterator[Stretch]:
    """The guarded stretches of a text, in order, none over another. Linear in its length."""
    words = {token.form.word for token in tokens}
    found = [
        stretch
        for guard in shipped_guards()
        if not guard.cues.isdisjoint(words)
        for pattern in guard.patterns
        for stretch in _stretches(guard, pattern, bare)
    ]
    end = 0
    for stretch in sorted(found, key=lambda one: (one.start, -one.end)):
        if stretch.end > end:
            yield stretch if stretch.start >= end else Stretch(end, stretch.end, stretch.kind)
            end = stretch.end


@lru_cache(maxsize=1)
def shipped_guards() -> tuple[Guard, ...]:
    """The guards that come with the program, read once."""
    content = read_words_file("guards.toml")
    return tuple(
        Guard(
            kind=entry["kind"],
            cues=frozenset(entry["cues"].split()),
            patterns=tuple(re.compile(_source(pattern, content["words"])) for pattern in entry["patterns"]),
            back=entry.get("back", False),
        )
        for entry in content["guard"]
    )


def _source(written: str, words: Mapping[str, str]) -> str:
    """A pattern as `re` takes it: words by name put in, line ends out."""
    return _NAMED.sub(lambda match: words[match[1]], written).replace("\n", "")


def _stretches(guard: Guard, pattern: re.Pattern[str], bare: Normalised) -> Iterator[Stretch]:
    for match in pattern.finditer(bare.text):
        start, end = match.span()
        if guard.back:
            before = bare.text[max(0, start - FARTHEST_BACK) : start]
            start -= len(before) - 1 - max(before.rfind(sign) for sign in _SENTENCE_ENDS)
        if start < end:
            yield Stretch(*bare.original_span(start, end), guard.kind)
