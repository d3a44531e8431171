"""A screen print that a moderator adds: taken in as bytes, judged by its content, never by its name, never decoded.

What follows the picture in the file is kept with it, for the file is the evidence. It is therefore never handed to a
browser as anything but a download.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from monitor.evidence.picture_header import SUFFIX, Kind, NotAPicture, picture_header

LARGEST_FILE = 20 << 20  # bytes
MOST_PIXELS = 24_000_000
_WHAT_TO_GIVE = "save the screen print as PNG, JPEG or WebP and add that"
_OTHER_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"GIF8", "a GIF"),
    (b"BM", "a bitmap"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"PK\x03\x04", "an archive or office document"),
    (b"<", "a web page or drawing (HTML or SVG)"),
)


class NotAScreenPrint(Exception):
    """The file is not taken in as a screen print. One sentence without its name; nothing was kept."""


@dataclass(frozen=True)
class ScreenPrint:
    """The file, byte for byte, with what its header says of it: kind, and size in pixels. `sha256` is in hex."""

    content: bytes = field(repr=False)
    kind: Kind
    width: int
    height: int
    sha256: str

    @property
    def suffix(self) -> str:
        """What its name should end in, from its content: ".png", ".jpg" or ".webp"."""
        return SUFFIX[self.kind]


def read_screen_print(path: Path) -> ScreenPrint:
    """Take in a file that a moderator chose. Raises NotAScreenPrint."""
    return screen_print_of(_read(path))


def screen_print_of(content: bytes) -> ScreenPrint:
    """Check the bytes of a screen print, however they came. Raises NotAScreenPrint."""
    if not content:
        raise NotAScreenPrint(f"the file is empty; {_WHAT_TO_GIVE}")
    if len(content) > LARGEST_FILE:
        raise NotAScreenPrint(f"the file is larger than {LARGEST_FILE >> 20} MB; cut the picture or save it as JPEG")
    try:
        header = picture_header(content)
    except NotAPicture as problem:
        raise NotAScreenPrint(_why_not(content, problem)) from None
    if header.width * header.height > MOST_PIXELS:
        raise NotAScreenPrint(
            f"the picture claims {header.width} x {header.height} pixels; more than "
            f"{MOST_PIXELS // 1_000_000} million are not taken, so cut it into several"
        )
    digest = hashlib.sha256(content).hexdigest()
    return ScreenPrint(content, header.kind, header.width, header.height, digest)


def _read(path: Path) -> bytes:
    # Not blocking: opening a pipe that nobody writes to would wait for ever.
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except ValueError:
        raise NotAScreenPrint("no file can have such a name; choose the file of the screen print") from None
    except OSError as problem:
        if problem.errno == errno.ELOOP:
            raise NotAScreenPrint("the file is a link to another; choose the picture itself") from None
        reason = os.strerror(problem.errno) if problem.errno else type(problem).__name__
        raise NotAScreenPrint(f"the file cannot be opened ({reason}); choose the file of the screen print") from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NotAScreenPrint("this is a folder or a device, not a file; choose the file of the screen print")
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as problem:
        raise NotAScreenPrint(f"the file cannot be read ({os.strerror(problem.errno or 0)})") from None
    finally:
        os.close(handle)


def _why_not(content: bytes, problem: NotAPicture) -> str:
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    found = next((words for magic, words in _OTHER_KINDS if start.startswith(magic)), None)
    if start[4:8] == b"ftyp":
        found = "a film or an iPhone photo (HEIC)"
    return f"the file is {found}, not a picture we take; {_WHAT_TO_GIVE}" if found else f"{problem}; {_WHAT_TO_GIVE}"
