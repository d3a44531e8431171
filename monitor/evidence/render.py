"""Draws the evidence card of a snapshot, as PDF (PDF/UA-1) and PNG, in a process of its own.

Typst draws hostile text here. In a child process, with nothing of our environment and a time limit, a hang or a
crash costs one card and never the daemon. The snapshot is complete without its card.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import typst

from monitor.evidence.card import Alphabet, card_content
from monitor.evidence.files import alone_in, checksum_list, sha256_of, sync_folder, write_new
from monitor.evidence.snapshot import CAPTURE, CARD_FILES, CARD_LIST, MANIFEST, WHY

TIME_LIMIT = 20.0  # seconds for one card
PIXELS_PER_INCH = 96.0
SCRATCH = ".card"
TEMPLATE = Path(__file__).with_name("card.typ")


class CardFailed(Exception):
    """The card could not be drawn. One sentence, without words of the comment; the snapshot is untouched."""


def render_card(directory: Path) -> None:
    """Add card.pdf, card.png and card-sha256.txt to a snapshot. A finished card stays as it is.

    The same snapshot gives the same bytes on the same machine (fonts of the machine help out where typst's own
    lack a letter). Raises CardFailed.
    """
    try:
        with alone_in(directory):
            if not (directory / CARD_LIST).exists():
                _draw_and_keep(directory)
    except OSError as problem:
        reason = os.strerror(problem.errno) if problem.errno else type(problem).__name__
        raise CardFailed(f"the card of snapshot {directory.name} could not be written: {reason}") from None


def _draw_and_keep(directory: Path) -> None:
    # Inside the snapshot: what a killed process leaves there holds words of the comment, and the next try clears it.
    scratch = directory / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    try:
        _draw_in_child(directory, scratch)
        for name in CARD_FILES:
            _keep(directory, name, (scratch / name).read_bytes())
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    _keep(directory, CARD_LIST, checksum_list(directory, list(CARD_FILES)))
    sync_folder(directory)


def _keep(directory: Path, name: str, content: bytes) -> None:
    part = directory / f".{name}.part"
    part.unlink(missing_ok=True)
    write_new(part, content)
    part.replace(directory / name)


def _draw_in_child(directory: Path, scratch: Path) -> None:
    command = [sys.executable, "-m", "monitor.evidence.render", str(directory.absolute()), str(scratch.absolute())]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(Path(__file__).parents[2])}
    try:
        subprocess.run(  # noqa: S603  our own module; the two arguments are folders
            command, env=environment, cwd=scratch, timeout=TIME_LIMIT, check=True, capture_output=True
        )
    except subprocess.TimeoutExpired:
        raise CardFailed(
            f"the card of snapshot {directory.name} took longer than {TIME_LIMIT:g} seconds and was given up"
        ) from None
    except subprocess.CalledProcessError as failed:
        # What the child wrote may quote the comment, so it is not passed on.
        raise CardFailed(
            f"the card of snapshot {directory.name} could not be drawn: its program ended with {failed.returncode}"
        ) from None


def draw(directory: Path) -> tuple[bytes, bytes]:
    """PDF and PNG of the card of the snapshot in `directory`: in all its characters if the fonts at hand allow,
    else with names in place of some. Raises typst.TypstError, OSError, ValueError, KeyError."""
    capture = json.loads((directory / CAPTURE).read_bytes())
    why = json.loads((directory / WHY).read_bytes())
    manifest = sha256_of(directory / MANIFEST)
    for alphabet in (Alphabet.ALL, Alphabet.TYPST):
        with suppress(typst.TypstError):
            return _compile(card_content(capture, why, manifest, alphabet))
    return _compile(card_content(capture, why, manifest, Alphabet.ASCII))


def _compile(content: Mapping[str, Any]) -> tuple[bytes, bytes]:
    inputs = {"card": json.dumps(content), "page": "a4"}
    pdf = typst.compile(TEMPLATE, format="pdf", pdf_standards="ua-1", sys_inputs=inputs)
    png = typst.compile(TEMPLATE, format="png", ppi=PIXELS_PER_INCH, sys_inputs={**inputs, "page": "long"})
    return pdf, png


def main(arguments: list[str]) -> None:
    """The child: snapshot folder, folder to write to."""
    snapshot, scratch = map(Path, arguments)
    for name, content in zip(CARD_FILES, draw(snapshot), strict=True):
        (scratch / name).write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1:])
