"""What a picture is and how large, read from its first bytes. Nothing is decoded.

A picture of a few kilobytes can claim a size that fills the memory of whoever decodes it, and decoders of pictures
have had holes. So we look at the header only: PNG (ISO/IEC 15948, IHDR), JPEG (ISO/IEC 10918-1, the frame header
SOFn), WebP (RFC 9649: VP8, VP8L, VP8X).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["png", "jpeg", "webp"]
SUFFIX: dict[Kind, str] = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}

MOST_SEGMENTS = 4_096  # before the frame of a JPEG; cameras write fewer than a hundred
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_LARGEST_SIDE = (1 << 31) - 1  # ISO/IEC 15948, 11.2.2
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15 without DHT, JPG and DAC
_ENDS_HEADER = frozenset({0x00, 0x01, *range(0xD0, 0xDB)})  # TEM, RSTn, SOI, EOI, SOS: no frame came before it


class NotAPicture(Exception):
    """The bytes are no PNG, JPEG or WebP with a size in its header. One sentence."""


@dataclass(frozen=True)
class PictureHeader:
    """Kind and size in pixels, as the header claims them."""

    kind: Kind
    width: int
    height: int


def picture_header(content: bytes) -> PictureHeader:
    """Read kind and size from the start of a file. Raises NotAPicture, and nothing else whatever the bytes."""
    if content.startswith(_PNG):
        kind, size = _png(content)
    elif content.startswith(b"\xff\xd8\xff"):
        kind, size = _jpeg(content)
    elif content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        kind, size = _webp(content)
    else:
        raise NotAPicture("the content is not a PNG, JPEG or WebP picture")
    if size is None or 0 in size:
        raise NotAPicture(f"the content starts like a {kind.upper()} picture, but no size can be read from it")
    return PictureHeader(kind, *size)


Size = tuple[int, int] | None


def _png(content: bytes) -> tuple[Kind, Size]:
    if len(content) < 33 or content[8:16] != b"\0\0\0\x0dIHDR":
        return "png", None
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    return "png", (width, height) if max(width, height) <= _PNG_LARGEST_SIDE else None


def _jpeg(content: bytes) -> tuple[Kind, Size]:
    at = 2
    for _ in range(MOST_SEGMENTS):
        if content[at : at + 1] != b"\xff" or len(content) < at + 4:
            return "jpeg", None
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xFF:  # any number of these may stand before a marker
            at += 1
            continue
        if marker in _FRAMES:
            if length < 8 or len(content) < at + 9:
                return "jpeg", None
            height, width = (int.from_bytes(content[at + n : at + n + 2], "big") for n in (5, 7))
            return "jpeg", (width, height)
        if marker in _ENDS_HEADER or length < 2:
            return "jpeg", None
        at += 2 + length
    return "jpeg", None


def _webp(content: bytes) -> tuple[Kind, Size]:
    chunk, data = content[12:16], content[20:30]
    if len(data) < 10:
        return "webp", None
    if chunk == b"VP8 " and data[3:6] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return "webp", (width, height)
    if chunk == b"VP8L" and data[0] == 0x2F:
        bits = int.from_bytes(data[1:5], "little")
        return "webp", ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if chunk == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (4, 7))
        return "webp", (width, height)
    return "webp", None
