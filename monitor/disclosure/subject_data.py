"""What is held on one person, as plain data: the same words on the page and in the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from config.policy import PolicyPack
from monitor.custody.media_gate import Mark
from monitor.disclosure.subject import Person
from monitor.disclosure.third_parties import ThirdParties
from monitor.erasing.terms import TermFacts, kept_until
from monitor.evidence.handing_out.blackout import Blackout
from monitor.model import Case
from monitor.rules.state import response_state
from monitor.rules.wording import moment_in_words
from monitor.store import cases, evidence_log, judged, subjects
from monitor.store.engine import Transaction
from monitor.store.evidence_log import Opened
from monitor.store.item_tables import Comment, Item
from monitor.store.school_tables import School
from monitor.words import category_words, kind_words, state_words

Data = dict[str, Any]


@dataclass(frozen=True)
class Gatherer:
    """Reads what is held on a person. `now` is aware; times are told in `timezone`, an IANA name.

    `policy`: the school's pack, for how long it keeps what. `in_words`: an entry of the log as people read it.
    `withheld`: cases of which nothing is told.
    """

    tx: Transaction
    school: School
    person: Person
    third_parties: ThirdParties
    withheld: Mapping[int, Mark]
    timezone: str
    now: datetime
    policy: PolicyPack
    in_words: Callable[[Opened], str]

    def comments(self) -> list[tuple[Data, Blackout]]:
        """Their comments, oldest first, each with the blackout for what was kept of it."""
        numbers = [number for number in self.person.cases if number not in self.withheld]
        found = [case for number in numbers if (case := cases.case_by_id(self.tx, self.school, self.policy, number))]
        facts = TermFacts.gather(self.tx, self.school)
        told = []
        for case in sorted(found, key=lambda case: (case.created_at, case.id)):
            comment = judged.comment_of(self.tx, self.school, case.id)
            if comment is not None:
                blackout = self.third_parties.around(comment, self.person.authors)
                until = kept_until(facts.of(case, self.now), self.policy.retention, self.now, self.timezone)
                kept = {"on_hold": case.id in facts.held, "kept_until": until}
                told.append(({**self._said(case, comment, blackout), **self._done(case, blackout), **kept}, blackout))
        return told

    def mentions(self) -> list[Data]:
        """Where others name them, in words that are no answer to them. Whoever wrote it is not named."""
        finder, found = Blackout(self.person.names), []
        answers = {reply.id for case in self.person.cases for reply in subjects.replies_to(self.tx, case)}
        passed_over = {*answers, *self.withheld, *self.person.cases}
        for item in subjects.items(self.tx, self.school):
            if item.id not in passed_over:
                versions = [version for version in item.versions if finder.names_in(version.text)]
                found += [self._mention(item, version.text) for version in versions]
        for post in subjects.posts(self.tx, self.school):
            if finder.names_in(post.text):
                at = self._at(post.created_at or post.first_seen_at)
                found.append({"case": None, "who": "the school, in a post", "at": at, "text": post.text})
        return found

    def notes(self) -> list[Data]:
        """Reasons staff gave for decisions on other people's comments that name this person."""
        finder, found = Blackout(self.person.names), []
        for decision in subjects.decisions(self.tx, self.school):
            if finder.names_in(subjects.said_by(decision)) and decision.comment_id not in {
                *self.person.cases,
                *self.withheld,
            }:
                comment = judged.comment_of(self.tx, self.school, decision.comment_id)
                words = self._in_text(comment, subjects.said_by(decision)) if comment else subjects.said_by(decision)
                found.append({"by": decision.by, "at": self._at(decision.at), "text": words})
        return found

    def unreadable(self) -> int:
        """How many items that nobody could read hold one of their names or ids."""
        ids = [author.author_id for author in self.person.authors if author.author_id]
        finder = Blackout([*self.person.names, *ids])
        return sum(finder.names_in(raw) for raw in subjects.unreadable(self.tx, self.school))

    def _said(self, case: Case, comment: Comment, blackout: Blackout) -> Data:
        return {
            "case": case.id,
            "what": kind_words(case.kind),
            "where": case.account_label,
            "network": case.network,
            "network_id": case.remote_id,
            "address": case.permalink,
            "author": case.author_name,
            "author_id": case.author_id,
            "written": self._at(case.created_at),
            "first_seen": self._at(comment.first_seen_at),
            "last_seen": self._at(comment.last_seen_at),
            "edited": self._at(comment.edited_at),
            "gone": self._at(comment.gone_at),
            "shown": case.shown.value,
            "under": blackout.text(case.post_text),
            "versions": [
                {"number": version.number, "seen": self._at(version.seen_at), "text": blackout.text(version.text)}
                for version in comment.versions
            ],
            "attachments": [{"kind": kind, "address": address} for kind, address in case.attachments],
        }

    def _done(self, case: Case, blackout: Blackout) -> Data:
        answer = response_state(case.created_at, case.due_at, case.facts, case.rule, self.now)
        return {
            "state": f"{state_words(answer.state)}: {answer.because}",
            "due": self._at(case.due_at),
            "deadline": list(case.derivation),
            "policy": f"{case.policy}, clause {case.clause}" if case.policy else "",
            "flags": [
                {
                    "category": category_words(flag.category),
                    "severity": flag.severity,
                    "reason": flag.reason,
                    "clause": flag.clause,
                    "version": flag.version,
                    "found_by": flag.detector,
                }
                for flag in case.flags
            ],
            "decisions": [
                {
                    "at": self._at(each.fact.at),
                    "by": each.by,
                    "action": each.fact.action.value.replace("_", " "),
                    "version": each.version,
                    "reason": blackout.text(each.fact.note),
                    **{name: blackout.text(said) for name, said in each.details.items()},
                    **({"takes_back": each.undoes} if each.undoes is not None else {}),
                }
                for each in case.decisions
            ],
            "replies": [
                {
                    "at": self._at(reply.created_at),
                    "gone": self._at(reply.gone_at),
                    "versions": [blackout.text(version.text) for version in reply.versions],
                }
                for reply in subjects.replies_to(self.tx, case.id)
            ],
            "log": [
                blackout.text(self.in_words(entry)).strip()
                for entry in evidence_log.of_case(self.tx, self.school, case.id)
            ],
        }

    def _mention(self, item: Item, text: str) -> Data:
        return {
            "case": None if item.type == "reply" else item.id,
            "who": "the school, in an answer to somebody else" if item.type == "reply" else "somebody else",
            "at": self._at(item.created_at),
            "where": item.account.label,
            "text": self._in_text(item, text),
        }

    def _in_text(self, item: Item, text: str) -> str:
        return self.third_parties.in_text(text, item, self.person.authors).text(text)

    def _at(self, moment: datetime | None) -> str | None:
        return None if moment is None else moment_in_words(moment.astimezone(ZoneInfo(self.timezone)))
