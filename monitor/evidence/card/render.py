"""Makes the evidence card of a snapshot: PDF (PDF/UA-1), PNG, plain text, and an annex for what does not fit.

Typst draws hostile text, so it does that in a process of its own (`typeset.py`), with nothing of our environment and
with a limit on time and memory: a hang or a crash costs one picture and never the daemon, and the plain text is there
all the same. The snapshot is complete without its card.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from monitor.evidence.card.annex import annex
from monitor.evidence.card.card import Withheld, card_content, withheld_content
from monitor.evidence.card.card_files import (
    ANNEX,
    PDF,
    PNG,
    SCRATCH,
    TEXT,
    clear_card,
    is_withheld,
    keep_card,
    listed,
)
from monitor.evidence.card.card_text import Alphabet
from monitor.evidence.card.plain_card import plain_card, plain_withheld
from monitor.evidence.card.snapshot_facts import read_facts
from monitor.evidence.files import alone_in, write_new

TIME_LIMIT = 20.0  # seconds for the pictures of one card
MEMORY_LIMIT = 112 << 20  # bytes that the drawing process may fill; about 30 MB of typst itself come on top
ENVIRONMENT = {"PATH": os.defpath, "RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
"""Of the drawing process. One thread and one heap: more would fill memory by the number of processors."""
FOLDER = Path(__file__).parent
ORDINARY_TEMPLATE = FOLDER / "card.typ"
WITHHELD_TEMPLATE = FOLDER / "withheld.typ"


class CardFailed(Exception):
    """No card could be written. One sentence, without words of the comment; the snapshot is untouched."""


@dataclass(frozen=True)
class Card:
    """`pictures`: whether PDF and PNG are there, not only the plain text. `problem`: if not, why, in one sentence
    without words of the comment."""

    pictures: bool
    problem: str = ""


@dataclass(frozen=True)
class Pages:
    """What a card is made of. `contents`: for the template, the most hopeful alphabet first. `texts`: its files."""

    template: Path
    contents: list[dict[str, Any]]
    texts: dict[str, bytes]


class NotDrawn(Exception):
    """The pictures could not be made. Half a sentence, without words of the comment."""


def render_card(directory: Path, withheld: Withheld | None = None, hidden: Collection[str] = ()) -> Card:
    """Put a card beside a snapshot; every file of it is listed in card-sha256.txt. Raises CardFailed.

    A finished card stays as it is; one without pictures is tried again. `withheld` takes the place of any other card
    and keeps it for good. `hidden`: files of the thread whose words are withheld. The same snapshot gives the same
    bytes on the same machine (fonts of the machine help out where typst's own lack a letter).
    """
    name = directory.name
    try:
        with alone_in(directory):
            return _card(directory, withheld, hidden)
    except OSError as problem:
        reason = os.strerror(problem.errno) if problem.errno else type(problem).__name__
        raise CardFailed(f"the card of snapshot {name} could not be written: {reason}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CardFailed(f"the card of snapshot {name} could not be written: its facts cannot be read") from None


def _card(directory: Path, withheld: Withheld | None, hidden: Collection[str]) -> Card:
    already = is_withheld(directory)
    if withheld and not already:
        clear_card(directory)
    finished = listed(directory)
    if PDF in finished:
        return Card(pictures=True)
    if already and not withheld:
        raise CardFailed(
            f"the card of snapshot {directory.name} is withheld and was left as it is; make it as a withheld one"
        )
    pages = pages_of(directory, withheld, hidden)
    if withheld:
        # Before anything that can take time or fail: from here on no other card can be made of this comment.
        keep_card(directory, pages.texts)
    try:
        pictures = _draw(directory, pages)
    except NotDrawn as problem:
        keep_card(directory, pages.texts)
        return Card(pictures=False, problem=f"the card of snapshot {directory.name} has no pictures: {problem}")
    keep_card(directory, {**pages.texts, **pictures})
    return Card(pictures=True)


def pages_of(directory: Path, withheld: Withheld | None = None, hidden: Collection[str] = ()) -> Pages:
    """What the card of a snapshot is made of. Raises OSError, and ValueError or KeyError for damaged files."""
    facts = read_facts(directory, hidden)
    if withheld:
        contents = [withheld_content(facts, withheld, alphabet) for alphabet in Alphabet]
        return Pages(WITHHELD_TEMPLATE, contents, {TEXT: plain_withheld(contents[0])})
    contents = [card_content(facts, alphabet) for alphabet in Alphabet]
    # Names are longer than what they stand for, so one alphabet may need the annex where another does not.
    cut = any(content["cut"] for content in contents)
    contents = [{**content, "cut": cut} for content in contents]
    texts = {TEXT: plain_card(contents[0])}
    return Pages(ORDINARY_TEMPLATE, contents, {**texts, ANNEX: annex(facts)} if cut else texts)


def prepare_drawing(pages: Pages, scratch: Path) -> list[str]:
    """Put into `scratch` what the drawing process needs, and give the command that starts it there.

    Raises OSError, and NotDrawn when typst is not installed.
    """
    typst = find_spec("typst")
    if typst is None or not typst.submodule_search_locations:
        raise NotDrawn("typst is not installed")
    library = Path(typst.submodule_search_locations[0]).parent
    names = []
    for number, content in enumerate(dict.fromkeys(map(json.dumps, pages.contents))):
        names.append(f"content-{number}.json")
        write_new(scratch / names[-1], content.encode("ascii"))
    limits = [str(math.ceil(TIME_LIMIT)), str(MEMORY_LIMIT)]
    # Without `site`, the folder we stand in and the variables of Python: what is not imported costs no time.
    program = [sys.executable, "-I", "-S", "-B", str(FOLDER / "typeset.py")]
    return [*program, *limits, str(library), str(pages.template), *names]


def _draw(directory: Path, pages: Pages) -> dict[str, bytes]:
    # Inside the snapshot: what a killed process leaves there holds words of the comment, and the next try clears it.
    scratch = directory.absolute() / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    try:
        _run(prepare_drawing(pages, scratch), scratch)
        return {name: (scratch / name).read_bytes() for name in (PDF, PNG)}
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run(command: list[str], scratch: Path) -> None:
    try:
        subprocess.run(  # noqa: S603  our own program; what it is given are paths of ours
            command, env=ENVIRONMENT, cwd=scratch, timeout=TIME_LIMIT, check=True, capture_output=True
        )
    except OSError as problem:
        reason = os.strerror(problem.errno) if problem.errno else type(problem).__name__
        raise NotDrawn(f"the drawing program could not be started: {reason}") from None
    except subprocess.TimeoutExpired:
        raise NotDrawn(f"drawing took longer than {TIME_LIMIT:g} seconds and was given up") from None
    except subprocess.CalledProcessError as failed:
        # What the child wrote may quote the comment, so it is not passed on.
        raise NotDrawn(f"the drawing program ended with {failed.returncode}") from None
