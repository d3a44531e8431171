"""What a snapshot says, read back from its folder, less what was erased from it since."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from monitor.evidence.files import sha256_of
from monitor.evidence.masking import masked
from monitor.evidence.snapshot import CAPTURE, THREAD, WHY
from monitor.evidence.write_once import MANIFEST

ERASED = "This message was erased."
WITHHELD = "This message is withheld."


class ThreadMessage(TypedDict):
    """One other message of the thread. `text` is None when it is not to be had; `instead` says why, in a sentence."""

    who: str
    at: Mapping[str, str | None]
    text: str | None
    instead: str


@dataclass(frozen=True)
class Facts:
    """`capture` and `flags` as in the files of the snapshot. `manifest` is the digest of its manifest, in hex."""

    capture: Mapping[str, Any]
    flags: Sequence[Mapping[str, Any]]
    thread: Sequence[ThreadMessage]
    manifest: str

    def in_context(self, text: str) -> str:
        """A text from around the comment, without the names of others."""
        names = [self.capture[name] for name in ("author_name", "school_name", "account_label")]
        return masked(text, [str(name) for name in names if name])


def read_facts(directory: Path, hidden: Collection[str] = ()) -> Facts:
    """The facts of the snapshot in `directory`. Raises OSError, and ValueError or KeyError for damaged files.

    `hidden`: files of the thread whose words are withheld.
    """
    capture = json.loads((directory / CAPTURE).read_bytes())
    return Facts(
        capture=capture,
        flags=json.loads((directory / WHY).read_bytes())["flags"],
        thread=[_message(directory, entry, hidden) for entry in capture["thread"]],
        manifest=sha256_of(directory / MANIFEST),
    )


def _message(directory: Path, entry: Mapping[str, Any], hidden: Collection[str]) -> ThreadMessage:
    if entry["file"] in hidden:
        return ThreadMessage(who=entry["who"], at=entry["at"], text=None, instead=WITHHELD)
    try:
        text = json.loads((directory / THREAD / Path(entry["file"]).name).read_bytes())["text"]
    except FileNotFoundError:
        return ThreadMessage(who=entry["who"], at=entry["at"], text=None, instead=ERASED)
    return ThreadMessage(who=entry["who"], at=entry["at"], text=text, instead="")
