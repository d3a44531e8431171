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
from functools import lru_cache
from importlib import resources
from typing import Any

from monitor.language.naming import Naming
from monitor.language.normalise import Normalised
from monitor.language.phrase_tree import Node, PhraseTree
from monitor.language.spelling.term_words import spelt
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


class Allowed:
    """Allow lists ready for use. `lists`: the parsed files. Raises ValueError where a list says an unknown `when`."""

    def __init__(self, lists: Iterable[dict[str, Any]], own: Iterable[str] = ()) -> None:
        self._tree: PhraseTree[tuple[str, str]] = PhraseTree()
        phrases: list[str] = []
        for each in lists:
            if each["when"] not in _WHEN:
                raise ValueError(f"an allow list is harmless {' or '.join(_WHEN)}, not {each['when']!r}")
            entries = [entry.strip() for line in each["entries"].splitlines() for entry in line.split(",")]
            listed = [phrase for entry in entries for phrase in expand(entry, plural=each.get("plural", False))]
            self._tree.add(listed, (each["kind"], each["when"]))
            phrases += listed
        self.words = frozenset(" ".join(phrases).split())
        self._tree.add([phrase for each in own if (phrase := spelt(each))], ("name", "always"))
        self._first = self._tree.words()

    def stretches(self, plain: Normalised, text: str, tokens: Sequence[Token]) -> Iterator[Stretch]:
        """The harmless stretches of `text`, in order, none over another. `plain` and `tokens` are its own."""
        naming = Naming(plain, text, tokens)
        forms = [token.form for token in tokens]
        last = len(forms) - 1
        first, may_begin = self._first, self._tree.may_begin
        possessive = "'s" in plain.text
        free = 0
        for at, form in enumerate(forms):
            ordinary = form.ordinary
            begins = form.word in first
            if at < free or (ordinary and not begins and not possessive):
                continue
            after = forms[at + 1] if at < last else form
            begins = begins and may_begin(form.word, (after.word,))
            if possessive and not begins:
                begins = form.text.endswith("'s") or after.text.endswith("'s")
            if ordinary and not begins:
                continue
            end, kind = self._longest(plain, naming, tokens, at) if begins else (0, "name")
            if not end and not ordinary:
                end = naming.name_after_title(at)
            if end:
                start, stop = plain.original_span(tokens[at].start, tokens[end - 1].end)
                yield Stretch(start, stop, kind)
                free = end

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
        node: Node[tuple[str, str]] = self._tree
        for end in range(at, len(tokens)):
            form = tokens[end].form
            then = node.after(form.word)
            if not then and form.text.endswith("'s"):
                then = node.after(form.text[:-2])
            if not then:
                return
            node = then[0]
            if node.ends:
                yield end + 1, *node.ends[-1]


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
