"""Who has to be blacked out around a comment: everybody but its author, the school and its staff."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from monitor.evidence.handing_out.blackout import Blackout, letters_of
from monitor.evidence.log.commitment import read_record
from monitor.store import evidence_log, judged, subjects
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment, Item
from monitor.store.school_tables import School
from monitor.store.subjects import Author

REDDIT_NAME = "name:"  # before the name where Reddit gives no id (`connectors/reddit_wire.py`)


@dataclass(frozen=True)
class Named:
    """Names given by a person: of `staff`, who may be named, and who goes as well (`also`) or may stay (`known`)."""

    staff: tuple[str, ...]
    also: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


class ThirdParties:
    """Knows the names of everybody who ever wrote to one school."""

    def __init__(self, tx: Transaction, school: School, named: Named) -> None:
        self._tx, self._named, self._school = tx, named, school
        self._full_names = {each.name for each in subjects.who_wrote(tx, school) if len(each.name.split()) > 1}

    def around(self, comment: Comment, about: Collection[Author] = ()) -> Blackout:
        """A blackout for all that was kept of one comment. `about`: the person in question, if not just its author.

        Out go names and ids of whoever wrote in the thread, and full names of anybody known that stand in it.
        """
        thread = subjects.thread(self._tx, comment)
        me = set(about) or {_author(comment)}
        by_me = [item for item in thread if _is_by(item, me)]
        ours = [item for item in thread if item.type == "reply"]
        others = [item for item in thread if item not in by_me and item not in ours]
        post = judged.post_of(self._tx, comment)
        texts = [post.text if post else "", *(version.text for item in thread for version in item.versions)]
        texts += self._reasons(comment)
        return Blackout(
            [*_names(others), *self._full_names_in(texts), *self._named.also],
            [*_names(by_me), *(person.name for person in about), *_names(ours), *self.may_be_named(comment)],
        )

    def in_text(self, text: str, item: Item, about: Collection[Author]) -> Blackout:
        """A blackout for one text that mentions the person in question, whoever wrote it."""
        return Blackout(
            [*_names([item] if item.type != "reply" else []), *self._full_names_in([text]), *self._named.also],
            [*(author.name for author in about), *self.may_be_named(item)],
        )

    def may_be_named(self, item: Item) -> Iterator[str]:
        """The school, its staff, and who was said to be known."""
        yield from (self._school.name, *self._named.staff, *self._named.known)
        yield from subjects.own_names(self._tx, item.account)

    def _reasons(self, comment: Comment) -> Iterator[str]:
        """What people gave as the reason for whatever they did with a comment."""
        for entry in evidence_log.of_case(self._tx, self._school, comment.id):
            yield str(read_record(entry.record or "{}").get("why", ""))
        yield from (subjects.said_by(decision) for decision in comment.decisions)

    def _full_names_in(self, texts: Iterable[str]) -> list[str]:
        said = letters_of(" ".join(texts))
        return [name for name in self._full_names if letters_of(name) in said]


def _author(item: Item) -> Author:
    return Author(item.account.network, item.author_id, "" if item.author_id else item.author_name)


def _is_by(item: Item, people: Collection[Author]) -> bool:
    return any(
        (person.network, person.author_id) == (item.account.network, item.author_id)
        and (item.author_id is not None or person.name == item.author_name)
        for person in people
    )


def _names(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        yield item.author_name
        yield (item.author_id or "").removeprefix(REDDIT_NAME)
