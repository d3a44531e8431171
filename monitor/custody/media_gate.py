"""The media gate: what people attach to comments is never fetched by itself.

    closed     as every comment begins: attachments are listed by address, nobody opens them
    open       a person responsible for safeguarding decided, with a reason, on that one comment
    withheld   it may show an indecent image of a child: for good. Nothing of it is fetched, drawn, exported or
               mailed; address, time and author id go to the designated safeguarding lead and to nobody else

GOV.UK and UKCIS tell education settings never to view, copy, print, share, store or save such imagery. The gate's
state is what the evidence log says, so who opened or closed it, when and why, is proved with everything else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.custody.log import Actor, note
from monitor.evidence.log.commitment import read_record
from monitor.store import evidence_log
from monitor.store.engine import Transaction
from monitor.store.school_tables import School

KIND = "media_gate"
WITHHELD_ROUTE = (
    "Do not look for it, open, copy, print or forward it. Tell {lead} now, in person or by telephone. They report it "
    "to the police (999 when a child is in danger, else 101) and follow their advice before anything is removed."
)


class Gate(StrEnum):
    """Whether attachments of one comment may be fetched."""

    CLOSED = "closed"
    OPEN = "open"
    WITHHELD = "withheld"


class Withheld(Exception):
    """What was asked for is closed for good. One sentence, naming the route."""


def gate_of(tx: Transaction, school: School, case: int) -> Gate:
    """Where the gate of one comment stands. Once withheld, it stays so."""
    states = [
        Gate(str(read_record(entry.record or "")["state"]))
        for entry in evidence_log.of_kinds(tx, school, {KIND}, case)
    ]
    if Gate.WITHHELD in states:
        return Gate.WITHHELD
    return states[-1] if states else Gate.CLOSED


def is_withheld(tx: Transaction, school: School, case: int) -> bool:
    """Whether a comment is marked as a suspected indecent image of a child."""
    return gate_of(tx, school, case) is Gate.WITHHELD


@dataclass(frozen=True)
class Mark:
    """That a comment was marked, and when."""

    case: int
    at: datetime


def all_withheld(tx: Transaction, school: School) -> dict[int, Mark]:
    """The cases so marked, with their first mark."""
    found: dict[int, Mark] = {}
    for entry in evidence_log.of_kinds(tx, school, {KIND}):
        if entry.case is not None and read_record(entry.record or "")["state"] == Gate.WITHHELD:
            found.setdefault(entry.case, Mark(entry.case, entry.at))
    return found


def route(leads: Collection[str]) -> str:
    """What to do instead, naming the people responsible for safeguarding."""
    return WITHHELD_ROUTE.format(lead=" or ".join(leads) or "the designated safeguarding lead")


def refuse_if_withheld(tx: Transaction, school: School, case: int, leads: Collection[str]) -> None:
    """Raises Withheld for a comment marked as a suspected indecent image of a child."""
    if is_withheld(tx, school, case):
        raise Withheld(f"case {case}: MEDIA WITHHELD. {route(leads)}")


def open_gate(tx: Transaction, school: School, case: int, actor: Actor, leads: Collection[str], now: datetime) -> int:
    """Let the attachments of this one comment be fetched. The caller has made sure of the person's role.

    Returns the entry's position. Raises Withheld.
    """
    refuse_if_withheld(tx, school, case, leads)
    return note(tx, school, KIND, now, case, {"state": Gate.OPEN.value}, actor)


def withhold(tx: Transaction, school: School, case: int, actor: Actor, now: datetime) -> int:
    """Mark a comment as a suspected indecent image of a child, for good. Returns the entry's position."""
    return note(tx, school, KIND, now, case, {"state": Gate.WITHHELD.value}, actor)
