"""Whether those who have to sign for an account did, in time, and in a duty that was theirs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from config.handling import Duty, RegisterRule
from config.people import Person
from config.register import Approval, RegisterEntry
from monitor.rules.register_words import Found, Topic, Weight, day

_WORDS: dict[Duty, str] = {
    "moderator": "moderator",
    "poster": "person who publishes on it",
    "line_manager": "line manager",
    "communications": "communications manager",
    "senior": "member of the leadership",
    "head": "head",
    "safeguarding": "safeguarding lead",
    "chair_of_governors": "chair of governors",
    "technician": "technician",
}


def duty_words(duty: Duty) -> str:
    """A duty as people call it: "communications manager"."""
    return _WORDS[duty]


def approval_findings(
    entry: RegisterEntry, rule: RegisterRule, people: Sequence[Person], today: date
) -> Iterator[Found]:
    """What is wrong with the signatures under an account: those the policy asks for, and those that are there."""
    for duty in rule.approved_by:
        signed = [approval for approval in entry.approvals if approval.role == duty]
        if not signed:
            sentence = f"No {duty_words(duty)} has approved it."
            todo = "Ask for the approval, and write it down under approvals with its day."
            yield Found(Topic.APPROVAL, Weight.WRONG, sentence, todo, rule.clause)
        elif entry.live_from and (first := min(signed, key=lambda each: each.on)).on > entry.live_from:
            when = f"on {day(first.on)}, after it went live on {day(entry.live_from)}"
            sentence = f"The {duty_words(duty)}, {first.by}, approved it {when}."
            todo = "What was done cannot be undone: note why, and correct the days if one of them is wrong."
            yield Found(Topic.APPROVAL, Weight.WRONG, sentence, todo, rule.clause)
    for approval in entry.approvals:
        yield from _about(approval, entry, people, today, rule.clause)


def _about(
    approval: Approval, entry: RegisterEntry, people: Sequence[Person], today: date, clause: str
) -> Iterator[Found]:
    signed = f"{approval.by} approved it as {duty_words(approval.role)}"
    if approval.on > today:
        sentence = f"{signed} on {day(approval.on)}, which is still to come."
        yield Found(Topic.APPROVAL, Weight.WRONG, sentence, "Correct the day.", clause)
    person = next((each for each in people if each.name == approval.by), None)
    if person is None:
        sentence = f"{signed}, and is not among the people: whether that was their duty then cannot be told here."
        todo = "Nothing, if they held it then and have left since."
        yield Found(Topic.APPROVAL, Weight.LOOK, sentence, todo, clause)
    elif not _holds(person, approval.role, entry, people):
        sentence = f"{signed}, and has not that duty in the configuration."
        todo = "Ask somebody for the approval whose duty it is, or correct the roles."
        yield Found(Topic.APPROVAL, Weight.WRONG, sentence, todo, clause)


def _holds(person: Person, duty: Duty, entry: RegisterEntry, people: Sequence[Person]) -> bool:
    if duty == "poster":
        return person.name in entry.posters
    if duty == "line_manager" and any(each.line_manager == person.name for each in people):
        return True
    return duty in person.roles
