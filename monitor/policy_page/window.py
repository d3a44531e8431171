"""The clock of a pack, in sentences: how long the school has, on which days, and what counts as an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

from config.policy import PolicyPack, ResponseRule
from monitor.policy_page.terms import Said, listed
from monitor.rules.wording import clock_in_words, day_in_words, hours_in_words
from monitor.words import region_words

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TAGS = {
    "emoji_only": "emoji alone",
    "thanks": "thanks alone",
    "tag_only": "nothing but a tag",
    "spam_auto": "what looks like spam",
    "question": "a question",
}
_ON_A_DAY_OFF = {
    "keep": "A deadline that falls on a day off stays there.",
    "roll_end": "A deadline that falls on a day off moves to the end of the next working day.",
    "roll_same_time": "A deadline that falls on a day off moves to the same time on the next working day.",
}


def clock(pack: PolicyPack, rule: ResponseRule) -> dict[str, Said]:
    """Each thing the clock says, by topic. `rule`: the pack's own, or with the school's changes on top."""
    return {
        "the rule": Said(pack.response_in_words, pack.response_clause),
        "how long": Said(_length(rule)),
        "days off": Said(_days_off(rule)),
        "what comes in on a day off": Said(_at_a_weekend(rule)),
        "deadlines on a day off": Said(_ON_A_DAY_OFF[rule.due_on_nonworking]),
        "school holidays": Said(" ".join(_closures(rule))),
        "what counts": Said(" ".join(_counts(rule))),
    }


def _length(rule: ResponseRule) -> str:
    begins = "it was posted" if rule.clock_start == "created" else "this program first saw it"
    hours = hours_in_words(rule.hours)
    if rule.clock == "wall":
        return f"A comment is due {hours} after {begins}, by the clock on the wall."
    return f"A comment is due {hours} after {begins}; hours that really pass, summer time or not."


def _days_off(rule: ResponseRule) -> str:
    parts = [_DAYS[day - 1] for day in rule.weekend]
    if rule.region:
        parts.append(f"the bank holidays of {region_words(rule.region)}")
    if rule.extra_holidays:
        parts.append(_dates(rule.extra_holidays))
    words = f"Days off are {listed(parts)}." if parts else "There are no days off."
    return f"{words} Not counted as such: {_dates(rule.removed_holidays)}." if rule.removed_holidays else words


def _dates(days: tuple[date, ...]) -> str:
    return listed([day_in_words(day, year=True) for day in days])


def _at_a_weekend(rule: ResponseRule) -> str:
    at_end = rule.next_day_due == time(23, 59, 59)
    until = "the end of" if at_end else f"{clock_in_words(rule.next_day_due)} on"
    if rule.nonworking_receipt == "any_nonworking":
        return f"What comes in on a day off is due by {until} the next working day."
    days = listed([_DAYS[day - 1] for day in rule.weekend], "or")
    if not days:
        return "No day of the week gives more time than another."
    other = " A bank holiday in the week gives no more time."
    return f"What comes in on a {days} is due by {until} the next working day.{other}"


def _closures(rule: ResponseRule) -> Iterator[str]:
    yield "School holidays do not stop the clock." if rule.closures_working else "School holidays are days off."
    if rule.closures and not rule.closures_working:
        yield f"They are {listed([f'{day_in_words(a)} to {day_in_words(b, year=True)}' for a, b in rule.closures])}."
    if rule.inset and not rule.inset_working:
        yield f"So are training days: {_dates(rule.inset)}."


def _counts(rule: ResponseRule) -> Iterator[str]:
    yield "Any reply of the school's own account is an answer, if it only says thank you."
    if rule.like_counts:
        yield "A like is enough."
    if rule.auto_reply_counts:
        yield "An automatic reply is enough."
    if rule.edit_restarts:
        yield "An edit starts the clock again."
    if rule.outage_grace_hours:
        yield f"After an outage there are at least {hours_in_words(rule.outage_grace_hours)} from first sight."
    if rule.no_reply_needed:
        yield f"No answer is owed to {listed([_TAGS[tag] for tag in rule.no_reply_needed], 'or')}."


def messages(pack: PolicyPack) -> Said:
    """What happens with direct messages."""
    if pack.messages.read == "forbidden":
        return Said("Direct messages are never read, whatever an account's settings say.", pack.messages.clause)
    promised = " An answer to them is promised too, so reports say where they are not read."
    words = "Direct messages are read where an account's own setting says so, and nowhere else."
    return Said(words + (promised if pack.messages.promised else ""), pack.messages.clause)
