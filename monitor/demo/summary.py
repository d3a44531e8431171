"""What the demonstration says at its end: figures, and where each thing lies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from config.mail import FolderMail
from monitor.custody.log import checkpoint_of
from monitor.demo.play import Played
from monitor.evidence.log.checkpoint import short_form
from monitor.model import ResponseState
from monitor.rules.state import response_state
from monitor.store import cases, evidence_log, judged, ledger
from monitor.wiring import App

STATES = (
    ("in time", ResponseState.ANSWERED_IN_TIME),
    ("late", ResponseState.ANSWERED_LATE),
    ("to answer", ResponseState.OPEN),
    ("overdue", ResponseState.OVERDUE),
    ("withdrawn", ResponseState.WITHDRAWN),
)
COLUMNS = ("account", "comments", "replies", "flagged", "unreadable", *(words for words, _ in STATES), "other")


def rows(app: App, played: Played, now: datetime) -> list[Sequence[object]]:
    """One row for each account: what is stored, and where its comments stand at `now`."""
    found: list[Sequence[object]] = []
    with app.store.reading() as tx:
        school = ledger.school_by_key(tx, app.settings.school.key)
        if school is None:
            return found
        everything = cases.every_case(tx, school, app.settings.policy)
        for account in ledger.accounts_of(tx, school):
            mine = [case for case in everything if case.account == account.key]
            states = Counter(
                response_state(case.created_at, case.due_at, case.facts, case.rule, now).state for case in mine
            )
            counts = judged.counts(tx, account)
            named = [states.pop(state, 0) for _, state in STATES]
            found.append(
                (
                    account.label,
                    counts["comments"],
                    counts["replies"],
                    counts["flagged"],
                    counts["quarantined"],
                    *named,
                    sum(states.values()),
                )
            )
    return found


def evidence_log_in_words(app: App) -> str:
    """How long the evidence log is, and the head under which it was last signed."""
    with app.store.reading() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        size, newest = evidence_log.size(tx, school), evidence_log.newest_checkpoint(tx, school)
        head = short_form(checkpoint_of(school, newest)) if newest else "not signed yet"
    return f"{size} entries, signed as {head}"


def places(app: App) -> list[tuple[str, str]]:
    """(what, where) of everything the demonstration leaves behind."""
    folder = app.settings.path.parent
    mail = app.settings.mail
    return [
        ("Configuration", str(app.settings.path)),
        ("Database", str(folder / app.settings.storage.database)),
        ("Mails", str(folder / mail.folder) if isinstance(mail, FolderMail) else ""),
        ("Weekly report", str(folder / "weekly-report.pdf")),
        ("Evidence", str(app.settings.evidence_folder)),
        ("Evidence log", evidence_log_in_words(app)),
    ]
