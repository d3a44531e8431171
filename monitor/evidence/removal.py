"""Taking erased words off the disk: whole folders of evidence, single files of others, pages a crash left behind.

What is to go is named by digest (`monitor/evidence/erasure_journal.py`), so every function takes `digest`, which
gives the one that stands for a name. Each can be called again after it was killed half-way, and says nothing about
what is gone already.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from connectors.fetched import FetchedItem
from monitor.evidence import incoming
from monitor.evidence.card.card_files import clear_card
from monitor.evidence.erasure_journal import Place
from monitor.evidence.files import alone_in, sync_folder
from monitor.evidence.snapshot import CAPTURE
from monitor.evidence.wire_bytes import without_others
from monitor.evidence.write_once import UNFINISHED

Digest = Callable[[str], str]
_MONTH = re.compile(r"[0-9]{4}/[0-9]{2}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")


def place_of(path: str, digest: Digest) -> str:
    """A folder of evidence (its path relative to the evidence folder) as the journal names it."""
    month, _, name = path.rpartition("/")
    return f"{month}/{digest(name)}"


def remove_folders(evidence: Path, places: Collection[str], digest: Digest) -> None:
    """Remove whole folders of evidence, and what a killed process left unfinished of any. Raises OSError."""
    for directory in _find(evidence, places, digest).values():
        with suppress(FileNotFoundError), alone_in(directory):  # a card may be being drawn in it
            shutil.rmtree(directory)
        sync_folder(directory.parent)
    unfinished = evidence / UNFINISHED
    if places and unfinished.is_dir():
        with alone_in(unfinished):
            for leftover in filter(Path.is_dir, unfinished.iterdir()):
                shutil.rmtree(leftover)
            sync_folder(unfinished)


def remove_parts(evidence: Path, parts: Collection[Place], digest: Digest) -> None:
    """Remove single files out of folders that stay, and the cards that show them. Raises OSError, ValueError."""
    found = _find(evidence, [place for place, _ in parts], digest)
    for place, name in parts:
        if not _FILE.fullmatch(name):
            raise ValueError("the journal of erasures names a file that no evidence has; put it back from a backup")
        if directory := found.get(place):
            # Under one lock with the card, or one that is being drawn would show the words once more.
            with suppress(FileNotFoundError), alone_in(directory):
                file = directory / name
                file.unlink(missing_ok=True)
                sync_folder(file.parent)
                clear_card(directory)


def remove_strays(
    evidence: Path, month: str, known: Collection[str], school: str, erased: Collection[str], digest: Digest
) -> None:
    """Remove snapshots of erased comments that no row tells of: the program was killed once their files were safe.

    `month`: year/month of the comments. `known`: paths of all evidence that rows tell of. Raises OSError.
    """
    if not (evidence / month).is_dir():
        return
    for directory in list((evidence / month).iterdir()):
        if f"{month}/{directory.name}" in known or directory.is_symlink():
            continue
        if digest(_captured(directory, school)) in erased:
            shutil.rmtree(directory)
    sync_folder(evidence / month)


def _captured(directory: Path, school: str) -> str:
    """The network's id of the comment of this school that a folder is a snapshot of; empty when it is none."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        facts = json.loads((directory / CAPTURE).read_bytes())
        if facts["school_key"] == school:
            return str(facts["remote_id"])
    return ""


def forget_incoming(evidence: Path, school: str, account: str, erased: Collection[str], digest: Digest) -> None:
    """Take items out of pages that a crash left waiting to be kept. `erased`: digests of their ids. Raises OSError.

    A page that cannot be read is removed: what is in it nobody can tell, and the network is asked for it again.
    """
    for page in incoming.leftovers(evidence, school, account):
        try:
            stream, batch, received_at = incoming.read_incoming(page)
        except ValueError:
            incoming.done(page)
            continue
        kept = [item for item in batch.items if not any(digest(name) in erased for name in _names(item))]
        if len(kept) < len(batch.items):
            # The answers held everybody's words; each item's own payload stays.
            items = tuple(replace(item, raw=without_others(item.raw)) for item in kept)
            cut = replace(batch, items=items, exchanges=())
            incoming.write_incoming(evidence, school, account, stream, cut, received_at)
            incoming.done(page)
    for unreadable in (evidence / incoming.INCOMING / school / account).glob("*.unreadable"):
        unreadable.unlink(missing_ok=True)


def _names(item: FetchedItem) -> tuple[str, ...]:
    return (item.remote_id, *item.alt_ids)


def _find(evidence: Path, places: Iterable[str], digest: Digest) -> dict[str, Path]:
    """Where the folders lie that these digests stand for, of those that are there."""
    wanted = set(places)
    months = {place.rpartition("/")[0] for place in wanted}
    if not all(map(_MONTH.fullmatch, months)):
        raise ValueError("the journal of erasures names a folder that no evidence has; put it back from a backup")
    return {
        place: directory
        for month in sorted(months)
        if (evidence / month).is_dir()
        for directory in (evidence / month).iterdir()
        if directory.is_dir() and not directory.is_symlink()
        if (place := place_of(f"{month}/{directory.name}", digest)) in wanted
    }
