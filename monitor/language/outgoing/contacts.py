"""Telephone numbers and e-mail addresses in what a school publishes that are not the school's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.language.normalise import normalise
from monitor.language.numbers import numbers_in
from monitor.language.offices import is_office
from monitor.language.outgoing.facts import OwnPeople, Published, digits_of
from monitor.language.personal_data import AROUND_NUMBER, phone_kind

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}(?: @ |@)(?P<domain>[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})")


@dataclass(frozen=True)
class Contact:
    """A way to reach somebody, and of which kind: "phone" or "email"."""

    kind: str
    start: int
    end: int


def contacts_in(published: Published, own: OwnPeople) -> Iterator[Contact]:
    """Numbers that can be rung and addresses of e-mail, without the school's own and those of offices.

    Never raises; the cost grows with the text alone.
    """
    plain = normalise(published.text)
    for number in numbers_in(plain.text):
        before = plain.text[max(0, number.start - AROUND_NUMBER) : number.start]
        digits = ("+" if number.international else "") + number.digits
        if phone_kind(number, before) == "phone" and digits_of(digits) not in own.contacts:
            yield Contact("phone", *plain.original_span(number.start, number.end))
    if "@" not in plain.text:
        return
    for match in _EMAIL.finditer(plain.text):
        address = match.group().replace(" ", "")
        if not (_is_own(address, match["domain"], own) or is_office(address.partition("@")[0])):
            yield Contact("email", *plain.original_span(match.start(), match.end()))


def _is_own(address: str, domain: str, own: OwnPeople) -> bool:
    if address in own.contacts or domain in own.contacts:
        return True
    return any(domain == each or domain.endswith(f".{each}") for each in own.domains)
