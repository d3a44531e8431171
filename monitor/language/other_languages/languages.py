"""Comments in other languages: recognised cheaply, looked through for a few words, else said to be unjudged.

A script says its language, or nearly. Languages in Latin letters are told by a handful of frequent words each, which
English does not have. Words are compared whole, with and without accents. How the lists are made: docs/patterns.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from monitor.language.finding import Finding
from monitor.language.other_languages.language_lists import Language, Lists, Token, lists, tokens_of
from monitor.language.other_languages.scripts import language_of_script, script_of
from monitor.language.reading import Reading
from monitor.model import Category

ENOUGH = 2.0  # what the words of a stretch must count before its language is recognised
ENOUGH_ALONE = 1.2  # the same where no word of it is a frequent one of English, and there are
FEWEST_WORDS = 3  # words or more
LEAST_SHARE = 0.25  # of the words of a stretch that must be the language's
SURE_OF_A_RUDE_WORD = 0.8
MOST_RUDE_WORDS = 20  # more say nothing new
FEWEST_LETTERS = 4  # of another script; fewer may be a face made of letters

_FEWER_LETTERS = {"han": 2, "hangul": 2, "kana": 3}


@dataclass(frozen=True)
class Stretch:
    """Tokens `first` to `last` (included) of a text that are in another language."""

    codes: frozenset[str]
    name: str
    first: int
    last: int


def find_language(reading: Reading, read_by: frozenset[str] = frozenset()) -> list[Finding]:
    """Rude words and threats of other languages, and that a text, or part of it, could not be judged.

    `read_by`: codes of the languages that the school's own people read, for which nothing needs to be said. What is
    harmless in the text, names that the school allows among it, is neither rude nor unread. Never raises; linear in
    the text's length.
    """
    known = lists()
    if not known.worth_a_look(reading.text):
        return []
    tokens = tokens_of(reading.text)
    harmless = list(_harmless(tokens, reading))
    found = list(islice(_rude(tokens, known, harmless), MOST_RUDE_WORDS))
    stretches = [one for one in _stretches(tokens, known) if not one.codes & read_by]
    stretches = [one for one in stretches if not all(harmless[one.first : one.last + 1])]
    stretches = [one for one in stretches if not _is_understood(tokens[one.first : one.last + 1], known)]
    if stretches:
        found.append(_not_judged(stretches, tokens, known))
    return found


def recognised(text: str) -> str | None:
    """The name of the other language that a text is written in, as far as one is recognised. Never raises."""
    known = lists()
    if not known.worth_a_look(text):
        return None
    tokens = tokens_of(text)
    stretches = _stretches(tokens, known)
    return max(stretches, key=lambda one: one.last - one.first).name if stretches else None


def _not_judged(stretches: Sequence[Stretch], tokens: Sequence[Token], known: Lists) -> Finding:
    names = " and ".join(dict.fromkeys(one.name for one in stretches))
    outside = [
        token.word
        for at, token in enumerate(tokens)
        if token.word in known.english and not any(one.first <= at <= one.last for one in stretches)
    ]
    what = "Judged in part only: some of this" if len(outside) >= 2 else "Not judged: this"
    reason = (
        f"{what} seems to be written in {names}, and only a short list of words of it was looked for. "
        "Someone who reads it should look."
    )
    start, end = tokens[min(one.first for one in stretches)].start, tokens[max(one.last for one in stretches)].end
    return Finding(Category.COULD_NOT_BE_CHECKED, "note", 1.0, start, end, reason)


def _harmless(tokens: Sequence[Token], reading: Reading) -> Iterator[bool]:
    """For each token whether a harmless stretch has part of it. Both stand in order."""
    stretches = iter(reading.harmless)
    one = next(stretches, None)
    for token in tokens:
        while one and one.end <= token.start:
            one = next(stretches, None)
        yield one is not None and one.start < token.end


def _rude(tokens: Sequence[Token], known: Lists, harmless: Sequence[bool]) -> Iterator[Finding]:
    for at, token in enumerate(tokens):
        told: set[Category] = set()  # a word that several languages share is told once
        for term in (*known.rude.get(token.word, ()), *known.rude_inside(token)):
            first = at - (term.words.index(term.key) if len(term.words) > 1 else 0)
            stretch = tokens[max(first, 0) : first + len(term.words)]
            if all(harmless[max(first, 0) : first + len(term.words)]):
                continue
            if term.category in told or (len(term.words) > 1 and tuple(one.word for one in stretch) != term.words):
                continue
            told.add(term.category)
            start, end = stretch[0].start, stretch[-1].end
            yield Finding(term.category, term.severity, SURE_OF_A_RUDE_WORD, start, end, term.reason)


def _is_understood(tokens: Sequence[Token], known: Lists) -> bool:
    """Whether a stretch holds nothing but listed greetings, thanks and praise."""
    at = 0
    while at < len(tokens):
        phrases = known.understood.get(tokens[at].word, ())
        fits = (
            len(phrase)
            for phrase in phrases
            if tuple(token.word for token in tokens[at : at + len(phrase)]) == phrase
        )
        step = max(fits, default=0)
        if not step:
            return False
        at += step
    return True


def _stretches(tokens: Sequence[Token], known: Lists) -> list[Stretch]:
    """The sentences in other languages; where no sentence has enough words, the whole text may."""
    found = list(_in_other_scripts(tokens))
    taken = {at for one in found for at in range(one.first, one.last + 1)}
    sentences = [[at for at in sentence if at not in taken] for sentence in _sentences(tokens)]
    in_sentences = [one for sentence in sentences if (one := _in_latin(tokens, sentence, known))]
    whole = _in_latin(tokens, [at for at in range(len(tokens)) if at not in taken], known)
    if whole and sum(one.last - one.first for one in in_sentences) < whole.last - whole.first:
        in_sentences = [whole]
    return [*found, *in_sentences]


def _sentences(tokens: Sequence[Token]) -> Iterator[list[int]]:
    sentence: list[int] = []
    for at, token in enumerate(tokens):
        if token.opens_sentence and sentence:
            yield sentence
            sentence = []
        sentence.append(at)
    yield sentence


def _in_other_scripts(tokens: Sequence[Token]) -> Iterator[Stretch]:
    by_script: dict[str, list[int]] = {}
    for at, token in enumerate(tokens):
        if not token.word.isascii() and (script := script_of(token.word)):
            by_script.setdefault(script, []).append(at)
    if "kana" in by_script and "han" in by_script:  # Japanese is written in both
        by_script["kana"] = sorted(by_script["kana"] + by_script.pop("han"))
    for script, places in by_script.items():
        words = [tokens[at].word for at in places]
        if sum(map(len, words)) >= _FEWER_LETTERS.get(script, FEWEST_LETTERS):
            codes, name = language_of_script(script, words)
            yield Stretch(codes, name, places[0], places[-1])


def _in_latin(tokens: Sequence[Token], places: Sequence[int], known: Lists) -> Stretch | None:
    scores: dict[Language, float] = {}
    english = 0
    seen: set[str] = set()
    for at in places:
        word = tokens[at].word
        if word in seen:
            continue
        seen.add(word)
        english += word in known.english
        listed = known.words.get(word, ())
        for language, weight in listed:
            scores[language] = scores.get(language, 0) + weight
        if not listed and not word.isascii():
            for language, weight in known.by_letters(word):
                scores[language] = scores.get(language, 0) + weight
    if not scores:
        return None
    best = max(scores, key=lambda language: scores[language])
    score = scores[best]
    enough = ENOUGH if english or len(seen) < FEWEST_WORDS else ENOUGH_ALONE
    if score < enough or score <= english or score < LEAST_SHARE * len(seen):
        return None
    alike = [one for one in scores if {one.code, best.code} == {"hi", "ur"}]  # alike in Latin letters
    names = sorted([best.name, *(one.name for one in alike)])
    return Stretch(frozenset({best.code, *(one.code for one in alike)}), " or ".join(names), places[0], places[-1])
