"""What a pack says about one kind of comment, in sentences: how fast, who, what is held, who is kept out."""

from __future__ import annotations

from collections.abc import Iterator

from config.policy import CategoryRule
from monitor.policy_page.terms import Said, capital, in_turn, listed, people, who
from monitor.rules.wording import hours_in_words

SPEEDS = (
    ("At once, day and night, until somebody has acknowledged it", ("urgent",)),
    ("On the same working day, between 08:00 and 18:00", ("serious",)),
    ("With the next morning's digest", ("concern", "note")),
)
"""How fast people hear of it, and which severities that is, from the fastest."""

_EXPLAINED = "Where it is taken down, readers are told that, and why."
_REMOVED = {
    "by_moderator": "A moderator may hide or delete it once evidence is kept.",
    "at_once": "It is to be taken down as soon as evidence is kept.",
}


def how_fast(rule: CategoryRule) -> Said:
    """When people hear of it."""
    words = next(words for words, severities in SPEEDS if rule.severity in severities)
    if rule.severity == "urgent" and rule.tell.then:
        words += f"; the next is told after {_minutes(rule.tell.acknowledge_minutes)} without an acknowledgement"
    return Said(f"{words}.", rule.tell.clause)


def who_is_told(rule: CategoryRule) -> Said:
    """Who hears of it, and in which order."""
    then = f"; then {in_turn(rule.tell.then)}" if rule.tell.then else ""
    return Said(f"{capital(people(rule.tell.first))}{then}.", rule.tell.clause)


def told(rule: CategoryRule) -> Said:
    """Who hears of it, as one paragraph under a heading that says how fast."""
    words = f"Told: {people(rule.tell.first)}."
    if rule.severity == "urgent":
        wait = _minutes(rule.tell.acknowledge_minutes)
        later = [f"after {wait} without an acknowledgement {who(duty)}" for duty in rule.tell.then[:1]]
        later += [f"{wait} later {who(duty)}" for duty in rule.tell.then[1:]]
        words += f" {capital('; '.join(later))}." if later else ""
    elif rule.tell.then:
        words += f" If none of them is there: {in_turn(rule.tell.then)}."
    return Said(words, rule.tell.clause)


def answered(rule: CategoryRule) -> Said:
    """Whether it is answered."""
    words = {
        "in_time": "It is to be answered, or dealt with, in time.",
        "hold": "It is not answered, and nobody is reminded to.",
        "redirect": f"It is to be answered in time, with the way to where it belongs: {rule.hold.redirect_to}.",
    }[rule.hold.answer]
    return Said(words, rule.hold.clause)


def taken_down(rule: CategoryRule) -> Said:
    """Whether and when it may be hidden or deleted."""
    words = _REMOVED.get(rule.hold.removal) or (
        f"It is neither hidden nor deleted before advice is on record from {rule.hold.advice_from}. "
        "Only what a person has confirmed as illegal comes down before that."
    )
    return Said(words + (f" {_EXPLAINED}" if rule.hold.explain else ""), rule.hold.clause)


def kept_out(rule: CategoryRule) -> Said:
    """Who does not see it."""
    parts = []
    if rule.keep_out.named:
        parts.append("people whom the words name")
    if rule.keep_out.posters:
        parts.append("those who publish on the account")
    words = f"It is kept from {listed(parts)}." if parts else ""
    if rule.keep_out.only_those_told:
        words += " Nobody else but those told sees it, in any list, mail, report or export."
    return Said(words.strip() or "It is kept from nobody.", rule.keep_out.clause)


def sentences(rule: CategoryRule) -> Iterator[Said]:
    """All of it, one after the other, without what goes without saying."""
    yield told(rule)
    held = [answered(rule).words]
    if rule.hold.removal != "by_moderator":
        held.append(taken_down(rule).words)
    elif rule.hold.explain:
        held.append(_EXPLAINED)
    yield Said(" ".join(held), rule.hold.clause)
    if rule.keep_out.named or rule.keep_out.posters or rule.keep_out.only_those_told:
        yield kept_out(rule)


def _minutes(minutes: int) -> str:
    return hours_in_words(minutes // 60) if minutes % 60 == 0 else f"{minutes} minutes"
