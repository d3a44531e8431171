"""Everything that is looked for in the words a school publishes, in one place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from monitor.language.outgoing.contacts import contacts_in
from monitor.language.outgoing.facts import OwnPeople, Published
from monitor.language.outgoing.name_list import NameList
from monitor.language.outgoing.people import whole_names
from monitor.language.outgoing.promising import promises_in
from monitor.language.outgoing.tagging import handles_in
from monitor.language.outgoing.words import words_of
from monitor.model import OutgoingFinding, OutgoingKind

MOST_OF_A_KIND = 20
"""Findings of one kind in one text; whoever mends it sees the others there."""

_REASONS = {
    (True, True): "A pupil's first name and surname stand beside a picture.",
    (True, False): "A pupil's first name and surname are given.",
    (False, True): "What looks like a child's first name and surname stands beside a picture.",
    (False, False): "What looks like a child's first name and surname is given.",
}
_CONTACTS = {
    "phone": "It gives a telephone number that is not known to be the school's.",
    "email": "It gives an e-mail address that is not the school's.",
}


@dataclass(frozen=True)
class Lists:
    """The school's lists of names; None: it has none. `broken`: which of them could not be read."""

    pupils: NameList | None = None
    opted_out: NameList | None = None
    broken: tuple[str, ...] = ()


NO_LISTS = Lists()


def look(
    published: Published, own: OwnPeople, lists: Lists, kinds: Collection[OutgoingKind], clause: str = ""
) -> tuple[OutgoingFinding, ...]:
    """What should not stand in words of the school, by kind. Never raises; the cost grows with the text alone."""
    found = []
    for kind in OutgoingKind:
        if kind in kinds and kind in _CHECKS:
            places = _CHECKS[kind](published, own, lists)
            for place, _ in zip(places, range(MOST_OF_A_KIND), strict=False):
                start, end, reason = place
                found.append(OutgoingFinding(kind, start, end, reason, clause))
    return tuple(found)


def _full_names(published: Published, own: OwnPeople, lists: Lists) -> Iterator[tuple[int, int, str]]:
    if published.is_private:
        return
    for each in whole_names(published, own, lists.pupils):
        yield each.start, each.end, _REASONS[each.is_listed, published.has_picture]


def _tags(published: Published, own: OwnPeople, _: Lists) -> Iterator[tuple[int, int, str]]:
    if published.is_private:
        return
    for start, end in handles_in(published, own):
        yield start, end, "It tags an account that is not the school's and does not look like an organisation's."
    if published.tagged:
        yield 0, 0, "The network shows somebody tagged in it who has no part in the conversation."


def _contact_details(published: Published, own: OwnPeople, _: Lists) -> Iterator[tuple[int, int, str]]:
    for each in contacts_in(published, own):
        yield each.start, each.end, _CONTACTS[each.kind]


def _promises(published: Published, _: OwnPeople, __: Lists) -> Iterator[tuple[int, int, str]]:
    for each in promises_in(published.text):
        yield each.start, each.end, each.reason


def _opted_out(published: Published, _: OwnPeople, lists: Lists) -> Iterator[tuple[int, int, str]]:
    if published.is_private or lists.opted_out is None:
        return
    for each in lists.opted_out.met_in(published.text, words_of(published.text), initials=True):
        how = "by first name and initial" if each.is_initial else "by name"
        yield each.start, each.end, f"Somebody on the list of those not to be shown or named stands in it {how}."


def _not_checked(published: Published, _: OwnPeople, lists: Lists) -> Iterator[tuple[int, int, str]]:
    if published.is_private or not published.text.strip():
        return
    for name in lists.broken:
        yield 0, 0, f"{name} could not be read, so nobody held these words against it. Please look yourself."


_CHECKS = {
    OutgoingKind.FULL_NAME: _full_names,
    OutgoingKind.TAG: _tags,
    OutgoingKind.CONTACT_DETAILS: _contact_details,
    OutgoingKind.PROMISE: _promises,
    OutgoingKind.OPTED_OUT: _opted_out,
    OutgoingKind.NOT_CHECKED: _not_checked,
}
