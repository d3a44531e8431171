"""The word list: which of its terms a text holds, and where.

Terms match whole words only, so Scunthorpe and Penistone are just places. What a word may stand for when it is
disguised was found out when the text was read (`monitor/language/spelling/word_forms.py`). Terms are followed word by
word in a tree (`phrase_tree.py`), so the cost grows with the length of the text only.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from monitor.language.finding import CERTAIN_ENOUGH, Finding
from monitor.language.phrase_tree import Node, PhraseTree
from monitor.language.reading import Reading
from monitor.language.spelling.tokens import Token
from monitor.language.stretch import Stretch
from monitor.language.terms import Term, pieces_of, shipped_terms
from monitor.model import Category

MOST_SKIPPED = 2  # strengthening words passed over inside a phrase
DISGUISED = 0.9
"""What a disguise leaves of a score: the word may be another one."""
GUARDED_SCORE = 0.3
"""The most a term counts where it is quoted, or mentioned in order to object, teach or report."""

HIDDEN_SCORE = 0.6
"""What a word counts that is weak in the open but was hidden behind signs ("d1ck")."""

GUARDED_CATEGORIES = frozenset(
    {Category.ABUSE, Category.PROFANITY, Category.HATE, Category.BULLYING, Category.SEXUAL}
)
"""What may be quoted harmlessly. A threat or a sign of danger is never played down."""

_NOT_FOR_SWEARING = frozenset({"self_mockery", "reclaimed", "negated"})
_SKIPPED = frozenset({"fucking", "fuckin", "bloody", "actually", "literally", "just", "really", "all"})

_REASONS = {
    Category.ABUSE: "Insults or belittles somebody.",
    Category.PROFANITY: "Contains swearing.",
    Category.HATE: "Contains a slur or hostile words about a group of people.",
    Category.THREAT: "Reads like a threat to hurt, find or frighten somebody.",
    Category.SEXUAL: "Contains sexual language.",
    Category.BULLYING: "Reads like bullying: shuts somebody out or wishes them harm.",
    Category.GROOMING: "Reads like an attempt to be alone or in secret with a child.",
    Category.SELF_HARM: "Somebody may be at risk: suicide, self-harm or not being safe.",
    Category.ALLEGATION: "Says that somebody harmed a child.",
}
_DISGUISED = " The words are disguised: letters are replaced, masked, stretched or spaced out."
_HINT = " The words alone prove little; read the whole."


class Match(NamedTuple):
    """A term found: where it is in the normalised text, end excluded, whether disguised, and whether one word."""

    term: Term
    start: int
    end: int
    disguised: bool
    one_word: bool


class Lexicon:
    """A word list ready for use."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._tree: PhraseTree[Term] = PhraseTree()
        for term in terms:
            if term.has_choices:
                self._tree.add_choices(pieces_of(term.phrases[0]), term)
            else:
                self._tree.add(term.phrases, term)

    def find(self, reading: Reading) -> list[Match]:
        """Terms in a text, in order. Of overlapping terms of one category, the first and longest."""
        tokens = reading.tokens
        may_begin = self._tree.may_begin
        last = len(tokens) - 1
        found: list[Match] = []
        for at, token in enumerate(tokens):
            known = token.form.known
            if not known:
                continue
            after = tokens[at + 1].form if at < last else None
            skipped = after is not None and after.word in _SKIPPED
            others = after.known if after else ()
            for word in known:
                if skipped or may_begin(word, others):
                    self._follow(tokens, at, found)
                    break
        return _settle(found) if found else found

    def _follow(self, tokens: Sequence[Token], at: int, found: list[Match]) -> None:
        """Add to `found` every term that begins with word `at`."""
        paths: list[tuple[Node[Term], bool, int]] = [(self._tree, False, 0)]
        for end in range(at, len(tokens)):
            form = tokens[end].form
            reached: list[tuple[Node[Term], bool, int]] = []
            for node, disguised, skipped in paths:
                for known, disguise in form.known.items():
                    for child in node.after(known):
                        hidden = disguised or disguise
                        reached.append((child, hidden, skipped))
                        for term in child.ends:
                            found.append(Match(term, tokens[at].start, tokens[end].end, hidden, end == at))
            if end > at and form.word in _SKIPPED:
                reached += [(node, disguised, n + 1) for node, disguised, n in paths if n < MOST_SKIPPED]
            if not reached:
                return
            paths = reached


def find_words(reading: Reading, lexicon: Lexicon | None = None) -> Iterator[Finding]:
    """Terms of the word list, disguised or not. Score 1.0 as written, 0.9 disguised, 0.4 where a word alone is weak.

    Nothing is found that a harmless stretch covers or reaches into; inside a guarded one an insult is a hint.
    """
    for match in (lexicon or shipped()).find(reading):
        term = match.term
        start, end = reading.plain.original_span(match.start, match.end)
        if reading.harmless and _is_harmless(reading.harmless, start, end):
            continue
        score = _score(match, reading)
        if term.category in GUARDED_CATEGORIES and _is_guarded(term.category, reading.guarded, start, end):
            score = min(score, GUARDED_SCORE)
        reason = _REASONS.get(term.category, "Contains words from the word list.")
        reason += (_DISGUISED if match.disguised else "") + (_HINT if score < CERTAIN_ENOUGH else "")
        yield Finding(term.category, term.severity, score, start, end, reason)


@lru_cache(maxsize=1)
def shipped() -> Lexicon:
    """The list that comes with the program, read once."""
    return Lexicon(shipped_terms())


def _score(match: Match, reading: Reading) -> float:
    """What a match counts. A weak word behind signs is no longer weak: nobody hides a harmless one."""
    if not match.disguised:
        return match.term.score
    if match.term.score < CERTAIN_ENOUGH and match.one_word:
        written = reading.plain.text[match.start : match.end]
        return match.term.score if written.isalpha() or " " in written else HIDDEN_SCORE
    return match.term.score * DISGUISED


def _is_guarded(category: Category, guarded: Sequence[Stretch], start: int, end: int) -> bool:
    """Whether a guard makes a match harmless. "Not the sharpest tool" is itself an insult, and no denial of one."""
    return any(
        one.kind not in _NOT_FOR_SWEARING or (category != Category.PROFANITY and one.start < start)
        for one in _touching(guarded, start, end)
    )


def _is_harmless(stretches: Sequence[Stretch], start: int, end: int) -> bool:
    """Whether a harmless stretch has part of a match and more, or is a phrase in it. A name excuses no threat."""
    return any(
        one.kind == "phrase" or one.start < start or one.end > end or (one.start, one.end) == (start, end)
        for one in _touching(stretches, start, end)
    )


def _touching(stretches: Sequence[Stretch], start: int, end: int) -> Sequence[Stretch]:
    """Those of the stretches, which stand in order and apart, that have a character in common with a place."""
    if not stretches:
        return ()
    first = bisect_right(stretches, start, key=lambda one: one.end)
    return stretches[first : bisect_left(stretches, end, key=lambda one: one.start)]


def _settle(found: Iterable[Match]) -> list[Match]:
    """Of overlapping matches of one category all but the first and longest are left out."""
    settled: list[Match] = []
    settled_to: dict[Category, int] = {}
    for match in sorted(found, key=lambda m: (m.start, -m.end, -m.term.score, m.disguised)):
        if match.start >= settled_to.get(match.term.category, 0):
            settled.append(match)
            settled_to[match.term.category] = match.end
    return settled
