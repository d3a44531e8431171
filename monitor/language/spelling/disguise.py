"""Undoing disguises that reach over several words, letters spaced out and words split in two; and what is left."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from monitor.language.normalise import Normalised
from monitor.language.spelling.emoji_words import EMOJI
from monitor.language.spelling.segment import cut
from monitor.language.spelling.tokens import Token
from monitor.language.spelling.word_forms import AS_I, AS_L, Form, Vocabulary

SHORTEST_ROW = 3  # letters
_MOST_BETWEEN = 3  # characters between two letters of a row
_SPACES = frozenset(" \n\t\r")


def undo(plain: Normalised, tokens: Sequence[Token], vocabulary: Vocabulary, parts: frozenset[str]) -> list[Token]:
    """The words of a text with those joined that were spaced out or split. `parts`: what is no half of a word."""
    if len([1 for start, end, _, _ in tokens if end - start == 1]) >= SHORTEST_ROW:
        tokens = list(_join_rows(tokens, vocabulary))
    if _may_be_split(plain.text, tokens, vocabulary, parts):
        return list(_join_split(plain.text, tokens, vocabulary, parts))
    return list(tokens)


def bare_of(plain: Normalised, tokens: Sequence[Token]) -> Normalised:
    """The text with each word as it is without its disguise. `plain` itself where nothing was disguised."""
    text, offsets = plain.text, plain.offsets
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    changed = [
        (start, end, form, kind)
        for start, end, form, kind in tokens
        if kind == "emoji" or not (kind or form.shown == text[start:end])
    ]
    for start, end, form, kind in changed:
        if kind == "emoji":
            before = " " if start and text[start - 1] not in _SPACES else ""
            after = " " if end < len(text) and text[end] not in _SPACES and not EMOJI.match(text[end]) else ""
            shown = before + form.shown + after if form.shown else ""
        else:
            shown = form.shown
        pieces += (text[at:start], shown)
        places += offsets[at:start]
        places += _spread(offsets, start, end, len(shown))
        at = end
    if not at:
        return plain
    pieces.append(text[at:])
    places += offsets[at:]
    return Normalised("".join(pieces), tuple(places))


def _spread(offsets: Sequence[int], start: int, end: int, length: int) -> Iterator[int]:
    """Places for `length` characters for those from `start` to `end`: the first and the last keep theirs."""
    if length == 1:
        return iter((offsets[start],))
    return (offsets[start + at * (end - start - 1) // (length - 1)] for at in range(length))


def _join_rows(tokens: Sequence[Token], vocabulary: Vocabulary) -> Iterator[Token]:
    row: list[Token] = []
    for token in tokens:
        single = token.end - token.start == 1 and not token.kind
        if single and (not row or token.start - row[-1].end <= _MOST_BETWEEN):
            row.append(token)
            continue
        if row:
            yield from _read_row(row, vocabulary) if len(row) >= SHORTEST_ROW else row
        row = [token] if single else []
        if not single:
            yield token
    if row:
        yield from _read_row(row, vocabulary) if len(row) >= SHORTEST_ROW else row


def _read_row(row: Sequence[Token], vocabulary: Vocabulary) -> Iterator[Token]:
    """The words of a row of single letters. Where it is none, the letters stay as they are."""
    letters = "".join(token.form.text for token in row)
    if not any(map(str.isalpha, letters)):
        return iter(row)
    for spelling in dict.fromkeys((letters.translate(AS_I), letters.translate(AS_L))):
        if len(row) == SHORTEST_ROW:
            if vocabulary.form(spelling).known:
                return iter((_joined(row, spelling, vocabulary),))
            continue
        cuts = cut(spelling, _gaps(row), vocabulary.knows)
        if any(end - first > 2 and vocabulary.knows(spelling[first:end]) for first, end in cuts):
            return (_joined(row[first:end], spelling[first:end], vocabulary) for first, end in cuts)
    return iter((_joined(row, letters, vocabulary),)) if letters.isalpha() and _evenly(row) else iter(row)


def _gaps(row: Sequence[Token]) -> list[int]:
    return [after.start - before.end for before, after in itertools.pairwise(row)]


def _evenly(row: Sequence[Token]) -> bool:
    return len(set(_gaps(row))) == 1 and len(row) > SHORTEST_ROW


def _joined(row: Sequence[Token], word: str, vocabulary: Vocabulary) -> Token:
    if len(row) == 1:
        return row[0]
    known = dict.fromkeys(vocabulary.form(word).known, True)
    shown = vocabulary.form(word).shown
    return Token(row[0].start, row[-1].end, Form(word, shown, known, False, word))


def _may_be_split(text: str, tokens: Sequence[Token], vocabulary: Vocabulary, parts: frozenset[str]) -> bool:
    """Whether there are two words anywhere that are one."""
    for token, after in itertools.pairwise(tokens):
        _, end, form, kind = token
        start, _, form_after, kind_after = after
        between = text[end:start]
        if between == " " and form.ordinary and form_after.ordinary:  # as most are
            continue
        if not 0 < len(between) <= _MOST_BETWEEN or (len(between) > 1 and not _SPACES.isdisjoint(between)):
            continue
        if not kind and not kind_after and _whole(text, token, after, vocabulary, parts):
            return True
    return False


def _join_split(text: str, tokens: Sequence[Token], vocabulary: Vocabulary, parts: frozenset[str]) -> Iterator[Token]:
    """Words of the list that were parted by one sign ("f.ck", "wan-ker") or a space ("wan ker")."""
    at, last = 0, len(tokens) - 1
    while at < last:
        pair = tokens[at : at + 2]
        if _may_be_split(text, pair, vocabulary, parts):
            yield _whole(text, pair[0], pair[1], vocabulary, parts) or pair[0]
            at += 2
        else:
            yield tokens[at]
            at += 1
    if at == last:
        yield tokens[at]


def _whole(text: str, token: Token, after: Token, vocabulary: Vocabulary, parts: frozenset[str]) -> Token | None:
    word = token.form.text + after.form.text
    between = text[token.end : after.start]
    spaced = between in _SPACES
    if spaced:
        if token.form.ordinary and after.form.ordinary:
            return None
        if not vocabulary.is_strong(word) or (_is_part(token, parts) and _is_part(after, parts)):
            return None
    elif not vocabulary.is_strong(word):
        masked = vocabulary.masked(text[token.start : after.end])
        if masked is None:
            return None
        word = masked
    return Token(token.start, after.end, Form(text[token.start : after.end], word, {word: True}, False, word))


def _is_part(token: Token, parts: frozenset[str]) -> bool:
    return token.form.ordinary or token.form.text in parts
