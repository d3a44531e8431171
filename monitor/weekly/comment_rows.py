"""Comments as lines of a list: when they came, how they stand and why, and which reply answered them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from alerts.weekly_report import CommentRow
from monitor.model import Action, Case
from monitor.rules.calendar import whole_seconds
from monitor.rules.state import response_state
from monitor.rules.weekly import counted_as
from monitor.store import comment_facts
from monitor.store.engine import Transaction
from monitor.store.wordless import wordless
from monitor.weekly.answers import Books
from monitor.weekly.gathering import Gathered
from monitor.words import kind_words, state_words


def comment_rows(
    tx: Transaction,
    books: Books,
    ids: Collection[int],
    gathered: Gathered,
    amounts: Mapping[int, float] | None = None,
) -> tuple[CommentRow, ...]:
    """The comments with these numbers as they stand now, oldest first.

    `amounts`: what each adds to a number that is no count, in hours or days.
    """
    links = comment_facts.replies_to(tx, ids)
    steps = comment_facts.derivations(tx, ids)
    then = {number: figure for figure, numbers in gathered.kinds.items() for number in numbers}
    return tuple(
        _row(case, books.now, links.get(case.id, ()), steps.get(case.id, ()), then.get(case.id, ""), amounts or {})
        for case in wordless(tx, books.school, books.pack, ids)
    )


def public_rows(tx: Transaction, books: Books, ids: Collection[int]) -> tuple[CommentRow, ...]:
    """Of the same comments what anybody can see on the page: where they stand, and since when."""
    labels = {account.id: account.label for account in books.accounts}
    return tuple(
        CommentRow(None, labels[account], kind_words(kind), at)
        for account, kind, at in comment_facts.in_public(tx, ids)
    )


def _row(
    case: Case,
    now: datetime,
    replies: Iterable[tuple[datetime, str]],
    steps: Iterable[str],
    then: str,
    amounts: Mapping[int, float],
) -> CommentRow:
    answer = response_state(case.created_at, case.due_at, case.facts, case.rule, now)
    counted_now = counted_as(case, answer) if case.due_at else ""
    return CommentRow(
        case=case.id,
        account=case.account_label,
        what=kind_words(case.kind),
        received_at=case.created_at,
        due_at=case.due_at,
        state=state_words(answer.state),
        because="; ".join(filter(None, [answer.because, _deadline(steps)])),
        answered_at=answer.responded_at,
        answered_by=_answered_by(case, answer.responded_at, replies),
        was=then.replace("_", " ") if then and then != counted_now else "",
        hours=amounts.get(case.id),
    )


def _deadline(steps: Iterable[str]) -> str:
    said = " / ".join(steps)
    return f"deadline: {said}" if said else ""


def _answered_by(case: Case, at: datetime | None, replies: Iterable[tuple[datetime, str]]) -> str:
    if at is None:
        return ""
    for replied_at, name in replies:
        if whole_seconds(replied_at, "a reply's at") == at:
            return name
    elsewhere = any(each.action is Action.ANSWERED_ELSEWHERE for each in case.facts.actions)
    return "answered elsewhere, as a moderator said" if elsewhere else ""
