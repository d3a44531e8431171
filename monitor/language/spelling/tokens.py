"""A normalised text as words: what was written, where, and what it stands for without its disguise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

from monitor.language.normalise import Normalised
from monitor.language.offices import is_office
from monitor.language.spelling.emoji_words import EMOJI, emoji_forms
from monitor.language.spelling.segment import cut
from monitor.language.spelling.word_forms import LONGEST_READ, Form, Vocabulary


class Token(NamedTuple):
    """One word of a normalised text, end excluded. `kind`: "" for a word, else "emoji", or what it is ("link")."""

    start: int
    end: int
    form: Form
    kind: str = ""


_token = partial(tuple.__new__, Token)  # what `Token(...)` comes to, without its detour

_RUN = re.compile(r"(?:[^\W_]++|[@$!*#+|€£']++)++")
_ASCII_RUN = re.compile(r"[A-Za-z0-9@$!*#+|']+")  # the same where all is ASCII, at half the cost
_PLAIN_WORD = re.compile(r"(?:[^\W_]|')+")
_SIGN_OR_DIGIT = re.compile(r"[0-9@$!*#+|€£]")
_DIGIT = re.compile(r"\d")
_ASCII_DIGIT = re.compile(r"[0-9]")
_OTHER_ENDINGS = (".org", ".net", ".uk", ".example")  # of addresses, told where a digit stands as well
_PUBLIC_BODIES = (".sch.uk", ".gov.uk", ".nhs.uk", ".ac.uk", ".police.uk", ".org.uk", ".gov.wales", ".example")
_FEWEST_DIGITS = 5  # of a number that is one word
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
    if _may_hold_an_address(text):
        for match in _NEUTRAL.finditer(text):
            kind = match.lastgroup or ""
            if kind == "mention" and _is_disguise(match.group(), vocabulary):
                continue
            if kind == "email" and _is_of_an_office(match.group()):
                kind = "mention"  # it gives nobody away: an office is named as an account is
            _add_words(tokens, text, begin, match.start(), vocabulary)
            begin = match.end()
            tokens.append(Token(match.start(), begin, Form(match.group(), kind, {}, True, match.group()), kind))
    _add_words(tokens, text, begin, len(text), vocabulary)
    if not text.isascii() and EMOJI.search(text):
        tokens += [Token(start, end, form, "emoji") for start, end, form in emoji_forms(text, vocabulary.knows)]
        return list(_apart_from_each_other(sorted(tokens, key=lambda token: token.start)))
    return tokens


def _may_hold_an_address(text: str) -> bool:
    """Whether there may be an address, an @name or a long number: most comments have none, which is cheap to see."""
    if "@" in text or "/" in text or ".co" in text or "www." in text:
        return True
    if _ASCII_DIGIT.search(text) is None:
        return False
    return len(_DIGIT.findall(text)) >= _FEWEST_DIGITS or any(ending in text for ending in _OTHER_ENDINGS)


def _is_of_an_office(address: str) -> bool:
    """Whether it is the address of an office of a school or another public body. Firms may be advertising."""
    return address.endswith(_PUBLIC_BODIES) and is_office(address.partition("@")[0])


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
    """Add the words from `begin` to `end`. What a run of letters and signs holds is remembered, for words recur."""
    remembered, place_of, add = vocabulary.runs.get, text.index, tokens.append
    runs = _ASCII_RUN if text.isascii() else _RUN
    at = begin
    for run in runs.findall(text, begin, end):
        at = place_of(run, at)
        words = remembered(run)
        if words is None:
            words = tuple(_words_in(run, vocabulary))
            vocabulary.remember(run, words)
        for start, stop, form in words:
            add(_token((at + start, at + stop, form, "")))
        at += len(run)


def _words_in(run: str, vocabulary: Vocabulary) -> Iterable[tuple[int, int, Form]]:
    """The words in a run of letters and signs, and where in it they stand."""
    if run.isalpha():
        form = vocabulary.form(run)
        if form.ordinary or not form.known or form.shown != run:
            return ((0, len(run), form),)
        return _apart(0, form, vocabulary)
    if _SIGN_OR_DIGIT.search(run):
        return _with_signs(run, vocabulary)
    return _plain_words(run, vocabulary)


def _with_signs(run: str, vocabulary: Vocabulary) -> Iterator[tuple[int, int, Form]]:
    """Signs stand for letters where that gives a word; else they part words, as in "fish+chips" and "no!!!yes"."""
    right = len(run.rstrip("!+|'"))
    left = len(run) - len(run.lstrip("!*#+|'"))
    if left >= right:
        return
    inner = run[left:right]
    if inner.isalpha():
        form = vocabulary.form(inner)
        if form.ordinary:
            yield left, right, form
        elif left and run[left - 1] == "#" and form.shown == inner:
            yield from _apart(left, form, vocabulary)
        else:
            yield _best(run, left, right, vocabulary)
        return
    best = _best(run, left, right, vocabulary)
    _, _, form = best
    if form.ordinary or form.shown != form.text or _PLAIN_WORD.fullmatch(form.text):
        yield best
    else:
        yield from _plain_words(run, vocabulary)


def _apart(at: int, form: Form, vocabulary: Vocabulary) -> Iterator[tuple[int, int, Form]]:
    """The words of some that were written together ("#sackthehead"), or the whole where not all of it is known."""
    cuts = cut(form.text, (), vocabulary.knows) if len(form.text) <= LONGEST_READ else []
    if not all(vocabulary.knows(form.text[first:end]) for first, end in cuts) or len(cuts) < 2:
        yield at, at + len(form.text), form
        return
    for first, end in cuts:
        word = vocabulary.form(form.text[first:end])
        yield at + first, at + end, word._replace(shown=f" {word.shown}" if first else word.shown)


def _best(run: str, left: int, right: int, vocabulary: Vocabulary) -> tuple[int, int, Form]:
    """The reading of a run without or with the signs at its ends, whichever gives a word."""
    for first, last in ((left, right), (0, right), (left, len(run))):
        form = vocabulary.form(run[first:last])
        if form.ordinary or form.known or (form.shown != form.text and vocabulary.knows(form.shown)):
            return first, last, form
    return left, right, vocabulary.form(run[left:right])


def _plain_words(run: str, vocabulary: Vocabulary) -> Iterator[tuple[int, int, Form]]:
    for match in _PLAIN_WORD.finditer(run):
        word = match.group()
        start = match.start() + len(word) - len(word.lstrip("'"))
        word = word.strip("'")
        if word:
            yield start, start + len(word), vocabulary.form(word)
