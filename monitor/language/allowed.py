"""What looks rude and means no harm: names, places, food, animals, things and phrases. The lists are in `allowed/`.

Each list says when its entries are harmless:

always    wherever they stand
named     where they are a name: after a title, beside another name, or with a capital inside a sentence
nature    where the text is about birds or other animals
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from monitor.language.naming import Naming
from monitor.language.normalise import Normalised
from monitor.language.spelling.tokens import Token
from monitor.language.stretch import Stretch
from monitor.language.terms import expand

_WHEN = ("always", "named", "nature")
_NATURE = re.compile(
    r"\b(?:birds?|birdwatch\w*|feeders?|nest\w*|woodpeckers?|robins?|\w*finch(?:es)?|sparrows?|owls?|rspb|wildlife"
    r"|species|forest school|hedge\w*"
    r"|chicks?|(?:blue|coal|marsh|willow|bearded|long.tailed) tits?|woods?|woodland|nature"
    r"|hens?|pupp(?:y|ies)|breed\w*|crufts|litter|kennels?|vet|pheasants?|farm\w*|poultry|donkeys?|wrens?|twitch(?:er|ing)\w*)\b"
)


@dataclass
class _Node:
    """A place in the tree of phrases. `ends`: kind and when of the phrase that ends here."""

    then: dict[str, _Node] = field(default_factory=dict)
    ends: tuple[str, str] | None = None


class Allowed:
    """Allow lists ready for use. `lists`: the parsed files. Raises ValueError where a list says an unknown `when`."""

    def __init__(self, lists: Iterable[dict[str, Any]], own: Iterable[str] = ()) -> None:
        self._root = _Node()
        words: set[str] = set()
        for each in lists:
            when = each["when"]
            if when not in _WHEN:
                raise ValueError(f"an allow list is harmless {' or '.join(_WHEN)}, not {when!r}")
            for line in each["entries"].splitlines():
                for entry in line.split(","):
                    for phrase in expand(entry.strip(), plural=each.get("plural", False)):
                        self._add(phrase, each["kind"], when)
                        words.update(phrase.split())
        for phrase in own:
            self._add(" ".join(phrase.casefold().replace("'", "").split()), "name", "always")
        self.words = frozenset(words)

    def _add(self, phrase: str, kind: str, when: str) -> None:
        node = self._root
        for word in phrase.split():
            node = node.then.setdefault(word, _Node())
        node.ends = (kind, when)

    def stretches(self, plain: Normalised, text: str, tokens: Sequence[Token]) -> Iterator[Stretch]:
        """The harmless stretches of `text`, in order, none over another. `plain` and `tokens` are its own."""
        naming = Naming(plain, text, tokens)
        first = self._root.then
        at = 0
        while at < len(tokens):
            form = tokens[at].form
            end, kind = 0, "name"
            if form.word in first or form.text.endswith("'s"):
                end, kind = self._longest(plain, naming, tokens, at)
            if not end and not form.ordinary:
                end = naming.name_after_title(at)
            if end:
                start, stop = plain.original_span(tokens[at].start, tokens[end - 1].end)
                yield Stretch(start, stop, kind)
            at = end or at + 1

    def _longest(self, plain: Normalised, naming: Naming, tokens: Sequence[Token], at: int) -> tuple[int, str]:
        longest = (0, "name")
        for end, kind, when in self._phrases(tokens, at):
            if when == "nature" and not _NATURE.search(plain.text):
                continue
            if when == "named" and not naming.is_used_as_name(at, end):
                continue
            longest = (end, kind)
        return longest

    def _phrases(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, str, str]]:
        node = self._root
        for end in range(at, len(tokens)):
            form = tokens[end].form
            then = node.then.get(form.word)
            if then is None and form.text.endswith("'s"):
                then = node.then.get(form.text[:-2])
            if then is None:
                return
            node = then
            if node.ends:
                yield end + 1, *node.ends


@lru_cache(maxsize=1)
def shipped_allowed() -> Allowed:
    """The lists that come with the program, read once."""
    return allowed_with(())


@lru_cache(maxsize=8)
def allowed_with(own: tuple[str, ...]) -> Allowed:
    """The shipped lists and a school's own phrases."""
    folder = resources.files("monitor.language").joinpath("allowed")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    lists = [each for file in files for each in tomllib.loads(file.read_text("utf-8"))["list"]]
    return Allowed(lists, own)
