"""Words that commit the school to something. The turns of phrase are in `promises.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import islice

from monitor.language.normalise import normalise
from monitor.language.pattern_files import source_of
from monitor.language.searching import holds, matches

MOST_LOOKED_AT = 20  # matches of one pattern in one text
AROUND = 160  # characters on each side in which `unless` is looked for, up to the end of the sentence
_SENTENCE_END = re.compile(r"[.!?\n](?:\s|$)")


@dataclass(frozen=True)
class PromisePattern:
    """One kind of promise, as RE2 takes it. The examples are its proof."""

    id: str
    reason: str
    search: str
    unless: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]


@dataclass(frozen=True)
class Promise:
    """Where a promise stands, end excluded, and what it says in our words."""

    start: int
    end: int
    reason: str


def promises_in(text: str) -> Iterator[Promise]:
    """Each kind of promise at its first place. Never raises; the cost grows with the text alone."""
    joined = normalise(text).joined
    for pattern in shipped_promises():
        for match in islice(matches(pattern.search, joined.searched), MOST_LOOKED_AT):
            start, end = match.span()
            if start < end and not _is_taken_back(pattern, joined.text, start, end):
                yield Promise(*joined.original_span(start, end), pattern.reason)
                break


@lru_cache(maxsize=1)
def shipped_promises() -> tuple[PromisePattern, ...]:
    """The patterns that come with the program."""
    file = resources.files("monitor.language.outgoing") / "promises.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    words: dict[str, str] = table["words"]
    return tuple(
        PromisePattern(
            id=each["id"],
            reason=each["reason"],
            search=rf"\b(?:{source_of(each['pattern'], words)})(?:\b|$)",
            unless=rf"(?:^|\W)(?:{source_of(each['unless'], words)})(?:\W|$)",
            hits=tuple(each["hits"]),
            misses=tuple(each["misses"]),
        )
        for each in table["promise"]
    )


def _is_taken_back(pattern: PromisePattern, text: str, start: int, end: int) -> bool:
    """Whether the sentence it stands in says that it is no promise."""
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    begins = [match.end() for match in _SENTENCE_END.finditer(before)]
    ends = _SENTENCE_END.search(after)
    sentence = before[begins[-1] if begins else 0 :] + text[start:end] + after[: ends.start() if ends else None]
    return holds(pattern.unless, sentence)
