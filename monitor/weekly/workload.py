"""Who does the work: what each person took in hand and holds, and accounts with too few people there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from alerts.weekly_report import LoadLine
from config.settings import Settings
from monitor.model import Action
from monitor.rules.marks import in_force
from monitor.rules.outstanding import taken_by
from monitor.rules.queue import Waiting
from monitor.rules.routing import moderators_of
from monitor.school_facts import SchoolFacts
from monitor.store import weekly_rows
from monitor.store.wordless import wordless
from monitor.weekly.answers import Books
from monitor.weekly.behind import Behind

_ENOUGH = 2


def who_key(person: str) -> str:
    """Stands for a member of staff where no name is kept."""
    return sha256(person.casefold().encode()).hexdigest()[:10]


def load(
    books: Books, settings: Settings, since: datetime, until: datetime, waiting: Sequence[Waiting], behind: Behind
) -> tuple[LoadLine, ...]:
    """A line for each person: what they took in hand in [since, until), and what of `waiting` they hold."""
    ids = set(weekly_rows.taken(books.tx, books.account_ids, since)) - set(books.hidden)
    taken: dict[str, set[int]] = {p.name: set() for p in settings.people if "moderator" in p.roles}
    for case in wordless(books.tx, books.school, books.pack, ids):
        for each in in_force(case.decisions):
            if each.fact.action is Action.TAKE and since <= each.fact.at < until:
                taken.setdefault(each.by, set()).add(case.id)
    holding: dict[str, set[int]] = {}
    for entry in waiting:
        if who := taken_by(entry.case):
            holding.setdefault(who, set()).add(entry.case.id)
    lines = []
    for person in sorted({*taken, *holding}, key=str.casefold):
        key = who_key(person)
        columns = {"taken": taken.get(person, set()), "open": holding.get(person, set())}
        lines.append(LoadLine(person=person, key=key, **behind.figures(f"load/{key}", columns)))
    return tuple(lines)


def cover_gaps(settings: Settings, facts: SchoolFacts, now: datetime) -> tuple[str, ...]:
    """In words: the accounts that have no moderator, or only one, who is there on this day."""
    day = facts.local_day(now)
    gaps: dict[str, list[str]] = {}
    for account in settings.accounts:
        there = moderators_of(facts.people, facts.entry(account.key), day)
        if len(there) < _ENOUGH:
            gaps.setdefault("No moderator" if not there else "No second moderator", []).append(account.label)
    return tuple(f"{what}: {', '.join(labels)}" for what, labels in sorted(gaps.items()))
