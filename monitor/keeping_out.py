"""Keeping people out of a case that is about them: when it is judged, and by hand.

It happens in the transaction in which flags are raised, before anybody is told. What the evidence log says of it goes
by numbers: who is kept out stands in the book alone, which is shown to nobody who is kept out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from monitor.custody.log import Actor, note
from monitor.evidence.card.card_files import remove_card
from monitor.language.people_named import PeopleNamed, looking_for, points_back
from monitor.model import Flag
from monitor.rules.handling import handling
from monitor.rules.marks import standing
from monitor.rules.naming import kept_out_by
from monitor.school_facts import SchoolFacts
from monitor.store import cases, decided, exclusions, judged, snapshots
from monitor.store.engine import Transaction
from monitor.store.exclusions import BY_MONITOR, THE_OTHERS
from monitor.store.item_tables import Comment, Version

KEPT_OUT, LET_IN = "keep_out", "let_in"
"""Kinds of entries in the evidence log."""
ONLY_THOSE_TOLD = "Only those who are told of such a case see it."


def keep_out_whom_it_is_about(
    tx: Transaction, school: SchoolFacts, comment: Comment, version: Version, now: datetime
) -> frozenset[str]:
    """Keep out whoever the policy keeps out of a comment with these flags and words; to be called for each version.

    Flags that stand count whatever version they were raised on, and so do names. Whoever was let in again by hand is
    kept out anew by a version that names them. Returns the addresses of those who were added. Raises ClockSetBack.
    """
    flags = _standing_flags(tx, comment)
    handled = handling(flags, school.policy)
    if handled is None:
        return frozenset()
    fresh, older = _named(tx, school, comment, version)
    entry = school.entry(comment.account.key)
    posters = {person.email.lower() for person in school.people if person.name in entry.posters}
    before = exclusions.ever_of(tx, comment)
    why = dict(
        kept_out_by(
            named=fresh[0] | (older[0] - before),
            pointed_at=fresh[1] | (older[1] - before),
            posters=posters - before,
            keeps_out_named=handled.keeps_out_named,
            keeps_out_posters=handled.keeps_out_posters,
        )
    )
    raised_now = handling(cases.flags_of(tx, version), school.policy)
    if handled.only_those_told and (THE_OTHERS not in before or (raised_now and raised_now.only_those_told)):
        why[THE_OTHERS] = ONLY_THOSE_TOLD
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for person, reason in why.items():
        by_reason[reason].append(person)
    there = exclusions.kept_out(tx, comment)
    rows = [
        row
        for reason, people in sorted(by_reason.items())
        for row in exclusions.keep_out(tx, comment, people, reason, BY_MONITOR, now)
    ]
    if rows:
        facts: dict[str, object] = {"exclusions": sorted(rows), "version": version.number}
        note(tx, comment.account.school, KEPT_OUT, now, comment.id, facts)
        narrow(tx, school, comment)
    return exclusions.kept_out(tx, comment) - there


def keep_out_by_hand(
    tx: Transaction, school: SchoolFacts, comment: Comment, person: str, actor: Actor, now: datetime
) -> int | None:
    """Keep somebody out. The caller has made sure of the person's role. Returns the entry's position in the log.

    None: they are kept out already. Raises ClockSetBack.
    """
    rows = exclusions.keep_out(tx, comment, [person], actor.why, actor.name, now)
    if not rows:
        return None
    narrow(tx, school, comment)
    return note(tx, comment.account.school, KEPT_OUT, now, comment.id, {"exclusions": list(rows)}, actor)


def let_in_by_hand(tx: Transaction, comment: Comment, person: str, actor: Actor, now: datetime) -> int | None:
    """Let somebody in again. The caller has made sure of the role. Returns the entry's position in the log.

    None: they are not kept out. Raises ClockSetBack.
    """
    row = exclusions.lift(tx, comment, person, actor.why, actor.name, now)
    if row is None:
        return None
    return note(tx, comment.account.school, LET_IN, now, comment.id, {"exclusions": [row]}, actor)


def narrow(tx: Transaction, school: SchoolFacts, comment: Comment) -> None:
    """Have the cards of other comments drawn anew without its words: they are read by those who are kept out."""
    for other in snapshots.with_words_of(tx, comment.id):
        remove_card(school.evidence / other.path)
        other.card, other.card_tried_at = "owed", None


def _named(
    tx: Transaction, school: SchoolFacts, comment: Comment, version: Version
) -> tuple[tuple[frozenset[str], frozenset[str]], tuple[frozenset[str], frozenset[str]]]:
    """Whom this version names and points at, and whom those before it do."""
    finder = looking_for(school.people)
    above = _named_above(tx, comment, finder)
    fresh = _read([version.text], finder, above)
    older = _read([each.text for each in comment.versions if each.number < version.number], finder, above)
    return fresh, older


def _read(texts: Sequence[str], finder: PeopleNamed, above: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
    named = frozenset(person for text in texts for person in finder.named_in(text))
    return named, frozenset(above) if any(map(points_back, texts)) else frozenset()


def _named_above(tx: Transaction, comment: Comment, finder: PeopleNamed) -> frozenset[str]:
    """Whom the post and the comment above name, and who is kept out of that comment."""
    post, parent = judged.post_of(tx, comment), judged.parent_of(tx, comment)
    named = finder.named_in(post.text) if post else frozenset()
    if parent is not None:
        named |= finder.named_in(parent.versions[-1].text)
        if isinstance(parent, Comment):
            named |= exclusions.kept_out(tx, parent)
    return named


def _standing_flags(tx: Transaction, comment: Comment) -> Sequence[Flag]:
    flags = [flag for version in comment.versions for flag in cases.flags_of(tx, version)]
    return standing(flags, decided.recorded(comment.decisions))
