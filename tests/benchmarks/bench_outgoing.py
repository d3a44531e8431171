"""What it costs to look at the school's own words, by their length and by how many pupils are on its list.

python tests/benchmarks/bench_outgoing.py
"""

from __future__ import annotations

import random
import string
import time

from monitor.language.outgoing.checking import Lists, look
from monitor.language.outgoing.facts import OwnPeople, Published
from monitor.language.outgoing.name_list import read_names
from monitor.model import OutgoingKind

ORDINARY = (
    "Well done to everyone in Year 4 for a lovely assembly. Mrs Ali and Jane Cox took them to Chester Zoo. "
    "Ring the office on 01424 555 100 or write to office@oakfield.example. Thanks @OakfieldPTA! Ava Brown sang. "
)
HOSTILE = ("Ava " * 30, "@a" * 60, "0 7 " * 40, "we will " * 20, "Mc Mac Van De " * 12, "a.b@c." * 20, "Ava's " * 20)


def _names(number: int) -> bytes:
    chance = random.Random(7)
    made = ("".join(chance.choices(string.ascii_lowercase, k=7)).title() for _ in range(2 * number))
    return "\n".join(f"{first} {last}" for first, last in zip(made, made, strict=True)).encode()


def _seconds(text: str, lists: Lists) -> float:
    begin = time.perf_counter()
    look(Published(text, has_picture=True), OwnPeople(), lists, frozenset(OutgoingKind))
    return time.perf_counter() - begin


def main() -> None:
    """Print milliseconds for each length, kind of text and size of list."""
    for pupils in (0, 1000, 20000):
        begin = time.perf_counter()
        lists = Lists(read_names(_names(pupils)), read_names(_names(20))) if pupils else Lists()
        print(f"list of {pupils}: read in {1000 * (time.perf_counter() - begin):.0f} ms")
        _seconds(ORDINARY, lists)
        for piece in (ORDINARY, *HOSTILE):
            costs = [_seconds((piece * (1 + length // len(piece)))[:length], lists) for length in (500, 5000, 50000)]
            shown = ", ".join(f"{1000 * each:.1f}" for each in costs)
            print(f"  {piece[:12]!r:16} 500, 5,000, 50,000 letters: {shown} ms")


if __name__ == "__main__":
    main()
