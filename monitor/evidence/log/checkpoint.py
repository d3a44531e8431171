"""The head of the evidence log as text to sign, to print and to give away: a C2SP tlog-checkpoint.

Formats: https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note. One extension line holds the time.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.evidence.log.merkle import HASH_SIZE
from monitor.evidence.log.signing import PublicKey

LARGEST_SIZE = 2**63 - 1  # entries; what a database column holds
_ED25519 = b"\x01"  # signature type (signed-note, "Signature types")

_SIZE = "(0|[1-9][0-9]{0,18})"
_ROOT = "([A-Za-z0-9+/]{43}=)"
_TIME = r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)"
_TEXT = re.compile(f"([^\n]+)\n{_SIZE}\n{_ROOT}\ntime {_TIME}\n")
_SHORT = re.compile(f"{_SIZE}:{_ROOT}")


@dataclass(frozen=True)
class Checkpoint:
    """What the log held at one moment.

    `origin` names the log (one line, printable), `size` counts its entries, `root` is the Merkle root over them,
    `at` is when it was signed (aware). Raises ValueError for values a checkpoint cannot hold.
    """

    origin: str
    size: int
    root: bytes
    at: datetime

    def __post_init__(self) -> None:
        if not self.origin or not self.origin.isprintable() or self.origin != self.origin.strip():
            raise ValueError("the origin of a checkpoint is one line of printable text; give the log a plain name")
        if not 0 <= self.size <= LARGEST_SIZE:
            raise ValueError(f"a checkpoint cannot count {self.size} entries; sizes go from 0 to 2**63 - 1")
        if len(self.root) != HASH_SIZE:
            raise ValueError(f"the root of a checkpoint has {HASH_SIZE} bytes, not {len(self.root)}")
        if self.at.utcoffset() is None:
            raise ValueError("a checkpoint needs a time with a zone; give an aware time")

    def text(self) -> bytes:
        """The note text: exactly the bytes that are signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\ntime {time_text(self.at)}\n".encode()

    @classmethod
    def parse(cls, text: bytes) -> Checkpoint:
        """Read a note text back, time in UTC. Raises ValueError unless `text()` would give the same bytes."""
        try:
            found = _TEXT.fullmatch(text.decode())
            checkpoint = (
                cls(found[1], int(found[2]), base64.b64decode(found[3]), datetime.fromisoformat(found[4]))
                if found
                else None
            )
        except ValueError:
            checkpoint = None
        if checkpoint is None or checkpoint.text() != text:
            raise ValueError("this is not a checkpoint of an evidence log; compare it with a copy kept elsewhere")
        return checkpoint


def time_text(at: datetime) -> str:
    """A moment in UTC to the microsecond, always of one length. Raises ValueError for a time without a zone."""
    if at.utcoffset() is None:
        raise ValueError("a time without a zone cannot be recorded; give an aware time")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def key_id(name: str, key: PublicKey) -> bytes:
    """Four bytes that tell keys of one name apart (signed-note, "Ed25519 signatures")."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.raw).digest()[:4]


def signed_note(checkpoint: Checkpoint, name: str, key: PublicKey, signature: bytes) -> bytes:
    """Checkpoint and signature in one text, as other transparency logs and witnesses read it.

    `name` is the key's name there, by custom the origin. Raises ValueError for a name with spaces or a plus sign,
    and for a signature that this key did not make of this checkpoint.
    """
    if not name or not name.isprintable() or " " in name or "+" in name:
        raise ValueError("the name of a key has no spaces and no plus sign; choose another name")
    text = checkpoint.text()
    if not key.verify(text, signature):
        raise ValueError("the signature does not belong to this checkpoint and key; sign the checkpoint again")
    return text + f"\n— {name} {_base64(key_id(name, key) + signature)}\n".encode()


def short_form(checkpoint: Checkpoint) -> str:
    """Size and root on one line, `SIZE:BASE64ROOT`, for a report on paper."""
    return f"{checkpoint.size}:{_base64(checkpoint.root)}"


def parse_short(text: str) -> tuple[int, bytes]:
    """Size and root from a line on paper; spaces and line breaks are passed over. Raises ValueError, in words."""
    found = _SHORT.fullmatch("".join(text.split()))
    if found is None:
        raise ValueError(
            "this is not a printed root; copy it whole from the report: the number of entries, a colon and "
            "44 letters, digits and signs, the last of them ="
        )
    size, root = int(found[1]), base64.b64decode(found[2])
    if size > LARGEST_SIZE or _base64(root) != found[2]:
        raise ValueError("this is not a root that was ever printed; look for a letter that was copied wrongly")
    return size, root


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
