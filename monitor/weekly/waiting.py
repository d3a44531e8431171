"""What waits now, from any week: what is owed an answer, what is overdue, and what nobody is to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.weekly_report import HeldBack, Unanswered
from monitor.custody import media_gate
from monitor.model import Case
from monitor.rules.holds import removed_before_advice
from monitor.rules.outstanding import taken_by
from monitor.rules.queue import Waiting, in_order
from monitor.rules.weekly_count import Counted
from monitor.store import cases, waiting_rows
from monitor.store.wordless import wordless
from monitor.weekly.answers import Books
from monitor.weekly.behind import Behind
from monitor.words import kind_words, words_beside_deadline


def owed(books: Books) -> list[Waiting]:
    """What is owed an answer now, oldest first. What is withheld is not: it is with the person responsible."""
    ids = set(waiting_rows.owed(books.tx, books.account_ids)) - out_of_sight(books)
    found = in_order(wordless(books.tx, books.school, books.pack, ids), {}, books.now)
    return sorted((entry for entry in found if entry.needs_reply), key=_oldest_first)


def out_of_sight(books: Books) -> set[int]:
    """Cases of which the report says nothing: withheld from everybody, or hidden from its readers."""
    return media_gate.all_withheld(books.tx, books.school).keys() | set(books.hidden)


def deadlines_passed(waiting: Sequence[Waiting], now: datetime, behind: Behind) -> list[datetime]:
    """The deadlines of what is overdue now, of any week."""
    overdue = [entry for entry in waiting if entry.is_overdue and entry.case.due_at]
    behind.amounts["oldest_days"] = _overdue_for(overdue, now)
    behind.count("unanswered_now", (entry.case.id for entry in waiting))
    behind.count("overdue_now", (entry.case.id for entry in overdue))
    return [entry.case.due_at for entry in overdue if entry.case.due_at]


def held(books: Books, due: Sequence[Counted], behind: Behind) -> tuple[tuple[HeldBack, ...], tuple[int, ...]]:
    """What nobody was to answer, by the clause that says so; and what was taken down before advice was there."""
    pack = books.pack
    ids = set(waiting_rows.held_and_waiting(books.tx, books.account_ids, pack)) - out_of_sight(books)
    found = wordless(books.tx, books.school, pack, ids, to_do=True)
    waiting = in_order(found, cases.undecided_flags_of(books.tx, ids), books.now)
    now: dict[str, list[int]] = {}
    for entry in waiting:
        if entry.is_held:
            now.setdefault(entry.case.facts.hold, []).append(entry.case.id)
    fell: dict[str, list[int]] = {}
    for one in due:
        if one.hold:
            fell.setdefault(one.hold, []).append(one.id)
    lines = [
        HeldBack(
            clause,
            **behind.figures(f"held/{clause}", {"fell_due": fell.get(clause, ()), "waiting": now.get(clause, ())}),
        )
        for clause in sorted({*fell, *now})
    ]
    return tuple(lines), tuple(sorted(e.case.id for e in waiting if removed_before_advice(e.case, pack)))


def line_of(entry: Waiting) -> Unanswered:
    """What the report says of one comment that is owed an answer."""
    case: Case = entry.case
    return Unanswered(
        case=case.id,
        account=case.account_label,
        what=kind_words(case.kind),
        received_at=case.created_at,
        due_at=case.due_at,
        state=words_beside_deadline(entry.answer.state),
        holder=taken_by(case),
    )


def _oldest_first(entry: Waiting) -> tuple[datetime, int]:
    return entry.case.created_at, entry.case.id


def _overdue_for(overdue: Sequence[Waiting], now: datetime) -> tuple[tuple[int, float], ...]:
    return tuple(
        (entry.case.id, (now - entry.case.due_at) / timedelta(days=1)) for entry in overdue if entry.case.due_at
    )
