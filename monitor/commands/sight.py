"""What one person may see on a screen: which cases are hidden, and what is said of one that is.

What is hidden from a person is answered in exactly the words of what does not exist. Where nobody said who they are,
the same sentence stands there whether something is hidden or not: a number would tell whoever is kept out, by what
it is short of, that there is something about them.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alerts.filters import plain
from monitor.commands.base import CommandFailed, local
from monitor.commands.people import viewer

if TYPE_CHECKING:
    from config.people import Person
    from monitor.wiring import App

OTHERS = "*"  # as in `monitor/store/exclusions.py`, which a small command does without
SAY_WHO = "Cases that are not for everybody are left out: say who you are with --by to see those that are for you."


@dataclass(frozen=True)
class Sight:
    """What is hidden from whoever looks. `person`: None where nobody said who they are."""

    person: Person | None
    hidden: frozenset[int]

    def note(self) -> list[str]:
        """What is said below a list: the same, whatever there is."""
        return [] if self.person else [SAY_WHO]

    def no_such_case(self, number: int) -> str:
        """What is said of a case that is hidden, or not there."""
        if self.person:
            return f"there is no case {number}; school-monitor queue lists what waits"
        return (
            f"there is no case {number} that is for everybody; say who you are with --by, in case it is for you. "
            "school-monitor queue lists what waits"
        )

    def refuse(self, number: int) -> None:
        """Raises CommandFailed for a case that is hidden."""
        if number in self.hidden:
            raise CommandFailed(self.no_such_case(number))


def circle_lines(app: App, number: int) -> list[str]:
    """Who is kept out of a case, since when, by whom and why: for those who may see the case."""
    from monitor.store import exclusions, judged, ledger

    zone = app.settings.school.timezone
    names = {person.email.lower(): person.name for person in app.settings.people}
    with app.store.reading() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        comment = judged.comment_of(tx, school, number)
        rows = exclusions.in_force(tx, comment) if comment else ()
        return [
            f"{_whom(row.person, names)} since {local(row.at, zone)}, by {plain(row.by, 100)}: {plain(row.why, 500)}"
            for row in rows
        ]


def _whom(person: str, names: Mapping[str, str]) -> str:
    if person == OTHERS:
        return "Only for those told"
    return f"Kept out: {plain(names.get(person, person), 200)}"


def sight_of(app: App, args: Namespace) -> Sight:
    """What is hidden from the person the command line names. Raises CommandFailed."""
    person = viewer(args, app.settings)
    return Sight(person, app.reporter.hidden_from(person, app.clock()))
