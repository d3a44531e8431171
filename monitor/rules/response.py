"""THE RESPONSE WINDOW, or: the 24-hour rule.

    Whatever someone writes to the school on one of its accounts gets a response within 24 hours, or, when it
    arrives at a weekend, by the end of the next working day. An acknowledgement is response enough.

`due_at` says when that window ends and why. `config.policy.ResponseRule` holds every option with its default;
the defaults are the literal reading of the sentence above. The steps, in order:

    0  A kind of comment that the policy exempts (`no_reply_needed`): no reply is owed.
    1  The clock starts at t, when the comment was posted, in UTC, its fraction of a second cut off.
       Option `clock_start`: when we first saw it. Option `edit_restarts`: at its edit, if that is later.
    2  d is the day of t where the school is.
    3  d is at a weekend (option `nonworking_receipt`: or on any other non-working day):
           due on the first working day after d, at `next_day_due` (23:59:59).
    4  Otherwise: due at t + `hours`, counted in UTC. Option `clock="wall"`: counted on the wall clock.
       Option `due_on_nonworking`: a deadline on a non-working day rolls on to the next working day, to
       `next_day_due` (roll_end) or the same time of day (roll_same_time).
    5  Option `outage_grace_hours`: never earlier than that long after we first saw the comment.

What follows from it: a response in the very second of the deadline is in time. Friday 16:00 is due Saturday
16:00. A bank holiday is not a weekend. An edit, a reminder by the author, hiding the comment, or an outage of
ours does not move the deadline, and a comment found late is overdue at once. `monitor/rules/calendar.py` knows
which days are working days and what clock changes do; `monitor/rules/state.py` says who answered in time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from config.policy import ResponseRule
from monitor.model import Deadline, Facts, ThreadAuthor
from monitor.rules.calendar import (
    TimeOutOfRange,
    closure_in_words,
    closure_of,
    local_to_utc,
    next_working_day,
    time_zone,
    whole_seconds,
    why_not_working,
)
from monitor.rules.wording import clock_in_words, day_in_words, hours_in_words, moment_in_words, utc_in_words

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a network's clock may run ahead of ours before its time of posting is no longer believed."""


class MissingFact(ValueError):
    """The answer depends on a fact that was not given. It is never guessed."""


def due_at(received_at: datetime, timezone: str, rule: ResponseRule, facts: Facts | None = None) -> Deadline:
    """When a response to a comment is due (UTC, whole seconds; None: none is owed), with every step in words.

    `received_at`: when it was posted, by the network's clock, aware. `timezone`: IANA name of the school's zone.
    Raises NaiveTime, UnknownZone, MissingFact, NoWorkingDay or TimeOutOfRange, all of them ValueErrors.
    """
    facts = facts or Facts()
    work = _Derivation(time_zone(timezone), rule, facts)
    try:
        posted = posted_at(received_at, facts)
        if exempt := sorted(facts.tags.intersection(rule.no_reply_needed)):
            work.say(f"received {work.in_full(posted)}")
            work.say(f"the policy asks for no reply to {', '.join(exempt)}")
            work.say("no reply is owed")
            return Deadline(None, tuple(work.steps))
        start, how = work.clock_start(received_at, posted)
        due = work.window_end(start, how)
        due = work.with_outage_grace(due)
        work.name_what_moves_nothing(posted, due)
        work.say(f"due {work.in_full(due)} ({utc_in_words(due)})")
    except OverflowError as beyond:
        raise TimeOutOfRange("received_at is too close to the end of the calendar") from beyond
    return Deadline(due, tuple(work.steps))


def posted_at(received_at: datetime, facts: Facts) -> datetime:
    """When the comment was posted: UTC, whole seconds.

    Nobody sees a comment before it is posted. Where the network's time says so by more than 5 minutes, its clock
    runs ahead, and the moment we first saw the comment is taken instead. Raises NaiveTime, TimeOutOfRange.
    """
    posted = whole_seconds(received_at, "received_at")
    if facts.first_seen_at is None:
        return posted
    first_seen = whole_seconds(facts.first_seen_at, "first_seen_at")
    return first_seen if posted - first_seen > CLOCK_TOLERANCE else posted


