"""What mails and digests say of many comments under one post, worked out when they are sent.

What leaves by mail is decided here: the account, times, numbers, kinds and the policy's words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.matter import Matter
from alerts.pile_on import PileOnMail
from monitor.model import Category, Flag
from monitor.piling_on import hidden_in
from monitor.rules.handling import Answering, Removal, handling
from monitor.rules.pile_on import GROWTH, Told
from monitor.rules.queue import SEVERITIES, Waiting, in_order
from monitor.rules.wording import rule_in_words
from monitor.school_facts import SchoolFacts
from monitor.store import cases, ledger, pile_ons
from monitor.store.engine import Store, Transaction
from monitor.store.pile_on_tables import PileOn
from monitor.store.school_tables import School
from monitor.words import category_words

FIRST_FEW = 3
"""Comments of one pile-on that keep their place in a list; the others come after everything else in it."""


@dataclass(frozen=True)
class PileOnMails:
    """Writes the mails of one school about pile-ons. `shown`: of them in one mail."""

    store: Store
    school: SchoolFacts
    shown: int

    def message(self, keys: Iterable[str], recipient: str, now: datetime) -> PileOnMail | None:
        """What the mail that tells these to somebody says now; None: all of it is settled, told, or not theirs."""
        with self.store.reading() as tx:
            row = ledger.enrolled_school(tx, self.school.key)
            pack = self.school.policy
            found = [*cases.unsettled(tx, row, pack), *cases.flagged_and_undecided(tx, row, pack)]
            waiting = in_order(found, cases.undecided_flags(tx, row), now)
            told = [self._matter(tx, row, each, waiting, recipient, now) for each in _news(tx, row, keys, recipient)]
        matters = tuple(matter for matter in told if matter)
        if not matters:
            return None
        schedule = self.school.schedule
        most = max(matter.comments for matter in matters)
        return PileOnMail(
            school=self.school.name,
            timezone=self.school.timezone,
            now=now,
            recipient=recipient,
            matters=tuple(sorted(matters, key=lambda matter: matter.since)),
            many=schedule.pile_on_comments,
            minutes=schedule.pile_on_minutes,
            growth=tuple(n for times in GROWTH if (n := times * schedule.pile_on_comments) > most),
            rule_in_words=rule_in_words(self.school.rule, self.school.policy),
            clause=self.school.policy.response_clause,
            policy=f"{self.school.policy.name}, version {self.school.policy.version}",
            shown=self.shown,
        )

    def _matter(
        self, tx: Transaction, row: School, pile_on: PileOn, waiting: Sequence[Waiting], recipient: str, now: datetime
    ) -> Matter | None:
        if recipient.lower() in pile_ons.kept_out_of_any(tx, pile_on):
            return None
        hidden = hidden_in(tx, self.school, row, pile_on, recipient, now)
        matter = matter_of(tx, self.school, pile_on, waiting, hidden)
        is_one = matter.comments >= self.school.schedule.pile_on_comments
        return matter if is_one and (matter.to_answer or matter.flagged) else None


def matter_of(
    tx: Transaction, school: SchoolFacts, pile_on: PileOn, waiting: Sequence[Waiting], hidden: Collection[int]
) -> Matter:
    """What may be said of a pile-on to somebody from whom these cases are `hidden`. `waiting`: whatever waits."""
    there = pile_ons.numbers(tx, pile_on) - frozenset(hidden)
    mine = [entry for entry in waiting if entry.case.id in there]
    to_answer = [entry for entry in mine if entry.needs_reply and not entry.is_held]
    flagged = [entry for entry in mine if entry.flags]
    flags = [flag for entry in flagged for flag in entry.flags]
    post = pile_ons.post_of(tx, pile_on)
    kinds = _gravest_first(flags)
    rules = [school.policy.categories[kind] for kind in kinds if kind != Category.COULD_NOT_BE_CHECKED]
    counts = Counter(kind for entry in flagged for kind in {flag.category for flag in entry.flags})
    return Matter(
        account=pile_on.account.label,
        published_at=post.created_at if post else None,
        link=post.permalink if post else "",
        since=pile_on.began_at,
        until=pile_on.last_at,
        comments=len(there),
        to_answer=len(to_answer),
        overdue=sum(entry.is_overdue for entry in to_answer),
        first_due=min((entry.case.due_at for entry in to_answer if entry.case.due_at), default=None),
        held=sum(entry.is_held for entry in mine),
        flagged=len(flagged),
        kinds=tuple((category_words(kind), counts[kind]) for kind in kinds),
        clauses=tuple(dict.fromkeys(rule.clause for rule in rules)),
        limits=tuple(_limits(school, flags)),
        steps=tuple(dict.fromkeys(step for rule in rules for step in rule.next_steps)),
    )


def in_digest(
    tx: Transaction,
    school: SchoolFacts,
    waiting: Sequence[Waiting],
    looked_after: Collection[str],
    person: str,
    now: datetime,
) -> Mapping[int, tuple[Matter, frozenset[int]]]:
    """The pile-ons of which somebody's digest says a line, by number, with their cases among what is `waiting`.

    `waiting`: what waits for this person. `looked_after`: keys of the accounts whose comments they look after.
    """
    if not waiting:
        return {}
    row = ledger.enrolled_school(tx, school.key)
    numbers = [entry.case.id for entry in waiting]
    found = {}
    for pile_on in pile_ons.since(tx, row, min(entry.case.created_at for entry in waiting)):
        if pile_on.account.key not in looked_after or person.lower() in pile_ons.kept_out_of_any(tx, pile_on):
            continue
        if inside := pile_ons.which_are_inside(tx, pile_on, numbers):
            matter = matter_of(tx, school, pile_on, waiting, hidden_in(tx, school, row, pile_on, person, now))
            if matter.comments >= school.schedule.pile_on_comments:
                found[pile_on.id] = (matter, inside)
    return found


def others_first(entries: Iterable[Waiting], crowds: Collection[Collection[int]]) -> list[Waiting]:
    """The same list, in which only the first few of each crowd keep their place: the others come at the end.

    So that a list which is cut and counted still shows what was said elsewhere.
    """
    crowd_of = {number: which for which, crowd in enumerate(crowds) for number in crowd}
    met: Counter[int] = Counter()
    first: list[Waiting] = []
    later: list[Waiting] = []
    for entry in entries:
        which = crowd_of.get(entry.case.id)
        if which is not None:
            met[which] += 1
        (later if which is not None and met[which] > FIRST_FEW else first).append(entry)
    return first + later


def _news(tx: Transaction, row: School, keys: Iterable[str], recipient: str) -> list[PileOn]:
    """The pile-ons of which these mails say more than those that were sent."""
    would_hear: dict[int, Told] = {}
    found: dict[int, PileOn] = {}
    for pile_on, told in filter(None, (pile_ons.of_key(tx, row, key) for key in keys)):
        found[pile_on.id] = pile_on
        would_hear[pile_on.id] = told.together_with(would_hear.get(pile_on.id, Told()))
    return [
        pile_on
        for number, pile_on in found.items()
        if would_hear[number].is_news_after(pile_ons.told(tx, pile_on, recipient, sent_only=True))
    ]


def _gravest_first(flags: Iterable[Flag]) -> list[Category]:
    by_gravity = sorted(flags, key=lambda flag: (-SEVERITIES.index(flag.severity), flag.category))
    return list(dict.fromkeys(flag.category for flag in by_gravity))


def _limits(school: SchoolFacts, flags: Collection[Flag]) -> Iterator[str]:
    """What the policy forbids with some of them, or forbids as yet."""
    handled = handling(flags, school.policy)
    if handled is None:
        return
    clauses = {each.says: each.clause for each in handled.because}
    if handled.answering is Answering.HOLD:
        yield f"Some of them nobody answers (clause “{clauses.get('hold', '')}”): each says so where it is shown."
    if handled.removal is Removal.AFTER_ADVICE:
        whose = " and ".join(handled.advice_from)
        yield f"Some are neither hidden nor deleted before advice from {whose} is on record: do not delete the post."
