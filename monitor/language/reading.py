"""One text as the checks see it: as written, in plain letters, and with its disguises undone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from monitor.language.allowed import allowed_with
from monitor.language.guards import guarded_in
from monitor.language.joined import Joined
from monitor.language.normalise import Normalised, normalise
from monitor.language.own_words import NO_OWN_WORDS, OwnWords
from monitor.language.spelling.disguise import bare_of, undo
from monitor.language.spelling.tokens import Token, tokens_of
from monitor.language.spelling.vocabulary import parts_of_words, vocabulary_for
from monitor.language.stretch import Stretch as Stretch

_APOSTROPHES = str.maketrans("’‘ʼ", "'''")
_NAMED_BY_KIND = frozenset({"link", "email", "mention", "number"})


@dataclass(frozen=True)
class Reading:
    """A text read once. `plain` and `bare` know where each of their characters stands in `text`."""

    text: str
    plain: Normalised
    bare: Normalised
    harmless: tuple[Stretch, ...] = ()
    tokens: Sequence[Token] = field(default=(), repr=False)

    @cached_property
    def guarded(self) -> tuple[Stretch, ...]:
        """Stretches of `text` that are quoted, or mentioned in order to object, teach or report."""
        return tuple(guarded_in(self.bare, self.tokens))

    @cached_property
    def typed(self) -> Joined:
        """As it was typed, capitals and accents and all, without its apostrophes."""
        text = self.text
        if not text.isascii():
            text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text to RE2
            text = text.translate(_APOSTROPHES)
        return Joined(Normalised(text, range(len(text))))

    @cached_property
    def words(self) -> frozenset[str]:
        """The words and signs of all its forms together, in small letters."""
        bare, plain, text = self.bare, self.plain, self.text
        words = plain.joined.words if bare is plain else bare.joined.words | plain.joined.words
        if text.isascii() and text.isprintable() and "`" not in text:  # then the plain form has all that was typed
            return words
        return words | {word.lower() for word in self.typed.words}

    @cached_property
    def model_view(self) -> Normalised:
        """What the models are shown, with offsets: disguises undone, harmless stretches named by their kind."""
        stretches = [*self.harmless, *self._named_by_kind()]
        return _masked(self.bare, sorted(stretches, key=lambda one: one.start)) if stretches else self.bare

    def model_text(self) -> str:
        """The text of `model_view`."""
        return self.model_view.text

    def _named_by_kind(self) -> list[Stretch]:
        return [
            Stretch(*self.plain.original_span(token.start, token.end), token.kind)
            for token in self.tokens
            if token.kind in _NAMED_BY_KIND
        ]


def read(text: str, own: OwnWords = NO_OWN_WORDS) -> Reading:
    """Read a text. Never raises, whatever it holds; the cost grows with its length and nothing else.

    What `own` allows is harmless here, and its terms are known when a disguise is undone.
    """
    plain = normalise(text)
    vocabulary = vocabulary_for(own)
    tokens = undo(plain, tokens_of(plain, vocabulary), vocabulary, parts_of_words())
    bare = bare_of(plain, tokens)
    harmless = tuple(allowed_with(own.allow).stretches(plain, text, tokens))
    return Reading(text, plain, bare, harmless, tokens)


def _masked(bare: Normalised, stretches: Sequence[Stretch]) -> Normalised:
    """`bare` with each stretch of the original replaced by the word for its kind."""
    offsets = bare.offsets
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    for stretch in stretches:
        start = bisect_left(offsets, stretch.start, at)
        end = bisect_left(offsets, stretch.end, start)
        if start == end:
            continue
        pieces += (bare.text[at:start], stretch.kind)
        places += offsets[at:start]
        places += [stretch.start] * (len(stretch.kind) - 1) + [stretch.end - 1]
        at = end
    pieces.append(bare.text[at:])
    places += offsets[at:]
    return Normalised("".join(pieces), tuple(places))
