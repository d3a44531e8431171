"""The files of a card beside a snapshot: whether there is one, of which kind, and putting one in place of another."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from monitor.evidence.card.plain_card import WITHHELD
from monitor.evidence.files import alone_in, checksum_list, sync_folder, write_new
from monitor.evidence.folder_check import CARD_LIST

PDF, PNG, TEXT, ANNEX = "card.pdf", "card.png", "card.txt", "annex.txt"
CARD_FILES = (PDF, PNG, TEXT, ANNEX)
SCRATCH = ".card"


def listed(directory: Path) -> frozenset[str]:
    """Names of the files of the finished card; empty when there is none. Raises OSError."""
    with suppress(FileNotFoundError):
        content = (directory / CARD_LIST).read_bytes()
        names = {line.partition(b"  ")[2].decode("ascii", "replace") for line in content.splitlines()}
        return frozenset(names & set(CARD_FILES))
    return frozenset()


def is_withheld(directory: Path) -> bool:
    """Whether the card, finished or not, is that of a withheld comment. Raises OSError."""
    try:
        with (directory / TEXT).open("rb") as card:
            return card.readline().strip() == WITHHELD.encode("ascii")
    except FileNotFoundError:
        return False


def keep_card(directory: Path, contents: Mapping[str, bytes]) -> None:
    """Put a card in the place of whatever card there was; the list of digests comes last. Raises OSError."""
    for name in CARD_FILES:
        if name in contents:
            _replace(directory, name, contents[name])
        else:
            (directory / name).unlink(missing_ok=True)
    _replace(directory, CARD_LIST, checksum_list(directory, list(contents)))
    sync_folder(directory)


def remove_card(directory: Path) -> None:
    """Take the card away with all that a killed process left of one, so that the next one shows only what is there.

    For an erasure of a part of the snapshot, and before a comment is withheld. Raises OSError.
    """
    with alone_in(directory):
        clear_card(directory)


def clear_card(directory: Path) -> None:
    """Like `remove_card`, for whoever is alone in the folder already."""
    shutil.rmtree(directory / SCRATCH, ignore_errors=True)
    for name in (*CARD_FILES, CARD_LIST):
        (directory / f".{name}.part").unlink(missing_ok=True)
        (directory / name).unlink(missing_ok=True)
    sync_folder(directory)


def _replace(directory: Path, name: str, content: bytes) -> None:
    part = directory / f".{name}.part"
    part.unlink(missing_ok=True)
    write_new(part, content)
    part.replace(directory / name)
