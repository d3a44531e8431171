"""Whether a word is used as somebody's name: "Mr Dick", "Dick Francis" and "well done Dick", but not "you dick"."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.language.normalise import Normalised
from monitor.language.spelling.tokens import Token


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words(
    "mr mrs miss ms mx dr doctor prof professor rev reverend sir dame lord lady coach cllr councillor pc sgt sergeant"
    " captain capt auntie aunty uncle nan nana nanny granny grandad grandpa nurse headteacher madam mme"
)
_ALWAYS_TITLES = frozenset({"mr", "mrs", "ms", "dr", "mx", "cllr"})
_NAMED_AFTER = _words("family house street road lane avenue close drive hill farm arms hall park court")
_LEAD_TO_INSULTS = _words(
    "you u ya your ur youre a an such total complete absolute utter what fucking right proper the little massive big"
    " fat old my these those this that stupid silly bloody of and or is are hes shes theyre like being suck his her"
    " up absolutely no more some with"
)
_SENTENCE_ENDS = frozenset('.!?\n:;"')


class Naming:
    """How the words of one text are used."""

    def __init__(self, plain: Normalised, text: str, tokens: Sequence[Token]) -> None:
        self._plain = plain
        self._text = text
        self._tokens = tokens

    def name_after_title(self, at: int) -> int:
        """The end of an unlisted surname at `at` that follows a title; 0 where there is none.

        A surname is whatever has a capital letter and is neither a word of the list nor plain English.
        """
        form = self._tokens[at].form
        slipped = form.shown != form.text and form.text.isalpha()  # "Pusey" is no slip after a title
        if form.ordinary or (form.known and not slipped) or not self._has_capital(at) or not self._title_before(at):
            return 0
        end = at + 1
        while end < len(self._tokens) and self._follows_closely(end) and self._is_unlisted_name(end):
            end += 1
        return end

    def is_used_as_name(self, at: int, end: int) -> bool:
        """Whether the listed name from word `at` up to `end` is somebody's or somewhere's name here."""
        if self._title_before(at):
            return True
        if not self._has_capital(at) or self._is_shouted(at):
            return False
        if end < len(self._tokens) and self._follows_closely(end):
            after = self._tokens[end].form
            if after.word in _NAMED_AFTER or self._is_unlisted_name(end):
                return True
        if not at or not self._follows_closely(at):
            return False
        if self._is_unlisted_name(at - 1):
            return True
        return self._tokens[at - 1].form.word not in _LEAD_TO_INSULTS and not self._has_capital(at - 1)

    def _title_before(self, at: int) -> bool:
        """Whether a title stands before, perhaps with a first name between ("Mrs Ann Cox", "Mr and Mrs Cox")."""
        for before in range(at - 1, max(-1, at - 3), -1):
            word = self._tokens[before].form.word
            if word in TITLES:
                return word in _ALWAYS_TITLES or self._has_capital(before)
            if not self._is_unlisted_name(before):
                return False
        return False

    def _is_unlisted_name(self, at: int) -> bool:
        form = self._tokens[at].form
        return not form.ordinary and not form.known and self._has_capital(at) and form.word.isalpha()

    def _has_capital(self, at: int) -> bool:
        place = self._plain.offsets[self._tokens[at].start]
        return self._text[place : place + 1].isupper()

    def _is_shouted(self, at: int) -> bool:
        token = self._tokens[at]
        place = self._plain.offsets[token.end - 1]
        return token.end - token.start > 1 and self._text[place : place + 1].isupper()

    def _follows_closely(self, at: int) -> bool:
        """Whether nothing but a space, hyphen or full stop of a title parts a word from the one before."""
        between = self._plain.text[self._tokens[at - 1].end : self._tokens[at].start]
        return len(between) <= 2 and _SENTENCE_ENDS.isdisjoint(between)