@dataclass(frozen=True)
class _Derivation:
    """One deadline being worked out: what goes in, and the sentences said on the way."""

    zone: ZoneInfo
    rule: ResponseRule
    facts: Facts
    steps: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        self.steps.append(sentence)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def in_full(self, moment: datetime) -> str:
        return f"{moment_in_words(self.local(moment))} {self.zone.key}"

    def clock_start(self, received_at: datetime, posted: datetime) -> tuple[datetime, str]:
        """Step 1: when the clock starts, and the words for that, which step 3 completes."""
        stamped = whole_seconds(received_at, "received_at")
        if stamped != posted:
            self.say(
                f"the network says {self.in_full(stamped)}, more than 5 minutes after we first saw it: "
                "its clock runs ahead, and the moment we first saw it is taken"
            )
        start, how = posted, f"received {self.in_full(posted)}"
        if self.rule.clock_start == "first_seen":
            if self.facts.first_seen_at is None:
                raise MissingFact('first_seen_at is missing, and with clock_start = "first_seen" it starts the clock')
            self.say(how)
            start = whole_seconds(self.facts.first_seen_at, "first_seen_at")
            how = f"the clock starts when we first saw it, {self.in_full(start)}"
        if self.rule.edit_restarts and self.facts.edited_at is not None:
            edited = whole_seconds(self.facts.edited_at, "edited_at")
            if edited > start:
                self.say(how)
                start, how = edited, f"the edit restarts the clock, {self.in_full(edited)}"
        return start, how

    def window_end(self, start: datetime, how: str) -> datetime:
        """Steps 2 to 4: which branch the day of receipt belongs to, and when the window ends."""
        day = self.local(start).date()
        if day.isoweekday() in self.rule.weekend:
            self.say(f"{how}: at a weekend")
            return self._on_next_working_day(day, self.rule.next_day_due)
        why_not = why_not_working(day, self.rule)
        if why_not and self.rule.nonworking_receipt == "any_nonworking":
            self.say(f"{how}: not a working day ({why_not}), treated like a weekend")
            return self._on_next_working_day(day, self.rule.next_day_due)
        self.say(
            f"{how}: not a working day ({why_not}), but not at a weekend" if why_not else f"{how}: a working day"
        )
        return self._rolled(self._after_hours(start))

    def _after_hours(self, start: datetime) -> datetime:
        # Adding to a local time would be wall-clock time: Python adds to an aware datetime without looking at
        # the offset, so elapsed hours are added in UTC.
        window = timedelta(hours=self.rule.hours)
        if self.rule.clock == "elapsed":
            due = (start + window).replace(microsecond=0)
            self.say(f"{hours_in_words(self.rule.hours)} later, counted in UTC: {moment_in_words(self.local(due))}")
            return due
        naive = (self.local(start).replace(tzinfo=None) + window).replace(microsecond=0)
        self.say(f"{hours_in_words(self.rule.hours)} later on the wall clock: {moment_in_words(naive)}")
        return self._instant(naive.date(), naive.time())

    def _rolled(self, due: datetime) -> datetime:
        local = self.local(due)
        why_not = why_not_working(local.date(), self.rule)
        if not why_not:
            return due
        if self.rule.due_on_nonworking == "keep":
            self.say(f"{day_in_words(local)} is not a working day ({why_not}): the deadline stays there all the same")
            return due
        self.say(f"{day_in_words(local)} is not a working day ({why_not}): the deadline moves to the next one")
        same_time = self.rule.due_on_nonworking == "roll_same_time"
        return self._on_next_working_day(local.date(), local.time() if same_time else self.rule.next_day_due)

    def _on_next_working_day(self, day: date, at: time) -> datetime:
        working = next_working_day(day, self.rule)
        skipped = [day + timedelta(days=ahead) for ahead in range(1, (working - day).days)]
        # A whole summer is one sentence: the weekends and bank holidays inside a closure go with it.
        for closure, run in groupby(skipped, lambda each: closure_of(each, self.rule)):
            days = list(run)
            if closure and len(days) > 1:
                run_in_words = f"{day_in_words(days[0])} to {day_in_words(days[-1])}"
                self.say(f"{run_in_words} are not working days ({closure_in_words(closure)})")
            else:
                for each in days:
                    self.say(f"{day_in_words(each)} is not a working day ({why_not_working(each, self.rule)})")
        self.say(f"{day_in_words(working)} is a working day")
        self.say(f"due by {clock_in_words(at)} that day")
        return self._instant(working, at)

    def _instant(self, day: date, at: time) -> datetime:
        instant = local_to_utc(day, at, self.zone)
        shown = self.local(instant).replace(tzinfo=None)
        if shown != datetime.combine(day, at):
            self.say(
                f"the clocks skip {clock_in_words(at)} that day and go forward: {moment_in_words(shown)} is taken"
            )
        elif self.local(instant).fold:
            self.say(f"the clocks go back and show {clock_in_words(at)} twice that day: the later one is taken")
        return instant

    def with_outage_grace(self, due: datetime) -> datetime:
        """Step 5."""
        if not self.rule.outage_grace_hours:
            return due
        if self.facts.first_seen_at is None:
            self.say("it is not known when we first saw it: the grace after an outage does not apply")
            return due
        first_seen = whole_seconds(self.facts.first_seen_at, "first_seen_at")
        least = (first_seen + timedelta(hours=self.rule.outage_grace_hours)).replace(microsecond=0)
        grace = f"{hours_in_words(self.rule.outage_grace_hours)} after we first saw it ({self.in_full(least)})"
        if least <= due:
            self.say(f"not earlier than {grace}: that is so already")
            return due
        self.say(f"not earlier than {grace}: the deadline moves there")
        return least

    def name_what_moves_nothing(self, posted: datetime, due: datetime) -> None:
        """Facts that people expect to move a deadline and that do not."""
        facts = self.facts
        if facts.edited_at is not None and not self.rule.edit_restarts:
            self.say("it was edited: an edit does not restart the clock")
        again = [f for f in facts.thread if f.by is ThreadAuthor.PARENT and whole_seconds(f.at, "thread at") > posted]
        if again:
            self.say("the same author wrote again: a later message does not move the deadline")
        if any(
            whole_seconds(begin, "outage") < due and whole_seconds(end, "outage") > posted
            for begin, end in facts.outages
        ):
            self.say("the account could not be read for a time: an outage does not move the deadline")
        if facts.first_seen_at is not None and whole_seconds(facts.first_seen_at, "first_seen_at") > due:
            self.say("we first saw it after the deadline: it was found late, and the clock had started without us")
