"""How patterns are written down: files of TOML become patterns that RE2 can search for. See docs/patterns.md."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

import re2

from config.policy import Severity
from monitor.model import Category

View = Literal["bare", "plain", "original"]
"""Which form of the text a pattern is looked for in: disguises undone, plain small letters, or as it was typed."""

_BETWEEN_WORDS = r"(?:[^\w.?!]+)"
_UP_TO_WORDS = re.compile(r" <(\d\d?)> ")
_GROUP = re.compile(r"\((?!\?)")
_LINE_END = re.compile(r"\n\s*")
_PIECE = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|.", re.DOTALL)
"""A character of a pattern, or what counts as one: escaped, or a class."""

_SHARED = "shared.toml"
_COUNTED = re.compile(r"\{\d+(,\d*)?\}")
_NAMED = re.compile(r"\{([A-Z_]+)\}")


@dataclass(frozen=True)
class Pattern:
    """One turn of phrase. `unless`: what stands near it where it means no harm. The examples are its proof."""

    id: str
    category: Category
    severity: Severity
    score: float
    reason: str
    searches: tuple[re2._Regexp, ...]
    unless: re2._Regexp | None
    view: View
    hits: tuple[str, ...]
    misses: tuple[str, ...]


def shipped_files() -> list[Pattern]:
    """The patterns of all files that came with the program. Raises ValueError where one is wrong, naming it."""
    folder = resources.files("monitor.language") / "patterns"
    files = sorted((file for file in folder.iterdir() if file.name != _SHARED), key=lambda file: file.name)
    tables = {file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8")) for file in files}
    return [one for name, table in tables.items() for one in read_patterns(name, table, shared_words())]


def shared_words() -> Mapping[str, str]:
    """The word classes that every file of patterns may name."""
    file = resources.files("monitor.language") / "patterns" / _SHARED
    words: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))["words"]
    return words


def read_patterns(category: str, table: Mapping[str, Any], shared: Mapping[str, str]) -> list[Pattern]:
    """The patterns of one file. Raises ValueError where one is wrong, naming it."""
    words = {**shared, **table.get("words", {})}
    return [_pattern(Category(category), entry, words) for entry in table["pattern"]]


def _pattern(category: Category, entry: Mapping[str, Any], words: Mapping[str, str]) -> Pattern:
    try:
        unless = entry.get("unless")
        return Pattern(
            id=entry["id"],
            category=category,
            severity=entry["severity"],
            score=entry["score"],
            reason=entry["reason"],
            searches=tuple(
                _compiled(rf"\b(?:{way})(?:\b|$)" if entry.get("whole_words", True) else way)
                for way in _ways(_source(entry["pattern"], words))
            ),
            unless=_compiled(rf"(?:^|\W)(?:{_source(unless, words)})(?:\W|$)") if unless else None,
            view=entry.get("view", "bare"),
            hits=tuple(entry["hits"]),
            misses=tuple(entry["misses"]),
        )
    except re2.error as problem:
        said = str(problem.args[0])[:60]
        raise ValueError(f"{category}, pattern {entry.get('id')!r} is no pattern: {said}") from problem
    except (KeyError, ValueError) as problem:
        raise ValueError(f"{category}, pattern {entry.get('id')!r}: {problem}") from problem


def _compiled(source: str) -> re2._Regexp:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(source, options)


def _source(written: str, words: Mapping[str, str]) -> str:
    """What RE2 is given: words by name put in, a space for whatever stands between words, <2> for up to two words."""
    written = _LINE_END.sub("", written)
    for _ in range(3):  # a word class may name others
        written = _NAMED.sub(lambda match: f"({_LINE_END.sub('', words[match[1]])})", written)
    written = _UP_TO_WORDS.sub(lambda match: f" (?:\\w+ ){{0,{match[1]}}}", written)
    if "<" in written or "{" in _COUNTED.sub("", written):
        raise ValueError("a gap needs a space on each side, and a word class must be one that is known")
    return _GROUP.sub("(?:", written).replace(" ", _BETWEEN_WORDS)


def _ways(source: str) -> list[str]:
    """The choices that a pattern is made of. One by one, RE2's filter can tell what must be there for each."""
    ways = [""]
    depth = 0
    for piece in _PIECE.findall(source):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and depth == 0:
            ways.append("")
        else:
            ways[-1] += piece
    if len(ways) == 1 and source.startswith("(?:") and _closes_at_end(source):
        return _ways(source[3:-1])
    return ways


def _closes_at_end(source: str) -> bool:
    """Whether the group a pattern opens with is all of it."""
    depth = 0
    for at, piece in enumerate(pieces := _PIECE.findall(source)):
        depth += (piece == "(") - (piece == ")")
        if depth == 0:
            return at == len(pieces) - 1
    return False


def unfactored(source: str) -> str:
    """The same with a nothing before every choice, so that RE2 does not take common first letters out of them.

    What is left of a word without its first letters is often too short for the filter, which then lets all pass.
    """
    return "".join("|(?:)" if piece == "|" else piece for piece in _PIECE.findall(source))
