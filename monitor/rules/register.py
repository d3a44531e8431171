"""The register of accounts, audited: what is written down held against the policy, the people and what is so. Pure.

Nothing here asks a network. Days are local to the school.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from config.handling import RegisterRule
from config.people import Person
from config.register import RegisterEntry
from monitor.rules.approvals import approval_findings
from monitor.rules.reachable import Reach, away_since, away_until, reach
from monitor.rules.register_words import Found, Topic, Weight, counted, day, in_words, links_to, serves
from monitor.words import register_words

LONG_ABSENCE = timedelta(days=28)
"""Nobody else can renew what hangs on the sign-in of somebody who is away for longer."""
CLOSES_SOON = timedelta(days=30)


@dataclass(frozen=True)
class LiveFacts:
    """What is known of an account besides the register."""

    today: date
    watched_since: date
    read_until: date | None = None
    """The last complete read; None: never."""
    has_credentials: bool = True
    """Something hangs on somebody's sign-in."""
    credentials_end: date | None = None
    shows_posts: bool = True
    """The network has posts of the school at all."""
    last_post: date | None = None
    """When the school last published or answered anything that we saw."""
    about: str | None = None
    """What the account says of itself; None: not known here."""
    links: tuple[str, ...] = ()
    school_domains: frozenset[str] = frozenset()
    """Mail domains of the school, in small letters; without any, no address can be held against them."""
    refused: frozenset[str] = frozenset()
    """E-mail addresses that no mail reaches, in small letters (`monitor/rules/listening.py`)."""


def audit(entry: RegisterEntry, rule: RegisterRule, people: Sequence[Person], facts: LiveFacts) -> tuple[Found, ...]:
    """Everything to say about one account, gravest first."""
    if is_blank(entry):
        written: list[Found] = [_unregistered(rule)]
    else:
        written = [
            *_written(entry, rule),
            *_administrators(entry, rule, people, facts),
            *approval_findings(entry, rule, people, facts.today),
            *_dates(entry, rule, facts),
            *_token_owner(entry, people, facts),
            *_policy_link(entry, rule, facts),
            *_official_address(entry, rule, facts),
        ]
    found = [*written, *_moderators(entry, rule, people, facts), *_neglected(entry, rule, facts)]
    return tuple(sorted(found, key=lambda each: list(Weight).index(each.weight)))


def is_blank(entry: RegisterEntry) -> bool:
    """Whether the register says nothing about the account but its key."""
    return entry == RegisterEntry(account=entry.account)


def moderators_of(entry: RegisterEntry, people: Sequence[Person]) -> tuple[str, ...]:
    """Who looks after its comments: those the register names, else everybody with the role."""
    return entry.moderators or tuple(person.name for person in people if "moderator" in person.roles)


def reach_of_moderators(entry: RegisterEntry, people: Sequence[Person], facts: LiveFacts) -> Reach:
    """Who of its moderators can be reached today."""
    return reach(moderators_of(entry, people), people, facts.refused, facts.today)


def _unregistered(rule: RegisterRule) -> Found:
    return Found(
        Topic.ENTRY,
        Weight.WRONG,
        "The register says nothing about this account.",
        "Write a [[registered]] table for it into the configuration; docs/register.md says what belongs there.",
        rule.clause,
    )


def _written(entry: RegisterEntry, rule: RegisterRule) -> Iterator[Found]:
    if missing := [register_words(need) for need in rule.needs if not getattr(entry, need)]:
        yield Found(
            Topic.ENTRY,
            Weight.WRONG,
            f"The register does not say {in_words(missing)}.",
            "Add what is missing to its [[registered]] table.",
            rule.clause,
        )


def _administrators(
    entry: RegisterEntry, rule: RegisterRule, people: Sequence[Person], facts: LiveFacts
) -> Iterator[Found]:
    names = {person.name for person in people}
    if left := [name for name in entry.administrators if name not in names]:
        yield Found(
            Topic.ADMINISTRATORS,
            Weight.WRONG,
            f"Not among the people any more, and said to be able to sign in and change it: {in_words(left)}.",
            "If they have left, take their access away on the network and name somebody else; if not, add them.",
            rule.clause,
        )
    reached = reach(entry.administrators, people, facts.refused, facts.today)
    yield from _too_few(reached, "administrator", rule.administrators, Topic.ADMINISTRATORS, Weight.WRONG, rule)


def _moderators(
    entry: RegisterEntry, rule: RegisterRule, people: Sequence[Person], facts: LiveFacts
) -> Iterator[Found]:
    reached = reach_of_moderators(entry, people, facts)
    yield from _too_few(reached, "moderator", rule.moderators, Topic.MODERATORS, Weight.GRAVE, rule)


def _too_few(
    reached: Reach, what: str, asked: int, topic: Topic, weight: Weight, rule: RegisterRule
) -> Iterator[Found]:
    named, there = len(reached.named), len(reached.reached)
    why = "; ".join(reached.why_not)
    if named < asked:
        sentence = f"{counted(named, what)} {'is' if named == 1 else 'are'} named; the policy asks for {asked}."
        sentence += f" Today {why}." if why else ""
        yield Found(topic, weight, sentence, f"Name another {what}, who can stand in.", rule.clause)
    elif there < asked:
        few = f"Only {there} of {counted(named, what)} can be reached today, and the policy asks for {asked}"
        todo = "Say in the configuration who stands in (covered_by), put an address right, or name another."
        yield Found(topic, weight, f"{few}: {why}.", todo, rule.clause)


