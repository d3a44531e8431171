"""The lists of words of other languages, ready to look words up in, and a text cut into words of any script."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from config.policy import Severity
from monitor.model import Category

WORD, COMMON_WORD = 1.0, 0.5
OWN_LETTER, SHARED_LETTER = 0.6, 0.3
"""What a word counts for a language: listed, listed but known elsewhere, with letters of few languages, of many."""

_WORD = re.compile(
    r"[^\s\d!-/:-@\[-`{-~\u00a1-\u00bf\u02b0-\u02ff\u2000-\u2bff\u3000-\u303f\ufe00-\ufe0f\uff01-\uff20"
    r"\u060c\u061b\u061f\u06d4\u0964\u0965\U0001f000-\U000e0fff]+"
)
"""A word of any script: no digits, punctuation or pictures."""

_PLAIN_WORD = re.compile(r"[a-z]+")
_LETTER_BEYOND_ENGLISH = re.compile(
    r"[\u00c0-\u02af\u0300-\u1fff\u2c00-\u2dff\u3040-\ud7ff\uf900-\ufdff\ufe70-\ufefc\uff66-\uff9d"
    r"\U00020000-\U0002fa1f]"
)
FEWEST_WORDS_TO_LOOK = 2

_ENDS_SENTENCE = re.compile(r"[.!?\n؟।。！？]")
_WITHOUT_SPACES = ("zh", "ja", "ko")
_NOT_ACCENTS = str.maketrans("łøđħıŀ", "lodhil")


class Token(NamedTuple):
    """A word in small letters, where it stands in the text (end excluded), and whether a sentence opens with it."""

    word: str
    start: int
    end: int
    opens_sentence: bool


@dataclass(frozen=True)
class Term:
    """A rude word, or a threat, of another language."""

    words: tuple[str, ...]
    category: Category
    severity: Severity
    reason: str

    @property
    def key(self) -> str:
        """The word it is looked up by: the longest, for short ones are common in English too."""
        return max(self.words, key=len)


@dataclass(frozen=True)
class Language:
    """A language: code (ISO 639-1) and English name."""

    code: str
    name: str


class Lists:
    """All lists together, by word. `understood`: by first word, phrases that need nobody to read them."""

    def __init__(self, english: Iterable[str], tables: Iterable[Mapping[str, Any]]) -> None:
        self.english = frozenset(english)
        self.words: dict[str, tuple[tuple[Language, float], ...]] = {}
        self.understood: dict[str, tuple[tuple[str, ...], ...]] = {}
        self.rude: dict[str, tuple[Term, ...]] = {}
        self._inside: tuple[Term, ...] = ()
        self._letters: dict[str, tuple[tuple[Language, float], ...]] = {}
        for table in tables:
            self._add(Language(table["code"], table["name"]), table)

    def worth_a_look(self, text: str) -> bool:
        """Whether there may be another language. Most comments are plain English, and this is what they cost."""
        if not text.isascii() and _LETTER_BEYOND_ENGLISH.search(text):
            return True
        words = set(_PLAIN_WORD.findall(text.lower()))
        return not self.rude.keys().isdisjoint(words) or len(self.words.keys() & words) >= FEWEST_WORDS_TO_LOOK

    def by_letters(self, word: str) -> Iterable[tuple[Language, float]]:
        """What a word that is not listed counts, for the languages that have its letters."""
        best: dict[Language, float] = {}
        for char in set(word):
            for language, weight in self._letters.get(char, ()):
                best[language] = max(weight, best.get(language, 0))
        return best.items()

    def rude_inside(self, token: Token) -> Iterable[Term]:
        """Terms inside a run of characters, in languages that put no spaces between words."""
        if token.word[0] < "\u3040":
            return ()
        return [term for term in self._inside if term.words[0] in token.word]

    def _add(self, language: Language, table: Mapping[str, Any]) -> None:
        for key, weight in (("words", WORD), ("half", COMMON_WORD)):
            for word in _both_ways(table.get(key, ())):
                self.words[word] = (*self.words.get(word, ()), (language, weight))
        for phrase in _both_ways(table["understood"]):
            words = tuple(phrase.split())
            self.understood[words[0]] = (*self.understood.get(words[0], ()), words)
        for key, weight in (("marks", OWN_LETTER), ("accents", SHARED_LETTER)):
            for char in table.get(key, ""):
                self._letters[char] = (*self._letters.get(char, ()), (language, weight))
        for rude in table.get("rude", ()):
            category = Category(rude["category"])
            reason = f"It seems to hold {_WHAT[category]} in {language.name}."
            terms = [
                Term(tuple(term.split()), category, rude["severity"], reason) for term in _both_ways(rude["terms"])
            ]
            if language.code in _WITHOUT_SPACES:
                self._inside += tuple(terms)
                continue
            for term in terms:
                self.rude[term.key] = (*self.rude.get(term.key, ()), term)


_WHAT = {
    Category.PROFANITY: "a swear word",
    Category.ABUSE: "an insult",
    Category.THREAT: "a threat",
    Category.SEXUAL: "a sexual word",
    Category.HATE: "a slur",
}


def tokens_of(text: str) -> list[Token]:
    """The words of a text, in any script. Never raises; linear in the text's length."""
    tokens: list[Token] = []
    at = 0
    for match in _WORD.finditer(text):
        word = match.group()
        word = word.lower() if word.isascii() else unicodedata.normalize("NFC", word.casefold())
        opens = not tokens or _ENDS_SENTENCE.search(text, at, match.start()) is not None
        at = match.end()
        tokens.append(Token(word, match.start(), match.end(), opens))
    return tokens


@lru_cache(maxsize=1)
def lists() -> Lists:
    """The lists that came with the program."""
    folder = resources.files("monitor.language") / "other_languages"
    tables = [
        tomllib.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith(".toml")
    ]
    english = next(table for table in tables if table["code"] == "en")
    return Lists(english["words"], sorted((table for table in tables if table is not english), key=_code))


def _code(table: Mapping[str, Any]) -> str:
    code: str = table["code"]
    return code


def _both_ways(terms: Iterable[str]) -> Iterable[str]:
    """Each as it is spelled and, where it is long enough to stay itself, as people type it without accents."""
    both = [spelled for term in terms for spelled in (_folded(term), _without_accents(term))]
    return dict.fromkeys(both)


def _folded(term: str) -> str:
    return unicodedata.normalize("NFC", term.casefold())


def _without_accents(term: str) -> str:
    plain = "".join(
        char for char in unicodedata.normalize("NFD", term.casefold()) if unicodedata.category(char) != "Mn"
    ).translate(_NOT_ACCENTS)
    return plain if plain.isascii() and len(plain) >= 4 else _folded(term)
