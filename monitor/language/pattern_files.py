"""How patterns are written down: files of TOML become patterns that RE2 can search for. See docs/patterns.md."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from config.policy import Severity
from monitor.language.needed_words import Need, Needs, asked_by, words_of
from monitor.model import Category

View = Literal["bare", "plain", "original"]
"""Which form of the text a pattern is looked for in: disguises undone, plain small letters, or as it was typed."""

_BETWEEN_WORDS = r"(?:[^\w.?!]+)"
_UP_TO_WORDS = re.compile(r" <(\d\d?)> ")
_GROUP = re.compile(r"\((?!\?)")
_LINE_END = re.compile(r"\n\s*")
_SIGN = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)
"""A bracket or a bar, or else a class of characters or an escaped one, in which brackets and bars are letters."""

_SHARED = "shared.toml"
_COUNTED = re.compile(r"\{\d+(,\d*)?\}")
_NAMED = re.compile(r"\{([A-Z_]+)\}")


@dataclass(frozen=True)
class Way:
    """One of the choices that a pattern is made of, as RE2 takes it. `needs`: words without which it is not there."""

    search: str
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Pattern:
    """One turn of phrase. `unless`: what stands near it where it means no harm. The examples are its proof."""

    id: str
    category: Category
    severity: Severity
    score: float
    reason: str
    ways: tuple[Way, ...]
    unless: str | None
    view: View
    hits: tuple[str, ...]
    misses: tuple[str, ...]


def shipped_files() -> list[Pattern]:
    """The patterns of all files that came with the program. Raises ValueError where one is wrong, naming it."""
    folder = resources.files("monitor.language") / "patterns"
    files = sorted((file for file in folder.iterdir() if file.name != _SHARED), key=lambda file: file.name)
    tables = {file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8")) for file in files}
    common = _examples(tables.values())
    return [one for name, table in tables.items() for one in read_patterns(name, table, shared_words(), common)]


@lru_cache(maxsize=1)
def shared_words() -> Mapping[str, str]:
    """The word classes that every file of patterns may name."""
    file = resources.files("monitor.language") / "patterns" / _SHARED
    words: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))["words"]
    return words


def read_patterns(
    category: str, table: Mapping[str, Any], shared: Mapping[str, str], common: Mapping[str, int] | None = None
) -> list[Pattern]:
    """The patterns of one file. Raises ValueError where one is wrong, naming it.

    `common`: how often words are met; where not given, as often as in the examples of the file.

    Whether RE2 takes them is found out when they are made ready to search with (`patterns.py`).
    """
    words = {name: _LINE_END.sub("", each) for name, each in {**shared, **table.get("words", {})}.items()}
    needs = Needs(words, how_common=(common or _examples([table])).__getitem__)
    return [_pattern(Category(category), entry, words, needs) for entry in table["pattern"]]


def _examples(tables: Iterable[Mapping[str, Any]]) -> Mapping[str, int]:
    """How often any word stands in the examples of files, which are like what people write."""
    entries = [entry for table in tables for entry in table["pattern"]]
    texts = (text for entry in entries for text in (*entry.get("hits", ()), *entry.get("misses", ())))
    words = (word for text in texts for word in words_of(text.lower().replace("'", "")))
    return defaultdict(int, Counter(asked for word in words for asked in asked_by(word)))


def _pattern(category: Category, entry: Mapping[str, Any], words: Mapping[str, str], needs: Needs) -> Pattern:
    try:
        unless = entry.get("unless")
        whole = entry.get("whole_words", True)
        return Pattern(
            id=entry["id"],
            category=category,
            severity=entry["severity"],
            score=entry["score"],
            reason=entry["reason"],
            ways=tuple(
                Way(rf"\b(?:{source})(?:\b|$)" if whole else source, tuple(needs.of(written, whole)))
                for written in _ways(_LINE_END.sub("", entry["pattern"]))
                if (source := source_of(written, words)) is not None
            ),
            unless=rf"(?:^|\W)(?:{source_of(unless, words)})(?:\W|$)" if unless else None,
            view=entry.get("view", "bare"),
            hits=tuple(entry["hits"]),
            misses=tuple(entry["misses"]),
        )
    except (KeyError, ValueError) as problem:
        raise ValueError(f"{category}, pattern {entry.get('id')!r}: {problem}") from problem


def source_of(written: str, words: Mapping[str, str]) -> str:
    """What RE2 is given: words by name put in, a space for whatever stands between words, <2> for up to two words."""
    written = _LINE_END.sub("", written)
    for _ in range(3):  # a word class may name others
        written = _NAMED.sub(lambda match: f"({words[match[1]]})", written)
    written = _UP_TO_WORDS.sub(lambda match: f" (?:\\w+ ){{0,{match[1]}}}", written)
    if "<" in written or "{" in _COUNTED.sub("", written):
        raise ValueError("a gap needs a space on each side, and a word class must be one that is known")
    return _GROUP.sub("(?:", written).replace(" ", _BETWEEN_WORDS)


def _ways(source: str) -> list[str]:
    """The choices that a pattern is made of. One by one, it can be told which words must be there for each.

    Raises ValueError where brackets do not match.
    """
    ways: list[str] = []
    depth = begin = first_closed = 0
    for sign in _SIGN.finditer(source):
        if sign[0] == "(":
            depth += 1
        elif sign[0] == ")":
            depth -= 1
            first_closed = first_closed or (0 if depth else sign.end())
            if depth < 0:
                raise ValueError("nothing opened a bracket that it closes")
        elif sign[0] == "|" and not depth:
            ways.append(source[begin : sign.start()])
            begin = sign.end()
    if depth:
        raise ValueError("a bracket is not closed")
    ways.append(source[begin:])
    if len(ways) == 1 and source.startswith("(") and first_closed == len(source):  # the group is all of it
        return _ways(source[1:-1])
    return ways
