"""An invented school's lists, people and posts, and a short way to ask what is found."""

from monitor.language.outgoing.checking import NO_LISTS, Lists, look
from monitor.language.outgoing.facts import OwnPeople, Published, contacts_of
from monitor.language.outgoing.name_list import read_names
from monitor.model import OutgoingKind

ALL = frozenset(OutgoingKind)
PUPILS = """
# Year 4, autumn
Ava Thompson
Zoë Thompson-Jones
Mason Hill
Will Read
O'Brien, Seán
José Núñez
Maria del Carmen Lopez
Thomas Baker
"""
OPTED_OUT = "Maisie Green\nPriya Shah\nZbigniew\n"
LISTS = Lists(pupils=read_names(PUPILS.encode()), opted_out=read_names(OPTED_OUT.encode()))
OWN = OwnPeople(
    names=("Mrs Ali", "Jane Cox", "Mr Baker", "Tom Baker"),
    domains=frozenset({"oakfield.example"}),
    contacts=contacts_of(["01424 555 100", "@OakfieldPTA1", "grants@fund.example"]),
    handles=frozenset({"oakfieldprimary"}),
)


def found(text, lists=NO_LISTS, kinds=ALL, **more):
    """What is found, as (kind, the words it stands in)."""
    findings = look(Published(text, **more), OWN, lists, kinds)
    return [(str(each.kind), text[each.start : each.end]) for each in findings]


def names(text, lists=NO_LISTS, **more):
    """The whole names found."""
    return [words for kind, words in found(text, lists, **more) if kind == "full_name"]
