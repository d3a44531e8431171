"""Phrases as a tree, followed word by word, so that looking for all of them costs no more than reading the text.

What grows from a place is made when a text first comes by: most of some ten thousand phrases are never met.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Generic, TypeVar

Meant = TypeVar("Meant")

_NOTHING: dict[str, Any] = {}  # never written to, nor is the other
_NONE: list[Any] = []


class Node(Generic[Meant]):
    """A place on the way through the phrases. `ends`: what the words up to here stand for.

    It has no list of its own until something is put into it: of tens of thousands of places most have little, and all
    lists are gone through whenever Python looks for what nobody uses any more.
    """

    __slots__ = ("_choices", "_meanings", "_phrases", "_then", "ends")

    def __init__(self) -> None:
        self.ends: tuple[Meant, ...] = ()
        self._then: Mapping[str, Node[Meant]] = _NOTHING
        self._choices: dict[str, list[Node[Meant]]] = _NOTHING
        self._phrases: list[str] = _NONE
        self._meanings: list[Meant] = _NONE

    def add(self, phrases: Sequence[str], meant: Meant) -> None:
        """Let phrases go on from here, words parted by one space each, that all stand for the same.

        Not once somebody has asked what comes after.
        """
        if self._phrases is _NONE:
            self._phrases, self._meanings = [], []
        self._phrases += phrases
        self._meanings += [meant] * len(phrases)

    def add_choices(self, pieces: Sequence[str], meant: Meant) -> None:
        """The same for a term parted at its brackets and bars, which has too many phrases to spell out."""
        ends, _ = _grow_choices([self], pieces, 0)
        for node in ends:
            node.ends += (meant,)

    def after(self, word: str) -> Sequence[Node[Meant]]:
        """The places that a word leads to from here."""
        child = (self._grown() if self._phrases else self._then).get(word)
        choices = self._choices.get(word, ()) if self._choices else ()
        if child is None:
            return choices
        return (child, *choices) if choices else (child,)

    def words(self) -> frozenset[str]:
        """The words that lead on from here."""
        return frozenset(self._grown()) | self._choices.keys()

    def _grown(self) -> Mapping[str, Node[Meant]]:
        """The places behind the phrases that waited here. Two threads may both make them; either's are right."""
        meanings = self._meanings  # before the phrases, which are cleared first: never these without those
        phrases = self._phrases
        if not phrases:
            return self._then
        then: dict[str, Node[Meant]] = {}
        for phrase, meant in zip(phrases, meanings, strict=True):
            word, _, rest = phrase.partition(" ")
            node = then.get(word)
            if node is None:
                node = then[word] = Node()
            if rest:
                node.add((rest,), meant)
            else:
                node.ends += (meant,)
        self._then = then
        self._phrases = _NONE
        self._meanings = _NONE
        return then


class PhraseTree(Node[Meant]):
    """Where all phrases begin."""

    __slots__ = ("_seconds",)

    def __init__(self) -> None:
        super().__init__()
        self._seconds: dict[str, frozenset[str] | None] = {}

    def may_begin(self, word: str, others: Collection[str]) -> bool:
        """Whether a phrase may begin with a word that one of the others follows, or with the word alone."""
        seconds = self._seconds.get(word, _UNKNOWN)
        if seconds is _UNKNOWN:
            seconds = self._learn_seconds(word)
        return seconds is None or not seconds.isdisjoint(others)

    def _learn_seconds(self, word: str) -> frozenset[str] | None:
        """The words that can come second in a phrase that begins with this one. None: it is one by itself."""
        nodes = self.after(word)
        if not nodes:
            return _UNKNOWN
        alone = any(node.ends for node in nodes)
        seconds = None if alone else _UNKNOWN.union(*(node.words() for node in nodes))
        self._seconds[word] = seconds
        return seconds


_UNKNOWN: frozenset[str] = frozenset()


def _grow_choices(starts: list[Node[Meant]], pieces: Sequence[str], at: int) -> tuple[list[Node[Meant]], int]:
    """Add the pieces up to a closing bracket after each of the starts. Gives the ends, and where the bracket is."""
    ends: list[Node[Meant]] = []
    goal: Node[Meant] = Node()  # where all choices that end with a word meet again
    nodes = starts
    while at < len(pieces) and pieces[at] != ")":
        if pieces[at] == "|":
            ends += nodes
            nodes = starts
        elif pieces[at] == "(":
            nodes, at = _grow_choices(nodes, pieces, at + 1)
        else:
            words = pieces[at].split()
            is_end = at + 1 == len(pieces) or pieces[at + 1] in {"|", ")"}
            for place, word in enumerate(words, start=1):
                reached: Node[Meant] = goal if is_end and place == len(words) else Node()
                for node in nodes:
                    node._choices = node._choices or {}
                    node._choices.setdefault(word, []).append(reached)
                nodes = [reached]
        at += 1
    return _merged([*ends, *nodes]), at


def _merged(nodes: list[Node[Meant]]) -> list[Node[Meant]]:
    """Each node once."""
    return list({id(node): node for node in nodes}.values())
