"""Reminders of an invented school: new, due soon, before days nobody works, overdue."""

from dataclasses import replace

from mail_samples import ENVELOPE, at

from alerts.messages import Line
from alerts.reminders import Reminder, render_due_soon, render_new, render_overdue, render_sheet

OPEN = Line(21, "Facebook page", "Comment", at(12, 15, 58), at(13, 15, 58), "answer by")
FLAGGED = Line(22, "X", "Mention", at(12, 16, 20), at(13, 16, 20), "answer by", ("insult",), "concern")
LATE = Line(12, "Facebook page", "Comment", at(12, 9, 0), at(13, 9, 0), "overdue", to_do=("taken by Mr Bevan",))
MAYBE = Line(17, "X", "Mention", at(12, 9, 30), at(13, 9, 30), "may be overdue: not read since its deadline")
NEW = Reminder(
    school="Oakfield Primary School",
    timezone="Europe/London",
    now=at(13, 12, 58),
    recipient="ali@oakfield.example",
    by="Mrs Ali",
    lines=(OPEN, FLAGGED),
    rule_in_words="Every comment gets a response within 24 hours.",
    clause="Monitoring",
    policy="Default 1.2",
    shown=10,
    last_today=False,
)
DUE_SOON = replace(NEW, lines=(OPEN,))
SHEET = replace(NEW, now=at(13, 14, 30), until=at(16, 11, 0), last_today=True)
OVERDUE = replace(NEW, lines=(LATE, MAYBE))
TO_HEAD = replace(OVERDUE, recipient="head@oakfield.example", by="Ms Okafor", passed_on=True)
KINDS = [(render_new, NEW), (render_due_soon, DUE_SOON), (render_sheet, SHEET), (render_overdue, OVERDUE)]


def samples():
    """One mail of each kind, by its name."""
    return {
        "new": render_new(NEW, ENVELOPE),
        "due_soon": render_due_soon(DUE_SOON, ENVELOPE),
        "sheet": render_sheet(SHEET, ENVELOPE),
        "overdue": render_overdue(OVERDUE, ENVELOPE),
        "overdue_to_the_head": render_overdue(TO_HEAD, ENVELOPE),
    }
