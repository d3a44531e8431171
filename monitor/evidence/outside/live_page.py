"""The public page of a comment as a visitor sees it who is not signed in: a picture, and a web archive beside it.

An extra, where a browser is installed: the record is what the network's interface answered, and a snapshot without
a live page is complete. Where there is none, LivePageFailed says why, in words to keep with the snapshot.

Other people's pictures are on such a page. They are neither fetched nor shown unless `images` says so.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.evidence.files import PRIVATE_FOLDER, alone_in
from monitor.evidence.outside.browser import ORDINARY_USER, ordinary_user
from monitor.evidence.outside.devtools import BrowserFailed
from monitor.evidence.outside.egress import PUBLIC, Egress, FetchRefused, target_of
from monitor.evidence.outside.live_page_child import ARCHIVE, FACTS, PNG, TALLEST, WIDTH
from monitor.evidence.picture_header import NotAPicture, picture_header

LARGEST_PNG = 32 << 20  # bytes; WIDTH x TALLEST pixels of noise need about 20 MB
LARGEST_ARCHIVE = 64 << 20
LARGEST_FACTS = 1 << 16
OPEN_TO_PASS = 0o711
PREFIX = "live-page-"


class LivePageFailed(Exception):
    """There is no live page, and why: one sentence to keep, naming the page's host at most."""


@dataclass(frozen=True)
class LivePage:
    """The page as drawn. `warc` is None where `no_warc` says why there is no archive.

    `cut`: the page is taller than the picture. `html_sha256`: of the page's own bytes, which are in the archive.
    `ip`: the address that answered. `browser`: name and version. `refused`: how many things the page asked for
    and did not get, because they lie on another host, are pictures, or are no plain question.
    """

    png: bytes = field(repr=False)
    width: int
    height: int
    cut: bool
    warc: bytes | None = field(repr=False)
    no_warc: str
    html_sha256: str
    ip: str
    browser: str
    images: bool
    refused: int


def capture_live_page(
    url: str,
    browser: Path,
    folder_for_scratch: Path,
    *,
    now: datetime,
    software: str,
    images: bool = False,
    seconds: float = 30,
    egress: Egress = PUBLIC,
) -> LivePage:
    """Visit a public page once and have it drawn, in a process of its own that knows no secret.

    `now` (aware) dates the archive and `software` (name and version of this program) signs it. After `seconds`
    everything is ended, the browser too. `folder_for_scratch` is a folder for nothing else; whatever is left there
    is removed, and one page is drawn in it at a time. Raises LivePageFailed.
    """
    try:
        target = target_of(url)
        job = {
            "url": target.url,
            "host": target.host,
            "addresses": egress.addresses(target.host),
            "port": egress.port,
            "ca_file": egress.ca_file and str(Path(egress.ca_file).absolute()),
            "browser": str(browser),
            "now": now.isoformat(),
            "software": software,
            "images": images,
            "seconds": seconds,
        }
        with _scratch(folder_for_scratch) as (profile, sockets, out):
            _run({**job, "profile": str(profile), "sockets": str(sockets), "out": str(out)}, seconds)
            return _read(out, images=images)
    except (FetchRefused, BrowserFailed, NotAPicture) as problem:
        raise LivePageFailed(str(problem)) from None
    except OSError as problem:
        reason = os.strerror(problem.errno) if problem.errno else type(problem).__name__
        raise LivePageFailed(f"the live page could not be kept on this computer: {reason}") from None


@contextmanager
def _scratch(folder: Path) -> Iterator[tuple[Path, Path, Path]]:
    """Three empty folders: the browser's profile, its sockets, and what is for us. All are gone afterwards.

    The sockets have one to themselves, for the system limits their whole names to about a hundred characters.
    """
    user = ordinary_user()
    with alone_in(folder):
        for leftover in folder.glob(f"{PREFIX}*"):  # of a killed process: it holds words of a page
            shutil.rmtree(leftover)
        scratch = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder)).absolute()
        sockets = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            profile, out = scratch / "profile", scratch / "out"
            for each in (profile, out):
                each.mkdir(PRIVATE_FOLDER)
            if user is not None:
                scratch.chmod(OPEN_TO_PASS)
                _hand_over(user, profile, sockets)
            yield profile, sockets, out
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
            shutil.rmtree(sockets, ignore_errors=True)


def _hand_over(user: int, *folders: Path) -> None:
    for folder in folders:
        os.chown(folder, user, -1)
        if not all(above.stat().st_mode & stat.S_IXOTH for above in folder.parents):
            raise BrowserFailed(
                f"this program runs as root, and the user {ORDINARY_USER}, as whom it runs the browser, cannot get "
                "into its folder; run this program as an ordinary user"
            )


def _run(job: Mapping[str, Any], seconds: float) -> None:
    environment = {"PATH": os.defpath, "PYTHONPATH": str(Path(__file__).parents[3])}
    child = subprocess.Popen(
        [sys.executable, "-m", "monitor.evidence.outside.live_page_child"],
        env=environment,
        cwd=job["out"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.communicate(json.dumps(job).encode("ascii"), seconds)
    except subprocess.TimeoutExpired:
        raise BrowserFailed(f"the page was not drawn within {seconds:g} seconds and was given up") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def _read(out: Path, *, images: bool) -> LivePage:
    if not (out / FACTS).exists():
        raise BrowserFailed("the process that draws live pages ended early")
    facts = json.loads(_bounded(out / FACTS, LARGEST_FACTS))
    if "failed" in facts:
        raise BrowserFailed(facts["failed"])
    png = _bounded(out / PNG, LARGEST_PNG)
    header = picture_header(png)
    if header.kind != "png" or header.width > WIDTH or header.height > TALLEST:
        raise NotAPicture("the browser gave a picture of another kind or size than it was asked for")
    return LivePage(
        png=png,
        width=header.width,
        height=header.height,
        warc=None if "no_warc" in facts else _bounded(out / ARCHIVE, LARGEST_ARCHIVE),
        no_warc=facts.get("no_warc", ""),
        images=images,
        **{name: facts[name] for name in ("cut", "html_sha256", "ip", "browser", "refused")},
    )


def _bounded(path: Path, largest: int) -> bytes:
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise BrowserFailed("the live page is larger than is kept")
    return content
