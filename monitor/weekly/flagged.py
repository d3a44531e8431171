"""Flagged comments of a week: by category, and what was done about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.weekly_report import CategoryFigures, NotActioned
from config.policy import PolicyPack
from monitor.model import OFFENSIVE, Case, Category, Flag
from monitor.rules.governors import Done, done_about
from monitor.rules.marks import in_force, is_false_alarm, standing
from monitor.store import waiting_rows, weekly_rows
from monitor.store.wordless import wordless
from monitor.weekly.answers import Books
from monitor.weekly.behind import Behind
from monitor.weekly.waiting import out_of_sight
from monitor.words import category_words

_ACTIONS = {
    "hidden": Done.HIDDEN,
    "deleted": Done.DELETED,
    "reported": Done.REPORTED,
    "blocked": Done.BLOCKED,
}
_NOT_ACTED = frozenset({Done.NOTHING_YET, Done.ADVICE_AWAITED})


def flagged_in(books: Books, since: datetime, until: datetime, behind: Behind) -> tuple[CategoryFigures, ...]:
    """One line for each category in which a comment was flagged in [since, until), what offends first."""
    ids = set(weekly_rows.flagged(books.tx, since, until)) - set(books.hidden)
    flagged = wordless(books.tx, books.school, books.pack, ids)
    raised: dict[int, Sequence[Flag]] = {
        case.id: [f for f in case.flags if f.raised_at and since <= f.raised_at < until] for case in flagged
    }
    kinds = sorted({flag.category for flags in raised.values() for flag in flags}, key=_offensive_first)
    return tuple(_line(category, flagged, raised, books.pack, behind) for category in kinds)


def oldest_not_actioned(books: Books) -> NotActioned | None:
    """Of comments with offensive flags nobody decided on, the one that came first."""
    ids = set(waiting_rows.undecided_alarms(books.tx, books.account_ids, OFFENSIVE)) - out_of_sight(books)
    found = [
        (case.created_at, case.id, case, flags)
        for case in wordless(books.tx, books.school, books.pack, ids)
        if (flags := [f for f in standing(case.flags, case.decisions) if f.category in OFFENSIVE])
    ]
    if not found:
        return None
    _, _, case, flags = min(found, key=lambda each: each[:2])
    return NotActioned(case.id, case.account_label, category_words(flags[0].category), case.created_at)


def _line(
    category: Category,
    flagged: Sequence[Case],
    raised: dict[int, Sequence[Flag]],
    pack: PolicyPack,
    behind: Behind,
) -> CategoryFigures:
    with_it = [case for case in flagged if any(flag.category is category for flag in raised[case.id])]
    wrong = {case.id for case in with_it if _all_wrong(raised[case.id], category, case)}
    done = {case.id: done_about(case, category, pack) for case in with_it if case.id not in wrong}
    acted = frozenset(_ACTIONS.values())
    columns = {
        "flagged": [case.id for case in with_it],
        "decided": [case.id for case in with_it if in_force(case.decisions)],
        "evidence_kept": [case.id for case in with_it if case.evidence],
        "false_alarms": wrong,
        **{name: [number for number, what in done.items() if each in what] for name, each in _ACTIONS.items()},
        "otherwise": [n for n, what in done.items() if not what & acted and what - _NOT_ACTED],
        "none_yet": [n for n, what in done.items() if what <= _NOT_ACTED],
    }
    said = category_words(category)
    figures = behind.figures(f"category/{said}", columns)
    return CategoryFigures(category=said, is_offensive=category in OFFENSIVE, **figures)


def _all_wrong(flags: Sequence[Flag], category: Category, case: Case) -> bool:
    """Whether a moderator marked every flag of this category a false alarm."""
    return all(is_false_alarm(flag, case) for flag in flags if flag.category is category)


def _offensive_first(category: Category) -> tuple[bool, str]:
    return (category not in OFFENSIVE, category)
