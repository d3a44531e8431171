"""The person that somebody asks about: which comments are theirs, and by which names others may speak of them.

Two people may bear one name. Nothing is ever put together by a name alone: what would be somebody else's data is
not handed out because two names are alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from monitor.store import subjects
from monitor.store.engine import Transaction
from monitor.store.school_tables import School
from monitor.store.subjects import Author, Wrote


@dataclass(frozen=True)
class Candidate:
    """One who may be meant. `key`: how to choose them on the command line; `cases`: numbers of their comments."""

    key: str
    cases: tuple[int, ...]


class SeveralPeople(Exception):
    """A name or id that several people bear; somebody has to choose."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        super().__init__(f"{len(candidates)} people on these networks may be meant")
        self.candidates = candidates


class NoSuchComment(LookupError):
    """There is no such case, or it was erased. One sentence."""


@dataclass(frozen=True)
class Person:
    """Somebody on one network or several. `names`: as shown and as given; by these, others may speak of them."""

    authors: frozenset[Author]
    cases: tuple[int, ...]
    names: tuple[str, ...]


def find_person(
    tx: Transaction,
    school: School,
    words: Sequence[str],
    cases: Sequence[int],
    also_known_as: Sequence[str],
    hidden: Collection[int] = (),
) -> Person:
    """The person meant by these ids or names, and by being the author of these cases.

    An id may have its network in front, as facebook_page:88001. A word that is nobody's id or name is a name others
    may have used. Comments that are `hidden` count as if they were not there. Raises SeveralPeople, and NoSuchComment
    for a case that is not there.
    """
    wrote = [each for each in subjects.who_wrote(tx, school) if each.case not in hidden]
    chosen: set[Wrote] = set()
    for word in words:
        chosen |= _meant(wrote, word)
    for case in cases:
        chosen |= _author_of(wrote, case)
    names = [each.name for each in chosen] + [word for word in words if not _ids(wrote, word)] + list(also_known_as)
    return Person(
        authors=frozenset(Author(w.network, w.author_id, "" if w.author_id else w.name) for w in chosen),
        cases=tuple(sorted({each.case for each in chosen})),
        names=tuple(sorted({name.strip().removeprefix("@") for name in names} - {""})),
    )


def _meant(wrote: Iterable[Wrote], word: str) -> set[Wrote]:
    found = _ids(wrote, word) or _named(wrote, word)
    candidates = _people(found)
    if len(candidates) > 1:
        raise SeveralPeople(candidates)
    # With one id found, everything under that id is theirs, whatever name stands above it.
    ids = {(each.network, each.author_id) for each in found if each.author_id is not None}
    return set(found) | {each for each in wrote if (each.network, each.author_id) in ids}


def _ids(wrote: Iterable[Wrote], word: str) -> list[Wrote]:
    return [w for w in wrote if w.author_id is not None and word in {w.author_id, f"{w.network}:{w.author_id}"}]


def _named(wrote: Iterable[Wrote], word: str) -> list[Wrote]:
    wanted = " ".join(word.removeprefix("@").casefold().split())
    return [w for w in wrote if wanted and " ".join(w.name.casefold().split()) == wanted]


def _author_of(wrote: Collection[Wrote], case: int) -> set[Wrote]:
    one = next((each for each in wrote if each.case == case), None)
    if one is None:
        raise NoSuchComment(f"there is no case {case}; school-monitor queue lists what waits")
    if one.author_id is None:
        return {one}
    return {each for each in wrote if (each.network, each.author_id) == (one.network, one.author_id)}


def _people(found: Iterable[Wrote]) -> list[Candidate]:
    """Who they are: one for each id, and one for each comment whose author's id the network withholds."""
    groups: dict[str, list[int]] = {}
    for each in found:
        key = f"{each.network}:{each.author_id}" if each.author_id is not None else f"--case {each.case}"
        groups.setdefault(key, []).append(each.case)
    return [Candidate(key, tuple(cases)) for key, cases in groups.items()]
