"""A copy of a folder of evidence in which third parties are blacked out. The original stays sealed at the school.

Nothing in the copy helps to find out what was blacked out: digests and lengths of the originals are left out, for
whoever has them could try names until one fits.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from monitor.evidence.card.render import CardFailed, render_card
from monitor.evidence.exhibit import FACTS
from monitor.evidence.files import make_folder, write_new
from monitor.evidence.folder_check import CARD_LIST
from monitor.evidence.handing_out.blackout import BLACK, Blackout, moved, without
from monitor.evidence.handing_out.folder_copy import copy_folder, listing
from monitor.evidence.hidden_text import hidden_positions
from monitor.evidence.snapshot import CAPTURE, EXCHANGE, ITEM, ITEM_BYTES, THREAD, WHY
from monitor.evidence.write_once import MANIFEST

_NETWORKS = frozenset({ITEM, ITEM_BYTES})
_OURS = frozenset({CAPTURE, WHY, EXCHANGE, FACTS})
_CARD = ("card.", "annex.")
_NEVER_NAMES = frozenset({"utc", "local", "zone", "file", "who"})
_TELL_TALE = ("sha256", "digest", "length", "offset", "salt", "snapshot", "manifest", "files")
_PLAIN_HEADERS = frozenset({"date", "content-type", "server"})
_NAME_FIELDS = frozenset({"name", "username", "screen_name", "author", "display_name"})


def blacked_copy(files: Mapping[str, bytes], blackout: Blackout, title: str) -> dict[str, bytes] | None:
    """Copies of the files of a folder; None when there is nothing to black out, so that the folder can go as it is.

    A file in which nothing can be blacked out, such as a picture, has no copy. `title` stands in place of the id.
    """
    originals = {name: content for name, content in files.items() if _has_words(name)}
    read = {name: value for name, content in originals.items() if (value := _read(content)) is not None}
    blackout = blackout.with_handles(blackout.handles_in(_said(read)))
    unreadable = {name for name in files if name not in read and name != MANIFEST and not is_card(name)}
    if not unreadable and not any(_names_somebody(value, blackout) for value in read.values()):
        return None
    copier = _Copier(blackout, title, read.get(CAPTURE))
    copies = {name: copy for name, value in read.items() if (copy := copier.copy(name, value)) is not None}
    return {**copies, MANIFEST: listing(copies)}


def blacked_record(record: Mapping[str, Any], blackout: Blackout, *, sealed: bool) -> dict[str, Any] | None:
    """A record of the evidence log blacked out; None when it can be read as it is.

    `sealed`: it holds digests of files that were blacked out, and can therefore not be read as it is.
    """
    if not sealed and not _names_somebody(record, blackout):
        return None
    return _Copier(blackout, "", None).facts(record)


def with_card(copies: Mapping[str, bytes], scratch: Path, hidden: Collection[str] = ()) -> dict[str, bytes]:
    """The same with a card drawn from it, where it is of a snapshot and a card can be drawn. Raises OSError.

    `scratch`: a folder for the time being. `hidden`: files of the thread that are withheld.
    """
    if CAPTURE not in copies:
        return dict(copies)
    with tempfile.TemporaryDirectory(dir=scratch, prefix=".blacked-out-") as name:
        directory = Path(name)
        for each, content in copies.items():
            make_folder((directory / each).parent)
            write_new(directory / each, content)
        try:
            render_card(directory, hidden=hidden)
        except CardFailed:
            return dict(copies)
        drawn = copy_folder(directory).files
    return {**drawn, **copies}


def _has_words(name: str) -> bool:
    return name in _NETWORKS or name in _OURS or name.startswith(f"{THREAD}/")


def _is_tell_tale(field: str) -> bool:
    return field.endswith(_TELL_TALE)


def is_card(name: str) -> bool:
    """Whether a file belongs to the card of a snapshot, which is drawn anew and never copied blacked out."""
    return name == CARD_LIST or name.startswith(_CARD)


def _read(content: bytes) -> Any:
    """A file's JSON; None for one that cannot be read."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _said(read: Mapping[str, Any]) -> Iterator[str]:
    """What was said: the comment, the post, the other messages."""
    for name, value in read.items():
        if isinstance(value, dict) and (name == CAPTURE or name.startswith(f"{THREAD}/")):
            yield from (value[key] for key in ("text", "post_text") if isinstance(value.get(key), str))


def _names_somebody(value: Any, blackout: Blackout) -> bool:
    stack = [value]
    while stack:
        match stack.pop():
            case dict() as fields:
                stack += [part for key, part in fields.items() if key not in _NEVER_NAMES]
            case list() as parts:
                stack += parts
            case str() as text if blackout.is_name(text) or blackout.spans(text):
                return True
            case bool():
                continue
            case int() as number if blackout.is_name(str(number)):
                return True
    return False


class _Copier:
    """Copies the files of one folder. `capture`: the facts of a snapshot, to which flags and positions refer."""

    def __init__(self, blackout: Blackout, title: str, capture: Any) -> None:
        self._blackout, self._title = blackout, title
        text = capture.get("text") if isinstance(capture, dict) else None
        self._text = text if isinstance(text, str) else ""
        self._spans = blackout.spans(self._text)

    def copy(self, name: str, value: Any) -> bytes | None:
        """One file; None for one that is damaged, or nested so deeply that nobody can look through it."""
        try:
            return (json.dumps(self._copied(name, value), indent=1) + "\n").encode("ascii")
        except (RecursionError, KeyError, TypeError, AttributeError):
            return None

    def facts(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """What this program wrote down, with words of people in some of it."""
        return {
            key: said if key in _NEVER_NAMES else BLACK if _is_tell_tale(key) else self._ours(said)
            for key, said in value.items()
        }

    def _copied(self, name: str, value: Any) -> Any:
        if name in _NETWORKS:
            return self._theirs(value)
        copied = self.facts(value)
        if name == EXCHANGE:
            headers = value.get("headers", {})
            copied["headers"] = {
                key: said if key.lower() in _PLAIN_HEADERS else BLACK for key, said in headers.items()
            }
        if name == CAPTURE:
            text = without(self._text, self._spans)
            copied |= {"snapshot_id": self._title, "text": text, "hidden_characters": hidden_positions(text)}
        if name == WHY:
            move = moved(self._spans)
            copied["flags"] = [
                {**flag, "start": move(flag["start"]), "end": move(flag["end"])} for flag in copied["flags"]
            ]
        return copied

    def _ours(self, value: Any) -> Any:
        match value:
            case dict():
                return self.facts(value)
            case list():
                return [self._ours(part) for part in value]
            case str():
                return self._blackout.text(value)
            case _:
                return value

    def _theirs(self, value: Any) -> Any:
        """What a network sent: where a name is blacked out, so is all that stands beside it."""
        match value:
            case dict() if any(self._is_name(value.get(key)) for key in _NAME_FIELDS):
                return {
                    key: self._theirs(said) if isinstance(said, dict | list) else BLACK for key, said in value.items()
                }
            case dict():
                return {self._blackout.text(key): self._theirs(said) for key, said in value.items()}
            case list():
                return [self._theirs(part) for part in value]
            case str() if not self._is_name(value):
                return self._blackout.text(value)
            case _:
                return BLACK if self._is_name(value) else value

    def _is_name(self, value: Any) -> bool:
        return isinstance(value, str | int) and self._blackout.is_name(str(value))
