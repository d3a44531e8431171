"""What came on each account in a week, and how what fell due there is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from alerts.weekly_report import AccountFigures
from monitor.rules.weekly import EXCUSED
from monitor.rules.weekly_count import Counted
from monitor.store.weekly_rows import Came
from monitor.store.wordless import wordless
from monitor.weekly.answers import Books
from monitor.weekly.behind import Behind

FIGURES = (
    "answered_in_time",
    "answered_late",
    "found_late",
    "no_reply_needed",
    "actioned",
    "withdrawn",
    "spam",
    "unanswered",
    "held",
)
"""What a comment that fell due may be counted under."""


def account_figures(
    books: Books, watched: Collection[str], received: Sequence[Came], due: Sequence[Counted], behind: Behind
) -> tuple[AccountFigures, ...]:
    """One line for each account. `watched`: keys of those in the configuration; another one has a line only where
    something came or fell due."""
    excused = _excused(books, {one.id for one in received if not one.is_owed})
    rows = []
    came_to: dict[int, list[int]] = defaultdict(list)
    for each in received:
        came_to[each.account_id].append(each.id)
    due_on: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for one in due:
        due_on[one.account][one.figure].append(one.id)
    for account in books.accounts:
        came, mine = came_to[account.id], due_on[account.key]
        if account.key not in watched and not came and not mine:
            continue
        columns: dict[str, list[int]] = {
            "received": came,
            "due": [number for name, ids in mine.items() if name not in EXCUSED for number in ids],
            **{name: list(mine[name]) for name in FIGURES},
        }
        columns["no_reply_needed"] += [number for number in came if number in excused]
        counts = behind.figures(f"account/{account.key}", columns)
        rows.append(AccountFigures(account=account.label, key=account.key, **counts))
    for name in ("received", "due", *FIGURES):
        behind.count(f"account/all/{name}", _of_all(rows, name, behind))
    return tuple(rows)


def _of_all(rows: Iterable[AccountFigures], name: str, behind: Behind) -> Iterable[int]:
    return (number for row in rows for number in behind.cases[f"account/{row.key}/{name}"])


def _excused(books: Books, unowed: Collection[int]) -> set[int]:
    """Of comments without a deadline, those the policy asks no reply to."""
    found = wordless(books.tx, books.school, books.pack, unowed)
    return {
        case.id
        for case in found
        if case.facts.tags.intersection(case.rule.no_reply_needed) and case.id not in books.hidden
    }
