"""`school-monitor check --explain TIME`: one deadline in words, for whoever disputes it."""

from __future__ import annotations

import json
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from config.policy import ResponseRule
from config.settings import Settings
from monitor.model import Facts
from monitor.rules.calendar import local_to_utc, time_zone
from monitor.rules.response import due_at
from monitor.rules.wording import moment_in_words, utc_in_words

_ACCEPTED = 'a local time such as "2026-11-13 16:00", or one with an offset such as "2026-11-13T16:00:00+00:00"'


def explain(text: str, settings: Settings) -> list[str]:
    """When a comment received at `text` would be due, line by line: the rule, where it stands in the policy, the
    options that differ from its literal reading, and every step.

    `text` is local to the school, or ISO 8601 with an offset. Nothing else is known of the comment; where the
    rule starts its clock at first sight, it counts as seen the moment it was posted. Raises ValueError, with one
    sentence saying what is wrong.
    """
    zone = time_zone(settings.school.timezone)
    received, remarks = _read(text, zone)
    facts = Facts(first_seen_at=received) if settings.rule.clock_start == "first_seen" else Facts()
    if facts.first_seen_at:
        remarks.append("taken as seen by us the moment it was posted")
    deadline = due_at(received, settings.school.timezone, settings.rule, facts)
    policy = settings.policy
    return [
        policy.response_in_words,
        f'clause "{policy.response_clause}" of {policy.name}, version {policy.version}',
        *_options(settings.rule),
        *remarks,
        *deadline.steps,
    ]


def _read(text: str, zone: ZoneInfo) -> tuple[datetime, list[str]]:
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError as wrong:
        raise ValueError(f"{text[:40]!r} is no time; accepted: {_ACCEPTED}") from wrong
    if not re.search(r"\d[Tt ]\d\d", text):
        raise ValueError(f"{text[:40]!r} has no time of day; accepted: {_ACCEPTED}")
    if read.tzinfo is not None:
        return read, []
    instant = local_to_utc(read.date(), read.time(), zone)
    taken = instant.astimezone(zone)
    asked = f"{moment_in_words(read)} {zone.key}"
    if taken.replace(tzinfo=None) != read:
        return instant, [f"{asked} does not exist, the clocks go forward: {moment_in_words(taken)} is taken"]
    if taken.fold:
        return instant, [f"{asked} comes twice, the clocks go back: the later, {utc_in_words(instant)}, is taken"]
    return instant, []


def _options(rule: ResponseRule) -> list[str]:
    """One line for each option that is not at its default."""
    chosen, literal = rule.model_dump(mode="json"), ResponseRule().model_dump(mode="json")
    return [
        f"option {name} = {json.dumps(chosen[name])} instead of {json.dumps(literal[name])}"
        for name in ResponseRule.model_fields
        if chosen[name] != literal[name]
    ] or ["every option is at its default, the literal reading of the clause"]
