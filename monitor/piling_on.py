"""Many comments under one post in a short time are one matter: counted as they are kept, and told once.

Here it is worked out what each person would be told now, and a mail is owed where that is more than they were told
before. What the mail says is in `monitor/pile_on_mail.py`; the rule itself in `monitor/rules/pile_on.py`.

Everything is counted for each person without what is hidden from them, so that neither a figure nor the moment of a
mail tells of it. Whoever one of the comments is about hears of the whole matter from nobody here; where that leaves
nobody who looks after the account, the head hears of it, and at the end the last resort.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import mail_kinds
from monitor.custody import media_gate
from monitor.model import Flag
from monitor.rules.pile_on import LEVELS, Told, first_of_many, is_over, level_of, step_of
from monitor.rules.routing import is_told_of_comments, moderators_of
from monitor.school_facts import SchoolFacts
from monitor.seeing import Seeing
from monitor.store import outbox, pile_ons
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment
from monitor.store.listening import unreachable_people
from monitor.store.pile_on_tables import PileOn
from monitor.store.school_tables import School
from monitor.telling import mailing_hours

URGENT = LEVELS[-1]


def look_at(
    tx: Transaction, school: SchoolFacts, comment: Comment, flags: Collection[Flag], now: datetime, *, is_new: bool
) -> PileOn | None:
    """Count a comment that is new, and owe whatever mails this makes due, in the caller's transaction.

    `flags`: those that were raised on it just now; who is kept out of it is known already. Returns the pile-on it is
    part of.
    """
    if comment.post_remote_id is None:
        return None
    pile_on = _counted(tx, school, comment, now) if is_new else pile_ons.holding(tx, comment)
    if pile_on is None or is_over(pile_on.last_at, now):
        return None
    step = step_of(pile_on.counted, school.schedule.pile_on_comments)
    in_it = Told(step, level_of(each.severity for each in flags))
    if in_it.is_news_after(Told(pile_on.told_step, pile_on.told_level)):
        _tell(tx, school, pile_on, now)
    return pile_on


def _counted(tx: Transaction, school: SchoolFacts, comment: Comment, now: datetime) -> PileOn | None:
    """The pile-on that a new comment is part of, with it counted, whatever the order comments are read in."""
    many, within = school.schedule.pile_on_comments, timedelta(minutes=school.schedule.pile_on_minutes)
    at = comment.created_at
    if is_over(at, now):
        return None
    pile_on = pile_ons.newest_before(tx, comment)
    if pile_on is not None and is_over(pile_on.last_at, at):
        pile_on = None
    if pile_on is None or at < pile_on.began_at + within:
        first = first_of_many(pile_ons.times_around(tx, comment, within), many, within)
        if pile_on is None:
            return None if first is None else pile_ons.begin(tx, comment, first, now)
        if first is not None and first < pile_on.began_at:
            earlier = pile_ons.count_between(tx, comment, first, pile_on.began_at)
            pile_on.counted += earlier - (at < pile_on.began_at)  # this one is counted below, as any other
            pile_on.began_at = first
    if at < pile_on.began_at:
        return None
    pile_on.counted += 1
    pile_on.last_at = max(pile_on.last_at, at)
    tx.flush()
    return pile_on


@dataclass(frozen=True)
class Sight:
    """What somebody may know of a pile-on. `hidden`: its cases that are not for them."""

    hidden: frozenset[int]
    would_hear: Told


def sight_of(tx: Transaction, school: SchoolFacts, pile_on: PileOn, person: str, now: datetime) -> Sight:
    """What somebody may know of a pile-on, and how much of it a mail would tell them now."""
    row = pile_on.account.school
    hidden = hidden_in(tx, school, row, pile_on, person, now)
    step = step_of(pile_on.counted - len(hidden), school.schedule.pile_on_comments)
    grave = (severity for number, severity in pile_ons.grave_flags(tx, pile_on) if number not in hidden)
    return Sight(hidden, Told(step, level_of(grave)))


def hidden_in(
    tx: Transaction, school: SchoolFacts, row: School, pile_on: PileOn, person: str, now: datetime
) -> frozenset[int]:
    """Cases of a pile-on of which a mail to this address must not tell."""
    withheld = pile_ons.which_are_inside(tx, pile_on, media_gate.all_withheld(tx, row).keys())
    narrowed = pile_ons.narrowed(tx, pile_on).keys()
    return withheld | (narrowed & Seeing(school).hidden_from_mail(tx, row, person, now) if narrowed else frozenset())


def who_hears(tx: Transaction, school: SchoolFacts, pile_on: PileOn, at: datetime) -> tuple[str, ...]:
    """Who is told of a pile-on on the local day of a moment: whoever looks after the account, and may know of it.

    None of them may: the heads, else the last resort. Nobody whom one of its comments is about.
    """
    kept_out = pile_ons.kept_out_of_any(tx, pile_on)
    refused = unreachable_people(tx, pile_on.account.school)
    found = moderators_of(school.people, school.entry(pile_on.account.key), school.local_day(at), kept_out, refused)
    if found:
        return found
    heads = (each.email for each in school.people if "head" in each.roles and is_told_of_comments(each))
    instead = [*(head for head in heads if head.lower() not in kept_out)] or [school.last_resort]
    return tuple(person for person in instead if person.lower() not in kept_out)


def _tell(tx: Transaction, school: SchoolFacts, pile_on: PileOn, now: datetime) -> None:
    """Owe each person a mail where they would hear more than they were told."""
    hours = mailing_hours(school, now)
    everybody: list[Told] = []
    for person in who_hears(tx, school, pile_on, hours):
        before = pile_ons.told(tx, pile_on, person)
        would_hear = sight_of(tx, school, pile_on, person, now).would_hear
        if would_hear.is_news_after(before):
            # Whatever is urgent does not wait for anybody's working hours.
            at_once = would_hear.level == URGENT != before.level
            kind, at = (mail_kinds.PILE_ON_URGENT, now) if at_once else (mail_kinds.PILE_ON, hours)
            before = before.together_with(would_hear)
            outbox.owe(tx, pile_on.account.school, kind, pile_ons.key_of(pile_on, before), [person], at)
        everybody.append(before)
    if everybody:
        common = everybody[0]
        for each in everybody[1:]:
            common = common.in_common_with(each)
        pile_on.told_step, pile_on.told_level = common.step, common.level
