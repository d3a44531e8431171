"""The address at which one person stops their digest: as good as a password for that, and for nothing else.

It holds no name: only who has the school's key can say whose it is. The key is made at first use beside the key of
the evidence log. If it is lost, links in older mails lead nowhere; nothing else is lost with it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import stat
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from monitor.evidence.files import alone_in, make_folder, sync_folder, write_new

KEY_BYTES = 32
PATH = "unsubscribe"
_PURPOSE = "stop the digest"


class StopKeyUnusable(Exception):
    """The key of the links cannot be used. One sentence that says what to do."""


@dataclass(frozen=True)
class StopLinks:
    """Makes and recognises the links of one school. `key_file`: where the key is, or is made."""

    key_file: Path
    school_key: str

    def link(self, console: str, address: str) -> str:
        """Where whoever has this mail address stops their digest; `console`: how the web pages are reached.

        Raises StopKeyUnusable.
        """
        return f"{_in_ascii(console)}/{PATH}/{self.token(address)}"

    def token(self, address: str) -> str:
        """43 letters, digits, hyphens and underscores that only this person is sent. Raises StopKeyUnusable."""
        return _token(_key(self.key_file), self.school_key, address)

    def whose(self, token: str, addresses: Iterable[str]) -> str | None:
        """Whose token this is. How long that takes says nothing about any. Raises StopKeyUnusable."""
        key, found = _key(self.key_file), None
        for address in addresses:
            if hmac.compare_digest(_token(key, self.school_key, address).encode(), token.encode("utf-8", "replace")):
                found = address
        return found


def _token(key: bytes, school_key: str, address: str) -> str:
    named = json.dumps([_PURPOSE, school_key, address.lower()]).encode()
    return urlsafe_b64encode(hmac.digest(key, named, hashlib.sha256)).decode("ascii").rstrip("=")


def _in_ascii(console: str) -> str:
    """The address as every mail program takes it: host in its ASCII form, path quoted."""
    parts = urlsplit(console)
    host = (parts.hostname or "").encode("idna").decode("ascii")
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{quote(parts.path, safe='/~%')}"


def _key(path: Path) -> bytes:
    try:
        if not os.path.lexists(path):
            _create(path)
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            facts = os.fstat(handle)
            content = file.read(2 * KEY_BYTES + 1) if stat.S_ISREG(facts.st_mode) else b""
    except OSError as error:
        raise StopKeyUnusable(f"the key of the stop links {path} cannot be read or made: {error.strerror}") from None
    if facts.st_mode & 0o077:
        raise StopKeyUnusable(f"the key of the stop links {path} can be read by others; set its mode to 0600")
    try:
        key = bytes.fromhex(content.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StopKeyUnusable(f"the key of the stop links {path} is damaged; move it away, and a new one is made")
    return key


def _create(path: Path) -> None:
    """Make the key under another name, then give it its own: never half a file, never over another."""
    make_folder(path.parent)
    unfinished = path.with_name(f".{path.name}.unfinished")
    with alone_in(path.parent):
        unfinished.unlink(missing_ok=True)
        if os.path.lexists(path):
            return
        write_new(unfinished, secrets.token_hex(KEY_BYTES).encode("ascii"))
        os.link(unfinished, path, follow_symlinks=False)
        unfinished.unlink()
        sync_folder(path.parent)
