"""README-HOW-TO-VERIFY.txt of a bundle: which command shows what, and what none of them shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from monitor.evidence.log.checkpoint import Checkpoint, short_form

TEXTS = Path(__file__).parent / "bundle"
_NO_STAMP = """

4. Did somebody outside the school confirm the time?

   There is no time stamp of an outside authority in this bundle. The time in checkpoint.txt is that of the school's
   computer. A printed weekly report (see below) shows that the log was there when the report was printed.
"""
_SEALED = """
   Other people's names are blacked out in this bundle. Of an entry that verify.py calls sealed, only its place in the
   log is shown, and not what it says: its record has digests of files with those names in them, and whoever has
   a digest can try names until one fits. proofs.json has the commitment of such an entry. If the school ever has to
   hand over the originals, their record and salt must give exactly that commitment, and their digests must fit the
   record. The copies in data/blacked-out/ are vouched for by whoever made this bundle, not by the log.
"""
_STAMPS = """

4. Did somebody outside the school confirm the time?

{commands}

   It must say: Verification: OK. It shows that the authority saw this very checkpoint at the time that the second
   command prints, so that the log cannot have been written later. The authority saw one number and no word of
   anybody. Whether the certificate is the authority's own, compare with one fetched from the authority yourself. Once
   that certificate has run out, after some years, add -no_check_time to the first command.
"""
_CONTENTS = {
    "data/": "the records: a folder for each, called by the number of its entry in the log",
    "data/blacked-out/": "copies in which other people's names are blacked out; see BLACKED-OUT.txt there",
    "statement-draft.txt": "a draft for the person who gives evidence about these records",
    "checkpoint.txt, checkpoint.sig": "the head of the evidence log, and its signature",
    "pub.pem": "the school's public keys; the first one belongs to this checkpoint",
    "proofs.json": "for each record: the entry about it, and the proof that the entry is in the log",
    "custody.jsonl": "every entry about these cases that can still be opened: who kept, saw, decided, exported",
    "verify.py": "holds entries and files against checkpoint.txt",
    "bagit.txt, bag-info.txt": "what this bundle is and who made it (BagIt 1.0, RFC 8493)",
    "manifest-sha256.txt": "digests of everything in data/",
    "tagmanifest-sha256.txt": "digests of everything else",
}
_WIDTH = 32


@dataclass(frozen=True)
class Stamp:
    """A time stamp in the bundle. `root`: whether its certificate is there too. `authority`: its host."""

    number: int
    authority: str
    root: bool


def token_name(number: int) -> str:
    """File of the time stamp with this number, from 1."""
    return f"checkpoint-{number}.tsr"


def root_name(number: int) -> str:
    """File of the certificate that belongs to it."""
    return f"tsa-root-{number}.pem"


def how_to_verify(
    title: str, checkpoint: Checkpoint, fingerprint: str, stamps: Sequence[Stamp], blacked_out: bool
) -> bytes:
    """The text, in UTF-8. `title`: what the bundle is about, in one line."""
    contents = _CONTENTS if blacked_out else {name: what for name, what in _CONTENTS.items() if "blacked" not in name}
    filled = Template((TEXTS / "README-HOW-TO-VERIFY.txt").read_text("utf-8")).substitute(
        title=title,
        fingerprint=fingerprint.removeprefix("sha256:"),
        short=short_form(checkpoint),
        sealed=_SEALED if blacked_out else "",
        timestamps=_stamps(stamps),
        contents="\n".join(f"  {name:{_WIDTH}}{what}" for name, what in contents.items()) + "\n",
    )
    return filled.encode()


def _stamps(stamps: Sequence[Stamp]) -> str:
    if not stamps:
        return _NO_STAMP
    return _STAMPS.format(commands="\n\n".join(map(_commands, stamps)))


def _commands(stamp: Stamp) -> str:
    token, root = token_name(stamp.number), root_name(stamp.number)
    fetch = "" if stamp.root else f"\n   (Fetch its root certificate from the authority first and call it {root}.)\n"
    return (
        f"   Authority: {stamp.authority}{fetch}\n\n"
        f"    openssl ts -verify -data checkpoint.txt -in {token} -CAfile {root}\n"
        f"    openssl ts -reply -in {token} -text"
    )
