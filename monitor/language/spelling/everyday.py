"""Everyday English, and what else tells a disguised word from an ordinary one. Read once from `words/`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Any


def read_words_file(name: str) -> dict[str, Any]:
    """A TOML file of `monitor/language/words/`, parsed."""
    return tomllib.loads(resources.files("monitor.language").joinpath(f"words/{name}").read_text("utf-8"))


@lru_cache(maxsize=1)
def everyday_words() -> frozenset[str]:
    """Some thousands of the commonest English words, with their regular forms."""
    content = read_words_file("everyday.toml")
    words = set(content["words"].split())
    words.update(form for verb in content["verbs"].split() for form in _verb_forms(verb))
    words.update(form for noun in content["nouns"].split() for form in (noun, _with_s(noun)))
    return frozenset(words)


def _verb_forms(verb: str) -> Iterator[str]:
    stem = verb.removesuffix("e")
    past = stem[:-1] + "i" if stem.endswith("y") and stem[-2:-1] not in "aeiou" else stem
    return iter((verb, _with_s(verb), past + "ed", stem + "ing"))


def _with_s(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")
