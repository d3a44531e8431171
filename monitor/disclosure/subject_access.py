"""`subject-access`: what is held on one person, for the person, with everybody else masked (UK GDPR, article 15).

Who asked for it and why is in the evidence log, by case numbers and never by name. A comment marked as a suspected
indecent image of a child is left out: about that one the person responsible for safeguarding answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.filters import counted
from monitor.clock import Clock
from monitor.custody import media_gate
from monitor.custody.log import Actor, note
from monitor.disclosure.bundle_pieces import Missing, Pieces
from monitor.disclosure.subject import Person, find_person
from monitor.disclosure.subject_data import Data, Gatherer
from monitor.disclosure.third_parties import Named, ThirdParties
from monitor.evidence.handing_out.bag import write_bag
from monitor.evidence.handing_out.blackout import Blackout
from monitor.evidence.handing_out.person_page import PAGE, person_json, person_page
from monitor.rules.wording import moment_in_words
from monitor.school_facts import SchoolFacts
from monitor.seeing import restricted_marks
from monitor.store import evidence_rows, exclusions, ledger
from monitor.store.engine import Store, Transaction
from monitor.store.evidence_log import Opened
from monitor.store.evidence_rows import Kept
from monitor.store.school_tables import School

EVIDENCE = "evidence"
_NOTE = """\
The files in this folder are copies. The names of other people are blacked out in them: a
blacked-out name has five blocks, however long it was. Digests and lengths of the originals
are left out as well, since they would help to find the names. Files of which there is no
copy here: {missing}.
"""


class NothingHeld(Exception):
    """Nothing is held on that person. One sentence."""


@dataclass(frozen=True)
class Asked:
    """Who is meant: `words` are ids or names, `cases` comments of theirs, `also_known_as` names others may use.

    `also_black_out`: further people who must not be named.
    """

    words: tuple[str, ...] = ()
    cases: tuple[int, ...] = ()
    also_known_as: tuple[str, ...] = ()
    also_black_out: tuple[str, ...] = ()
    hidden: frozenset[int] = frozenset()
    """Cases of which whoever answers must not know: nothing of them is in it, and nothing says so."""


@dataclass(frozen=True)
class Answered:
    """How much is in the bundle. `problems`: records that are not as they were kept, one sentence each."""

    comments: int
    mentions: int
    notes: int
    records: int
    withheld: int
    unreadable: int
    problems: Sequence[str]


@dataclass(frozen=True)
class _Found:
    """The person who is meant, and what others said of them. `unreadable`: items nobody could read, counted."""

    person: Person
    mentions: list[Data]
    notes: list[Data]
    unreadable: int


@dataclass(frozen=True)
class SubjectAccess:
    """Answers for one school. `staff`: who may be named. `in_words`: an entry of the log as people read it."""

    store: Store
    school: SchoolFacts
    clock: Clock
    staff: tuple[str, ...]
    in_words: Callable[[Opened], str]

    def answer(self, asked: Asked, output: Path, actor: Actor) -> Answered:
        """Enter it in the log, then write the bundle. The caller has made sure of the person's role.

        Raises SeveralPeople, NoSuchComment, NothingHeld, FileExistsError, OSError, ClockSetBack.
        """
        now = self.clock()
        with self.store.reading() as tx:  # looking through everything keeps nobody from writing
            found = self._find(tx, asked, now)
        with self.store.writing() as tx:
            self._enter(tx, found, actor, now)
        with self.store.reading() as tx:
            return self._write(tx, asked, found, output, actor, now)

    def _find(self, tx: Transaction, asked: Asked, now: datetime) -> _Found:
        school = ledger.enrolled_school(tx, self.school.key)
        person = find_person(tx, school, asked.words, asked.cases, asked.also_known_as, asked.hidden)
        gatherer = self._gatherer(tx, school, asked, person, now)
        found = _Found(person, gatherer.mentions(), gatherer.notes(), gatherer.unreadable())
        if not (person.cases or found.mentions or found.notes or found.unreadable):
            raise NothingHeld("nothing is held on anybody by that id or name; names are searched for as a whole")
        return found

    def _enter(self, tx: Transaction, found: _Found, actor: Actor, now: datetime) -> None:
        """An entry for each case somebody learns of; one without a case where there is none."""
        school = ledger.enrolled_school(tx, self.school.key)
        cases, elsewhere = found.person.cases, {each["case"] for each in found.mentions if each["case"]}
        counts = {"cases": len(cases), "mentions": len(found.mentions), "notes": len(found.notes)}
        for case in cases:
            withheld = media_gate.is_withheld(tx, school, case)
            note(tx, school, "subject_access", now, case, {**counts, "as": "author", "withheld": withheld}, actor)
        for case in sorted(elsewhere):
            note(tx, school, "subject_access", now, case, {**counts, "as": "mention"}, actor)
        if not (cases or elsewhere):
            note(tx, school, "subject_access", now, None, counts, actor)

    def _gatherer(self, tx: Transaction, school: School, asked: Asked, person: Person, now: datetime) -> Gatherer:
        named = Named(self.staff, asked.also_black_out, person.names)
        return Gatherer(
            tx=tx,
            school=school,
            person=person,
            third_parties=ThirdParties(tx, school, named),
            withheld=self._left_out(tx, school, asked, now),
            timezone=self.school.timezone,
            now=now,
            policy=self.school.policy,
            in_words=self.in_words,
        )

    def _left_out(self, tx: Transaction, school: School, asked: Asked, now: datetime) -> dict[int, media_gate.Mark]:
        """Items of which nothing is told, and not to whoever answers either."""
        hidden = exclusions.with_what_hangs_under(tx, asked.hidden)
        return {number: media_gate.Mark(number, now) for number in hidden} | media_gate.all_withheld(tx, school)

    def _write(
        self, tx: Transaction, asked: Asked, found: _Found, output: Path, actor: Actor, now: datetime
    ) -> Answered:
        school = ledger.enrolled_school(tx, self.school.key)
        gatherer = self._gatherer(tx, school, asked, found.person, now)
        told = gatherer.comments()
        mentions = [each for each in found.mentions if each["case"] not in gatherer.withheld]
        pieces = self._pieces(tx, school, {data["case"]: blackout for data, blackout in told}, gatherer)
        answered = Answered(
            comments=len(told),
            mentions=len(mentions),
            notes=len(found.notes),
            records=len(pieces.kept),
            withheld=sum(case in gatherer.withheld for case in found.person.cases),
            unreadable=found.unreadable,
            problems=pieces.problems,
        )
        page = {
            "school": self.school.name,
            "program": self.school.program,
            "timezone": self.school.timezone,
            "made": moment_in_words(now.astimezone(ZoneInfo(self.school.timezone))),
            "by": actor.name,
            "names": list(found.person.names),
            "ids": sorted(f"{each.network}:{each.author_id}" for each in found.person.authors if each.author_id),
            "accounts": [f"{each.label} ({each.network})" for each in ledger.accounts_of(tx, school)],
            "comments": [data for data, _ in told],
            "mentions": mentions,
            "notes": found.notes,
        }
        top = f"{self.school.key}-subject-access-{now:%Y-%m-%d}"
        write_bag(output, top, _payload(pieces, page, answered), dict, self._info(top, actor, now))
        return answered

    def _pieces(
        self, tx: Transaction, school: School, blackouts: Mapping[int, Blackout], gatherer: Gatherer
    ) -> Pieces:
        kept = [each for case in sorted(blackouts) for each in evidence_rows.kept(tx, school, case=case)]
        missing = Missing.of(tx, school, kept, {**restricted_marks(tx, school), **gatherer.withheld})
        return Pieces(self.school.evidence, kept, missing, blackouts, note=_NOTE)

    def _info(self, top: str, actor: Actor, now: datetime) -> list[tuple[str, str]]:
        return [
            ("Source-Organization", self.school.name),
            ("Contact-Name", actor.name),
            ("External-Description", "What is held on one person, for that person"),
            ("External-Identifier", top),
            ("Bagging-Date", f"{now.astimezone(ZoneInfo(self.school.timezone)):%Y-%m-%d}"),
            ("Bag-Software-Agent", self.school.program),
        ]


def _payload(pieces: Pieces, page: Data, answered: Answered) -> Iterator[tuple[str, bytes]]:
    """The copies first: what of them could not be copied stands on the page."""
    for name, content in pieces.payload():
        yield f"{EVIDENCE}/{name}", content
    for comment in page["comments"]:
        comment["evidence"] = [_record(pieces, each) for each in pieces.kept if each.case == comment["case"]]
    page["not_included"] = list(_not_included(pieces, answered))
    yield PAGE, person_page(page)
    yield "what-we-hold.json", person_json(page)


def _record(pieces: Pieces, kept: Kept) -> Data:
    folder = pieces.folder_of(kept)
    return {"kind": kept.kind.replace("_", " "), "folder": f"{EVIDENCE}/{folder}" if folder else ""}


def _not_included(pieces: Pieces, answered: Answered) -> Iterator[str]:
    yield "Names and ids of other people, and pictures that may show them."
    yield "What other people wrote, unless it names you or stood beside a comment of yours when a copy was made."
    if answered.withheld:
        are, them = ("is", "it") if answered.withheld == 1 else ("are", "them")
        yield f"{counted(answered.withheld, 'item')} {are} withheld; the safeguarding lead answers about {them}."
    for position, names in pieces.absent.items():
        yield f"From copy {position}, files in which other people cannot be masked: {', '.join(names)}."
    if answered.unreadable:
        yield f"{counted(answered.unreadable, 'item')} that the program could not read and that may hold your name."
    yield "What is attached to comments and was not opened: only the addresses are held."
    yield "What the networks themselves hold on you; ask them."
