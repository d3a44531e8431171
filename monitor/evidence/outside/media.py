"""Fetching the attachments of one comment, once a person responsible has opened the media gate for that comment.

Nothing here decides that; whoever calls has made sure of it and hands in the hosts. Without hosts nothing is looked
up or asked. What comes is kept as bytes and never decoded; its kind is read from its first bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from connectors.fetched import Attachment
from monitor.evidence.outside.egress import PUBLIC, Egress, FetchRefused
from monitor.evidence.outside.guarded_fetch import Fetched, fetch
from monitor.evidence.picture_header import SUFFIX, NotAPicture, picture_header

MEDIA_HOSTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Where each network itself keeps what people attach. Hosts that a comment merely links to are not here:
        # to fetch from them would tell a stranger's server who watches.
        "facebook_page": ("fbcdn.net", "facebook.com"),
        "instagram": ("cdninstagram.com", "fbcdn.net"),
        "x": ("twimg.com",),
        "reddit": ("redd.it", "redditmedia.com"),
    }
)
_SUFFIXES: Mapping[str, str] = {
    **{str(kind): suffix for kind, suffix in SUFFIX.items()},
    "gif": ".gif",
    "mp4": ".mp4",
    "webm": ".webm",
}


@dataclass(frozen=True)
class MediaLimits:
    """How much is fetched for one comment: bytes of one file, bytes together, files; seconds for each file."""

    largest: int = 20 << 20
    together: int = 60 << 20
    files: int = 10
    seconds: float = 30.0


@dataclass(frozen=True)
class MediaFile:
    """One attachment, byte for byte. `sha256` is in hex.

    `declared_type` is what its server said, `kind` what its first bytes say: png, jpeg, webp, gif, mp4, webm or
    unknown. `final_host` is where it came from in the end.
    """

    address: str = field(repr=False)
    content: bytes = field(repr=False)
    sha256: str
    declared_type: str = field(repr=False)
    kind: str
    final_host: str

    @property
    def name(self) -> str:
        """What to call it in a folder: its digest, and a suffix from its content."""
        return self.sha256 + _SUFFIXES.get(self.kind, ".bin")


@dataclass(frozen=True)
class NotFetched:
    """One attachment that was not fetched or not kept, and why, in one sentence."""

    address: str = field(repr=False)
    reason: str


def fetch_attachments(
    attachments: Sequence[Attachment],
    hosts: Collection[str],
    limits: MediaLimits = MediaLimits(),
    egress: Egress = PUBLIC,
) -> list[MediaFile | NotFetched]:
    """Fetch each attachment from `hosts` (see MEDIA_HOSTS), in order. One that fails does not stop the others."""
    results: list[MediaFile | NotFetched] = []
    left = limits.together
    for number, attachment in enumerate(attachments):
        if number >= limits.files:
            results.append(NotFetched(attachment.url, f"only {limits.files} attachments of one comment are fetched"))
            continue
        try:
            found = _kept(
                attachment.url, fetch(attachment.url, hosts, min(limits.largest, left), limits.seconds, egress)
            )
            left -= len(found.content)
            results.append(found)
        except FetchRefused as refused:
            results.append(NotFetched(attachment.url, str(refused)))
    return results


def _kept(address: str, fetched: Fetched) -> MediaFile:
    """Raises FetchRefused for an answer that is not the attachment."""
    if fetched.status != 200:
        raise FetchRefused(f"{fetched.final_host}: answered with status {fetched.status}; nothing was kept")
    kind, declared = kind_of(fetched.body), fetched.header("content-type")
    if not fetched.body:
        raise FetchRefused(f"{fetched.final_host}: the answer is empty; nothing was kept")
    if kind == "unknown" and declared.lower().startswith(("text/", "application/json", "application/xhtml")):
        raise FetchRefused(f"{fetched.final_host}: the address leads to a page, not to a file; nothing was kept")
    digest = hashlib.sha256(fetched.body).hexdigest()
    return MediaFile(address, fetched.body, digest, declared, kind, fetched.final_host)


def kind_of(content: bytes) -> str:
    """What the first bytes say a file is. "unknown" for everything that is no picture or film we name."""
    try:
        return picture_header(content).kind
    except NotAPicture:
        pass
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if content[4:8] == b"ftyp":
        return "mp4"
    return "webm" if content.startswith(b"\x1a\x45\xdf\xa3") else "unknown"
