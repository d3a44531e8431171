"""Personal data: telephone numbers, e-mail addresses, cards and what words give away about where somebody lives.

Numbers are looked at one run of digits at a time, each of bounded length, so the cost grows with the length of the
text only. `phonenumbers` is asked about such a run, never about the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources

from monitor.language.finding import Finding
from monitor.language.numbers import Number, numbers_in
from monitor.language.offices import is_office
from monitor.language.pattern_files import read_patterns, shared_words
from monitor.language.patterns import Patterns
from monitor.language.reading import Reading
from monitor.model import Category

SHORTEST_PHONE = 9  # digits
LONGEST_PHONE = 15  # digits, as E.164 has it
SHORTEST_CARD, LONGEST_CARD = 13, 19  # digits
AROUND_NUMBER = 40  # characters before a number in which we look for whose it is

_EMAIL = re.compile(
    r"[a-z0-9][a-z0-9._%+\-]{0,63}(?: @ |@)[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{2,63}){1,4}"
    r"|[a-z0-9][a-z0-9._%+\-]{0,63}(?: (?:dot|underscore|dash) [a-z0-9]{1,30}|\(dot\)[a-z0-9]{1,30}){0,3}"
    r" ?[\[(]?\bat\b[\])]? ?[a-z0-9\-]{1,63}"
    r"(?: ?[\[(]?\bdot\b[\])]? ?[a-z0-9\-]{1,63}){0,2}"
    r" ?[\[(]?\bdot\b[\])]? ?(?:com|co|org|net|uk|sch|ac|gov|info|me|io|eu|example|test)\b"
)
_EMAIL_HINT = re.compile(r"\bdot\b")
_OF_AN_OFFICE = re.compile(
    r"\b(?:school|office|reception|helpline|samaritans|childline|nspcc|hotline|police|council|surgery|hospital"
    r"|box office|absence line|switchboard|freephone|crimestoppers|main number|shout|nhs|taxis?|coach company)\b"
)
_OF_A_PERSON = re.compile(
    r"\b(?:my|me|mum'?s?|dad'?s?|mam'?s?|nan'?s?|his|her|hers|their|personal|private|mobile|home number|our house"
    r"|wife|husband|son|daughter|mate|babysitter|teacher'?s|prank|spam|text|whatsapp)\b"
)
_CARD = re.compile(r"\b(?:card|visa|mastercard|amex|debit|credit)\b")
_BOOK = re.compile(r"\b(?:isbn|order|ref|reference|tracking|invoice|barcode|serial|ticket|booking|version)\b")


def find_personal_data(reading: Reading) -> list[Finding]:
    """What in the text is personal data, each kind once. Never raises; linear in the text's length."""
    return [*_numbers(reading), *_emails(reading), *_shipped().find(reading)]


@lru_cache(maxsize=1)
def _shipped() -> Patterns:
    file = resources.files("monitor.language") / "personal_data.toml"
    return Patterns(read_patterns("personal_data", tomllib.loads(file.read_text(encoding="utf-8")), shared_words()))


def _numbers(reading: Reading) -> Iterator[Finding]:
    told: set[str] = set()
    for number in numbers_in(reading.plain.text):
        before = reading.plain.text[max(0, number.start - AROUND_NUMBER) : number.start]
        kind = phone_kind(number, before)
        if kind in _KINDS and kind not in told:
            told.add(kind)
            score, reason = _KINDS[kind]
            start, end = reading.plain.original_span(number.start, number.end)
            yield Finding(Category.PERSONAL_DATA, "serious", score, start, end, reason)


_KINDS = {
    "card": (0.9, "It seems to give the number of a payment card."),
    "phone": (0.85, "It seems to give somebody's telephone number."),
}


def phone_kind(number: Number, before: str) -> str:
    """What a number is, by the words before it: "phone", "office phone", "card"; empty: none of these."""
    digits = number.digits
    if _BOOK.search(before):
        return ""
    if SHORTEST_CARD <= len(digits) <= LONGEST_CARD and not number.international:
        return "card" if _passes_luhn(digits) or (len(digits) >= 15 and _CARD.search(before)) else ""
    if not _is_phone(number):
        return ""
    if digits.startswith(("080", "0300", "0303", "0333", "0344", "0345", "0370", "0371", "084", "087")):
        return "office phone"  # ranges that firms and public bodies use
    if _OF_AN_OFFICE.search(before) and not _OF_A_PERSON.search(before):
        return "office phone"
    return "phone"


def _is_phone(number: Number) -> bool:
    """Whether it could be rung. Numbers kept for drama (07700 900...) count too."""
    if not SHORTEST_PHONE <= len(number.digits) <= LONGEST_PHONE:
        return False
    if not number.international:
        return len(number.digits) in (10, 11) and number.digits.startswith(("01", "02", "03", "07", "08"))
    import phonenumbers  # where a text holds a foreign number, which is seldom

    try:
        parsed = phonenumbers.parse("+" + number.digits, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(parsed)


def _passes_luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0 and len(set(digits)) > 1


def _emails(reading: Reading) -> Iterator[Finding]:
    text = reading.plain.text
    if "@" not in text and ("dot" not in text or not _EMAIL_HINT.search(text)):
        return
    for match in _EMAIL.finditer(text):
        name = re.split(r"\s*[\[(]?(?:@|\bat\b)", match.group(), maxsplit=1)[0]
        if not is_office(name):
            start, end = reading.plain.original_span(match.start(), match.end())
            yield Finding(
                Category.PERSONAL_DATA, "serious", 0.8, start, end, "It seems to give somebody's e-mail address."
            )
            return
