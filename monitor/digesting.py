"""What of all that waits belongs into one person's digest.

Of the accounts they look after, everything that waits: but what they are kept out of, and what is for those who are
told alone, unless they are told. Of the others, what they are told of by the policy's rule, where it is no more than
a concern. What nobody is to answer is never listed as owed an answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.custody import media_gate
from monitor.rules.handling import Answering
from monitor.rules.queue import Waiting, worst
from monitor.rules.routing import moderators_of
from monitor.school_facts import SchoolFacts
from monitor.seeing import Seeing
from monitor.store import alerts, exclusions, ledger
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment
from monitor.store.listening import unreachable_people
from monitor.telling import Concerns, concerns, standing_flags

_WAITS = frozenset({"note", "concern"})
"""Severities of which people hear with the digest and not before."""


@dataclass(frozen=True)
class ForOne:
    """What waits for one person, in the order of the moderators' list."""

    to_answer: tuple[Waiting, ...]
    flagged: tuple[Waiting, ...]


def for_person(
    tx: Transaction, school: SchoolFacts, entries: Sequence[Waiting], person: str, now: datetime
) -> ForOne:
    """What of `entries` the person with this e-mail address is told of in a digest sent now."""
    hidden = exclusions.hidden_from(tx, ledger.enrolled_school(tx, school.key), person.lower())
    day = school.local_day(now)
    to_answer: list[Waiting] = []
    flagged: list[Waiting] = []
    mine = frozenset(accounts_of(tx, school, {entry.case.account for entry in entries}, person, now))
    for entry in entries:
        case = entry.case
        if case.id in hidden:
            continue
        comment, flags = tx.get_one(Comment, case.id), standing_flags(case)
        found = concerns(tx, school, comment, flags, day) if flags else None
        is_mine = case.account in mine and (found is None or _may_see(tx, comment, found, person))
        if is_mine and _is_to_answer(entry, found):
            to_answer.append(entry)
        if (entry.flags or case.to_do) and (is_mine or _hears_in_the_digest(entry, found, person)):
            flagged.append(entry)
    return ForOne(tuple(to_answer), tuple(flagged))


def to_answer(
    tx: Transaction, school: SchoolFacts, entries: Sequence[Waiting], person: str, now: datetime
) -> tuple[Waiting, ...]:
    """Of `entries`, on whatever account, what is to be answered and the person with this address may know of."""
    hidden = Seeing(school).hidden_from_mail(tx, ledger.enrolled_school(tx, school.key), person, now)
    day = school.local_day(now)
    kept: list[Waiting] = []
    for entry in entries:
        comment, flags = tx.get_one(Comment, entry.case.id), standing_flags(entry.case)
        if entry.case.id in hidden or media_gate.is_withheld(tx, comment.account.school, comment.id):
            continue
        found = concerns(tx, school, comment, flags, day) if flags else None
        if _is_to_answer(entry, found) and (found is None or _may_see(tx, comment, found, person)):
            kept.append(entry)
    return tuple(kept)


def accounts_of(
    tx: Transaction, school: SchoolFacts, keys: Collection[str], person: str, now: datetime
) -> tuple[str, ...]:
    """Keys of those accounts that the person looks after today."""
    day, refused = school.local_day(now), unreachable_people(tx, ledger.enrolled_school(tx, school.key))
    return tuple(
        key
        for key in sorted(keys)
        if _is_among(person, moderators_of(school.people, school.entry(key), day, refused=refused))
    )


def _may_see(tx: Transaction, comment: Comment, found: Concerns, person: str) -> bool:
    """Whether somebody who looks after the account may see a case on it."""
    if not found.handling.only_those_told or _is_among(person, found.route.first):
        return True
    told = [telling.person for alert in alerts.of_comment(tx, comment) for telling in alerts.tellings(tx, alert)]
    return _is_among(person, told)


def _is_to_answer(entry: Waiting, found: Concerns | None) -> bool:
    is_held = found is not None and found.handling.answering is Answering.HOLD
    return entry.needs_reply and not is_held


def _hears_in_the_digest(entry: Waiting, found: Concerns | None, person: str) -> bool:
    return found is not None and worst(entry.flags) in _WAITS and _is_among(person, found.readers)


def _is_among(person: str, people: Collection[str]) -> bool:
    return person.lower() in {each.lower() for each in people}
