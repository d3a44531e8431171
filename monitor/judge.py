"""What we conclude about a comment the moment we see it: its deadline, its flags, its evidence, the mails owed.

What the network sent is safe on disk before anything is judged (`monitor/collect.py`), and the snapshot of a flagged
comment before its flags are written. Flags, deadline and owed mails go into the caller's transaction. Words are
judged before that transaction begins (`Judge.look_at`): models and second opinions take their time, and nobody else
could write meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor import piling_on
from monitor.asking import Asked, with_second_opinion
from monitor.custody.capture import CHANGED, FLAGGED, SAMPLED, Capturer, Occasion
from monitor.keeping_out import keep_out_whom_it_is_about
from monitor.language.flagging import flags_of
from monitor.language.people_named import looking_for
from monitor.language.tags import tags_of
from monitor.model import ALARMS, Category, Deadline, Facts, Flag
from monitor.rules.response import due_at
from monitor.school_facts import SchoolFacts
from monitor.store import judged, ledger, snapshots
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment
from monitor.store.keep import Kept, Outcome
from monitor.telling import owe_mails

if TYPE_CHECKING:
    from monitor.language.judging import Judge as LanguageJudge
    from monitor.language.second_opinion import SecondOpinion

Seen = Mapping[str, tuple[Flag, ...]]
"""Texts that were looked at, and why a person should see them."""
NOTHING_SEEN: Seen = {}
USUALLY_TOLD = frozenset({"moderator", "poster"})
"""Duties whose people read what is to be answered anyway."""


@dataclass(frozen=True)
class Judge:
    """Judges kept items for one school."""

    capturer: Capturer
    language: LanguageJudge
    opinion: SecondOpinion | None = None

    @property
    def school(self) -> SchoolFacts:
        """What judging needs to know of the school."""
        return self.capturer.school

    def look_at(self, texts: Mapping[str, str]) -> Seen:
        """Judge the words of a page, which are given by the ids their comments have on the network."""
        judgements = self.language.assess_all(list(texts.values()))
        if self.opinion:
            page = [Asked(*pair, judgement) for pair, judgement in zip(texts.items(), judgements, strict=True)]
            judgements = with_second_opinion(self.opinion, page, self.language.thresholds)
        flags = (flags_of(judgement, self.school.policy) for judgement in judgements)
        return {
            text: tuple(flag for flag in each if self._matters(flag, text))
            for text, each in zip(texts.values(), flags, strict=True)
        }

    def _matters(self, flag: Flag, text: str) -> bool:
        """Whether a flag brings a comment before a person: an alarm, or what the pack handles in a way of its own.

        A pack may have complaints held, or brought before a manager, or kept from whom they name: then it has to be
        known of each that it is one.
        """
        rule = self.school.policy.categories.get(flag.category)
        if flag.category in ALARMS or rule is None:
            return flag.category in ALARMS
        if not USUALLY_TOLD.issuperset(rule.tell.first) or rule.hold.is_any:
            return True
        return rule.keep_out.named and bool(looking_for(self.school.people).named_in(text))

    def judge(self, tx: Transaction, kept: Kept, now: datetime, seen: Seen = NOTHING_SEEN) -> bool:
        """Conclude on a comment that is new or has new words. True when it was flagged. Replies are not judged.

        `seen` comes from `look_at` for the page at hand; what is not in it is looked at now.
        """
        comment = kept.item
        if not isinstance(comment, Comment):
            return False
        text = kept.version.text
        looked_at = seen if text in seen else self.look_at({comment.remote_id: text})
        flags = list(looked_at[text])
        if problem := self._set_deadline(tx, comment, text, kept.outcome, now):
            flags.append(problem)
        flags = [replace(flag, version=kept.version.number) for flag in flags]
        if occasion := self._occasion(tx, comment, flags):
            self.capturer.capture(tx, comment, kept.version, flags, occasion, now)
        if flags:
            judged.raise_flags(tx, kept.version, flags, now)
        if flags or kept.version.number > 1:
            keep_out_whom_it_is_about(tx, self.school, comment, kept.version, now)
        if flags or kept.outcome is Outcome.NEW:
            piling_on.look_at(tx, self.school, comment, flags, now, is_new=kept.outcome is Outcome.NEW)
            owe_mails(tx, self.school, comment, kept.version, flags, now)
        return bool(flags)

    def _occasion(self, tx: Transaction, comment: Comment, flags: Sequence[Flag]) -> Occasion | None:
        """Why evidence is kept of this version; None: it is not."""
        if flags:
            return FLAGGED
        if len(comment.versions) > 1 and snapshots.has_evidence(tx, comment):
            return CHANGED
        return SAMPLED if self.capturer.in_sample(comment) else None

    def _set_deadline(
        self, tx: Transaction, comment: Comment, text: str, outcome: Outcome, now: datetime
    ) -> Flag | None:
        """Compute the deadline once; again only if none was owed so far, or the policy lets an edit restart it."""
        if outcome is Outcome.EDITED and comment.due_at is not None and not self.school.rule.edit_restarts:
            return None
        tags = tags_of(text)
        facts = Facts(first_seen_at=comment.first_seen_at, edited_at=comment.edited_at, tags=tags)
        policy = ledger.policy_in_force(
            tx,
            comment.account.school,
            self.school.policy.id,
            self.school.policy.version,
            self.school.policy.response_clause,
            self.school.rule.model_dump_json(),
            now,
        )
        try:
            deadline = due_at(comment.created_at, self.school.timezone, self.school.rule, facts)
        except ValueError as problem:
            # A time no calendar holds, for example. The comment is kept, and a person is told to look.
            judged.set_deadline(comment, Deadline(None, (str(problem),)), sorted(tags), policy)
            return _no_deadline(problem)
        judged.set_deadline(comment, deadline, sorted(tags), policy)
        return None


def _no_deadline(problem: ValueError) -> Flag:
    return Flag(
        category=Category.COULD_NOT_BE_CHECKED,
        severity="concern",
        score=1.0,
        detector="deadline/1",
        start=0,
        end=0,
        reason=f"No deadline could be worked out: {problem}. Please look at this comment yourself.",
    )
