"""When people hear from us, and how often at most."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import Field, StrictInt, ValidationInfo, field_validator

from config.policy import ClockTime
from config.values import Section


class Schedule(Section):
    """When people hear from us. Times of day are local to the school."""

    digest_at: ClockTime = time(8, 0)
    """Morning digest, on working days."""
    weekly_report_at: ClockTime = time(7, 30)
    """Weekly report, on Mondays, for the week that ended the night before."""
    digest_items: Annotated[StrictInt, Field(ge=1, le=100)] = 10
    """Lines in one list of a mail; the rest is counted: "and 14 more"."""
    mails_from: ClockTime = time(8, 0)
    mails_until: ClockTime = time(18, 0)
    """Between these two, on working days, people are mailed about what is not urgent. What is urgent never waits."""
    mails_a_day: Annotated[StrictInt, Field(ge=3, le=50)] = 6
    """To one person, of all that is not urgent; the next digest says what was kept back."""
    new_after_minutes: Annotated[StrictInt, Field(ge=0, le=240)] = 15
    """From the first comment nobody has answered to the mail about it and all that came meanwhile."""
    between_mails_minutes: Annotated[StrictInt, Field(ge=0, le=480)] = 60
    """At least, between two mails of one kind to one person, where the kind is not urgent."""
    due_soon_hours: Annotated[StrictInt, Field(ge=1, le=48)] = 3
    """Before a deadline, whoever took the comment, else every moderator, is reminded."""
    sheet_at: ClockTime = time(14, 30)
    """On the last working day before days nobody works: the sheet of what falls due until the next digest."""
    head_after_minutes: Annotated[StrictInt, Field(ge=0, le=1440)] = 60
    """From the mail that a comment is overdue until the head is told as well."""
    pile_on_comments: Annotated[StrictInt, Field(ge=2, le=1000)] = 5
    """So many comments under one post within `pile_on_minutes` are one matter, told once."""
    pile_on_minutes: Annotated[StrictInt, Field(ge=1, le=240)] = 10

    @field_validator("mails_until")
    @classmethod
    def _after_it_began(cls, until: time, others: ValidationInfo) -> time:
        if until <= others.data.get("mails_from", time(0)):
            raise ValueError("mails_until is later on the same day than mails_from")
        return until
