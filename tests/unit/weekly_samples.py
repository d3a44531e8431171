"""A full weekly report of an invented school, and one of a week in which nothing happened."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from alerts.render import Envelope
from alerts.report_render import render_weekly
from alerts.weekly_report import (
    AccountFigures,
    BlindDay,
    CategoryFigures,
    Coverage,
    EarlierChange,
    EvidenceHead,
    HeldBack,
    LoadLine,
    NotActioned,
    TrendWeek,
    Unanswered,
    Unwatched,
    WeeklyReport,
)


def at(day, hour, minute, second=0):
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


FACEBOOK = AccountFigures("Facebook page", 131, 130, 107, 2, 3, 4, 5, 1, 6, 8, key="facebook")
REDDIT = AccountFigures("Reddit", 7, 9, 9, 0, 0, 0, 0, 0, 0, 0, key="reddit")
WAITING = Unanswered(12, "Facebook page", "Comment", at(2, 6, 41), at(3, 6, 41), "overdue", "Mrs Ali")
HEAD = EvidenceHead(
    entries=1234,
    printed="1234:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    key="sha256:" + "0123456789abcdef" * 4,
    at=at(16, 7, 29),
)
_KNOWN = (None, None, (41, 40), (55, 55), (38, 30), "not read", (61, 60), (70, 66), (64, 64), (88, 71), (120, 118))


def _week(number, known):
    day, name = date(2026, 8, 24) + timedelta(days=7 * number), f"2026-W{35 + number}"
    if isinstance(known, tuple):
        return TrendWeek(name, day, *known)
    return TrendWeek(name, day, None, None, known or "not watched yet")


TREND = tuple(_week(number, known) for number, known in enumerate((*_KNOWN, (138, 116))))
REPORT = WeeklyReport(
    school="Oakfield Primary School",
    timezone="Europe/London",
    week="2026-W46",
    first_day=date(2026, 11, 9),
    last_day=date(2026, 11, 15),
    made_at=at(16, 7, 30),
    verdict="116 of 139 comments were answered in time. Reddit could not be read for 9 hours on Tuesday.",
    coverage=(
        Coverage("Facebook page", 672, 671, (), 168.0, 168.0, 133, 3, 136, 133, key="facebook"),
        Coverage("Reddit", 670, 636, ((at(10, 6, 40), at(10, 15, 40)),), 158.97, 168.0, 14, key="reddit",
                 hours_blind=9.03),
    ),
    unanswered=(WAITING,),
    figures=(FACEBOOK, REDDIT),
    median_hours=3.43,
    slowest_hours=19.6,
    slowest_is_percentile=True,
    flagged=(
        CategoryFigures("threat", 21, 20, 19, hidden=9, deleted=2, reported=7, blocked=1, otherwise=4, none_yet=1,
                        is_offensive=True),
        CategoryFigures("self_harm", 3, 2, 1, otherwise=2, none_yet=1),
    ),
    messages_unwatched=(
        Unwatched(("Facebook page", "X"), "the account's setting"),
        Unwatched(("Instagram",), 'the policy forbids it, clause "Private messages"'),
    ),
    uncovered_promise="The policy promises an answer to direct messages: this program does not watch over that.",
    rule_in_words="Every comment gets a response within 24 hours.",
    clause="Monitoring",
    policy="Default 1.2",
    calendar="England",
    evidence=HEAD,
    recipients=("Mr Marsh", "Mrs Okafor"),
    shown=10,
    unanswered_now=1,
    overdue_now=1,
    oldest_days=13,
    blind=(BlindDay("Reddit", date(2026, 11, 10), 9.03, "reddit"),),
    oldest_not_actioned=NotActioned(88, "Facebook page", "threat", at(12, 21, 14)),
    trend=TREND,
    load=(LoadLine("Mr Bevan", 4, 0, "b"), LoadLine("Mrs Ali", 12, 1, "a")),
    cover_gaps=("No second moderator: Reddit",),
    changes=(
        EarlierChange("2026-W45", "unanswered", "answered_late", 1),
        EarlierChange("2026-W44", "not known then", "found_late", 2),
    ),
    next_report=at(23, 7, 30),
)  # fmt: skip
NOTHING = replace(
    REPORT,
    verdict="Nothing fell due this week.",
    coverage=(Coverage("Facebook page", 672, 672, (), 168.0, 168.0, 0, key="facebook"),),
    unanswered=(),
    figures=(AccountFigures("Facebook page", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, key="facebook"),),
    median_hours=None,
    slowest_hours=None,
    slowest_is_percentile=False,
    flagged=(),
    evidence=None,
    unanswered_now=0,
    overdue_now=0,
    oldest_days=0,
    blind=(),
    oldest_not_actioned=None,
    trend=tuple(TrendWeek(each.week, each.first_day, 0, 0) for each in TREND[-1:]),
    load=(LoadLine("Mrs Ali", 0, 0, "a"),),
    cover_gaps=(),
    changes=(),
)
HELD = replace(REPORT, held=(HeldBack("A.5.4 Complaints about staff", 2, 1),), removed_before_advice=(1043, 1051))


def samples():
    """The report as a mail, of a full week and of an empty one."""
    envelope = Envelope(
        sender="monitor@oakfield.example",
        sender_name="Oakfield Primary School",
        reply_to="office@oakfield.example",
        recipient="head@oakfield.example",
        message_id="<0123456789abcdef@oakfield.example>",
        list_id="alerts.oakfield.monitor",
        date=at(16, 7, 30),
    )
    return {"weekly": render_weekly(REPORT, envelope), "weekly-nothing": render_weekly(NOTHING, envelope)}