def _dates(entry: RegisterEntry, rule: RegisterRule, facts: LiveFacts) -> Iterator[Found]:
    if entry.live_from and facts.today < entry.live_from:
        begins = f"It is to be used from {day(entry.live_from)}"
        todo = "Correct live_from if it is in use; if not, nothing should be published on it."
        if facts.last_post:
            sentence = f"{begins}, and the school published on it already, on {day(facts.last_post)}."
            yield Found(Topic.DATES, Weight.WRONG, sentence, todo, rule.clause)
        elif facts.read_until:
            yield Found(Topic.DATES, Weight.LOOK, f"{begins}, and is watched already.", todo, rule.clause)
    if entry.closes_on and facts.today > entry.closes_on:
        yield Found(
            Topic.DATES,
            Weight.GRAVE,
            f"It was to be closed on {day(entry.closes_on)}, and is still watched.",
            "Close it and take it out of the configuration, or have it approved anew with a later day.",
            rule.clause,
        )
    elif entry.closes_on and entry.closes_on - facts.today <= CLOSES_SOON:
        sentence = f"It is to be closed on {day(entry.closes_on)}."
        todo = "Tell its readers in time, or have it approved anew with a later day."
        yield Found(Topic.DATES, Weight.LOOK, sentence, todo, rule.clause)


def _token_owner(entry: RegisterEntry, people: Sequence[Person], facts: LiveFacts) -> Iterator[Found]:
    if not facts.has_credentials:
        return
    hand_over = "Let somebody else sign in and make new credentials, and name them as token_owner."
    if entry.token_owner is None:
        sentence = "The register does not say on whose sign-in the credentials hang."
        yield Found(Topic.TOKEN, Weight.LOOK, sentence, "Name that person as token_owner.")
        return
    owner = next((person for person in people if person.name == entry.token_owner), None)
    if owner is None:
        sentence = f"The credentials hang on {entry.token_owner}, who is not among the people any more."
        yield Found(Topic.TOKEN, Weight.GRAVE, sentence, hand_over)
        return
    if not owner.is_away(facts.today):
        return
    first, last = away_since(owner, facts.today), away_until(owner, facts.today)
    if facts.credentials_end and facts.credentials_end <= last:
        ends = f"The credentials end on {day(facts.credentials_end)}"
        sentence = f"{ends}, while {owner.name}, on whose sign-in they hang, is away until {day(last)}."
        yield Found(Topic.TOKEN, Weight.WRONG, sentence, hand_over)
    elif last - first >= LONG_ABSENCE:
        sentence = f"The credentials hang on {owner.name}, who is away from {day(first)} until {day(last)}."
        yield Found(Topic.TOKEN, Weight.WRONG, sentence, hand_over)


def _neglected(entry: RegisterEntry, rule: RegisterRule, facts: LiveFacts) -> Iterator[Found]:
    begun = max(facts.watched_since, entry.live_from or facts.watched_since)
    is_over = entry.closes_on is not None and facts.today > entry.closes_on
    since = facts.last_post or begun
    if not facts.shows_posts or is_over or (facts.today - since).days < rule.quiet_days:
        return
    last = f"since {day(since)}" if facts.last_post else f"since it is watched, which is from {day(since)} on"
    yield Found(
        Topic.NEGLECT,
        Weight.WRONG,
        f"The school published nothing on it {last}: {(facts.today - since).days} days.",
        "Use it, or close it: readers take silence for the school's.",
        rule.clause,
    )


def _policy_link(entry: RegisterEntry, rule: RegisterRule, facts: LiveFacts) -> Iterator[Found]:
    if entry.policy_link is None:
        if rule.policy_link:
            sentence = "The register names no address of the policy, to which the account has to link."
            todo = "Put the address of the policy on the school's website into policy_link, and into the description."
            yield Found(Topic.POLICY_LINK, Weight.WRONG, sentence, todo, rule.clause)
    elif facts.about is None:
        sentence = "Whether its description links to the policy cannot be seen: the network has not told it to us."
        yield Found(Topic.POLICY_LINK, Weight.LOOK, sentence, f"Look yourself for {entry.policy_link}.", rule.clause)
    elif not links_to(entry.policy_link, facts.about, facts.links):
        sentence = "Its description does not link to the policy."
        yield Found(Topic.POLICY_LINK, Weight.WRONG, sentence, f"Put {entry.policy_link} there.", rule.clause)


def _official_address(entry: RegisterEntry, rule: RegisterRule, facts: LiveFacts) -> Iterator[Found]:
    if entry.official_address is None:
        if rule.official_address:
            sentence = "The register does not say to which e-mail address of the school it is registered."
            todo = "Register the account to an address of the school, and name it as official_address."
            yield Found(Topic.ADDRESS, Weight.WRONG, sentence, todo, rule.clause)
    elif not serves(entry.official_address, facts.school_domains):
        sentence = f"It is registered to {entry.official_address}, which is no address of the school."
        todo = "Register the account to an address of the school: what hangs on another goes with its owner."
        yield Found(Topic.ADDRESS, Weight.WRONG, sentence, todo, rule.clause)
