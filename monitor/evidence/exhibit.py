"""An exhibit: evidence that came beside the network's answer, kept like a snapshot in a write-once folder.

    <folder>/2026/11/<identity>/
        exhibit.json               the facts: what it is, where it came from, who brought it, when
        screen-print.png ...       the files, byte for byte
        manifest-sha256.txt        digests of all of these

A moderator's screen print, a live page and fetched media are exhibits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from monitor.evidence.write_once import Written, write_folder

FACTS = "exhibit.json"


def write_exhibit(
    folder: Path, identity: str, day: datetime, facts: Mapping[str, object], files: Mapping[str, bytes]
) -> Written:
    """Keep an exhibit under `folder`, complete or not at all. One that is there already stays as it is.

    `facts`: what JSON can hold, and aware times, which are written in UTC. `files`: by name, "/" between the parts
    of a name. Safe from several processes at once. Raises OSError, and ValueError for a time without a zone, a
    fact JSON cannot hold, or a name that is not safe to write.
    """
    if FACTS in files:
        raise ValueError(f"{FACTS} is written from the facts; give the file another name")
    contents = {FACTS: _facts_json(facts), **files}
    return write_folder(folder, identity, day, contents)


def _facts_json(facts: Mapping[str, object]) -> bytes:
    try:
        # In ASCII, every other character as its code: what a fact hides cannot act on whoever reads it.
        return (json.dumps(dict(facts), indent=1, allow_nan=False, default=_time_text) + "\n").encode("ascii")
    except (TypeError, RecursionError):
        raise ValueError("a fact of an exhibit is of a kind that JSON cannot hold; nothing was written") from None


def _time_text(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError
    if value.tzinfo is None:
        raise ValueError("a time in evidence needs its zone; this one has none")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
