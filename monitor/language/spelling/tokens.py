"""A normalised text as words: what was written, where, and what it stands for without its disguise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from monitor.language.normalise import Normalised
from monitor.language.spelling.emoji_words import EMOJI, emoji_forms
from monitor.language.spelling.segment import cut
from monitor.language.spelling.word_forms import LONGEST_READ, Form, Vocabulary


class Token(NamedTuple):
    """One word of a normalised text, end excluded. `kind`: "" for a word, else "emoji", or what it is ("link")."""

    start: int
    end: int
    form: Form
    kind: str = ""


_RUN = re.compile(r"(?:[^\W_]|[@$!*#+|€£'])+")
_PLAIN_WORD = re.compile(r"(?:[^\W_]|')+")
_SIGN_OR_DIGIT = re.compile(r"[0-9@$!*#+|€£]")
_WORTH_LOOKING = re.compile(r"[0-9@]|/|www\.|\.co")
_LINK = r"https?://\S+|www\.\S+|(?<![\w@.])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}\.(?:com|co\.uk|org|org\.uk|net|uk|example)\b\S*"
_EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
_MENTION = r"(?<![\w@])@[a-z0-9_](?:[\w.]{0,38}\w)?|(?<![\w/])/?u/[\w-]{3,30}"
_NUMBER = r"(?<![^\W_])\+?\(?\d(?:[ ().-]{0,2}\d){4,}(?![^\W_])"
_NEUTRAL = re.compile(rf"(?P<link>{_LINK})|(?P<email>{_EMAIL})|(?P<mention>{_MENTION})|(?P<number>{_NUMBER})")


def tokens_of(plain: Normalised, vocabulary: Vocabulary) -> list[Token]:
    """The words of a text, in order. Addresses, @names and long numbers are one word each; so is each emoji."""
    text = plain.text
    tokens: list[Token] = []
    begin = 0
    if _WORTH_LOOKING.search(text):
        for match in _NEUTRAL.finditer(text):
            kind = match.lastgroup or ""
            if kind == "mention" and _is_disguise(match.group(), vocabulary):
                continue
            _add_words(tokens, text, begin, match.start(), vocabulary)
            begin = match.end()
            tokens.append(Token(match.start(), begin, Form(match.group(), kind, {}, True, match.group()), kind))
    _add_words(tokens, text, begin, len(text), vocabulary)
    if not text.isascii() and EMOJI.search(text):
        tokens += [Token(start, end, form, "emoji") for start, end, form in emoji_forms(text, vocabulary.knows)]
        return list(_apart_from_each_other(sorted(tokens, key=lambda token: token.start)))
    return tokens


def _apart_from_each_other(tokens: list[Token]) -> Iterator[Token]:
    """Without emoji that are part of an address."""
    end = 0
    for token in tokens:
        if token.start >= end:
            yield token
            end = token.end


def _is_disguise(mention: str, vocabulary: Vocabulary) -> bool:
    """Whether it is a word with @ for its a ("@rse") and not a name ("@anna")."""
    form = vocabulary.form(mention)
    return form.shown != mention and not vocabulary.form(mention[1:]).ordinary


def _add_words(tokens: list[Token], text: str, begin: int, end: int, vocabulary: Vocabulary) -> None:
    form = vocabulary.form
    for match in _RUN.finditer(text, begin, end):
        run = match.group()
        start = match.start()
        if run.isalpha():
            found = form(run)
            if found.ordinary or not found.known or found.shown != run:
                tokens.append(Token(start, start + len(run), found))
            else:
                tokens += _apart(start, found, vocabulary)
        elif _SIGN_OR_DIGIT.search(run):
            tokens += _with_signs(run, start, vocabulary)
        else:
            tokens += _plain_words(run, start, vocabulary)


def _with_signs(run: str, at: int, vocabulary: Vocabulary) -> Iterator[Token]:
    """Signs stand for letters where that gives a word; else they part words, as in "fish+chips" and "no!!!yes"."""
    right = len(run.rstrip("!+|'"))
    left = len(run) - len(run.lstrip("!*#+|'"))
    if left >= right:
        return
    inner = run[left:right]
    if inner.isalpha():
        form = vocabulary.form(inner)
        if form.ordinary:
            yield Token(at + left, at + right, form)
        elif left and run[left - 1] == "#" and form.shown == inner:
            yield from _apart(at + left, form, vocabulary)
        else:
            yield _best(run, at, left, right, vocabulary)
        return
    best = _best(run, at, left, right, vocabulary)
    if best.form.ordinary or best.form.shown != best.form.text or _PLAIN_WORD.fullmatch(best.form.text):
        yield best
    else:
        yield from _plain_words(run, at, vocabulary)


def _apart(at: int, form: Form, vocabulary: Vocabulary) -> Iterator[Token]:
    """The words of some that were written together ("#sackthehead"), or the whole where not all of it is known."""
    cuts = cut(form.text, (), vocabulary.knows) if len(form.text) <= LONGEST_READ else []
    if not all(vocabulary.knows(form.text[first:end]) for first, end in cuts) or len(cuts) < 2:
        yield Token(at, at + len(form.text), form)
        return
    for first, end in cuts:
        word = vocabulary.form(form.text[first:end])
        yield Token(at + first, at + end, word._replace(shown=f" {word.shown}" if first else word.shown))


def _best(run: str, at: int, left: int, right: int, vocabulary: Vocabulary) -> Token:
    """The reading of a run without or with the signs at its ends, whichever gives a word."""
    for first, last in ((left, right), (0, right), (left, len(run))):
        form = vocabulary.form(run[first:last])
        if form.ordinary or form.known or (form.shown != form.text and vocabulary.knows(form.shown)):
            return Token(at + first, at + last, form)
    return Token(at + left, at + right, vocabulary.form(run[left:right]))


def _plain_words(run: str, at: int, vocabulary: Vocabulary) -> Iterator[Token]:
    for match in _PLAIN_WORD.finditer(run):
        word = match.group()
        start = at + match.start() + len(word) - len(word.lstrip("'"))
        word = word.strip("'")
        if word:
            yield Token(start, start + len(word), vocabulary.form(word))
