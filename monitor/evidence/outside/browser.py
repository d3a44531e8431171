"""The browser that draws a live page: Chromium in its own sandbox, never as root, with no network and no memory.

It is found, or not: nothing here is needed for evidence to be complete.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import resource
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from monitor.evidence.outside.devtools import BrowserFailed

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ORDINARY_USER = "nobody"
CLOSING = 5.0  # seconds a browser may take to end by itself
LARGEST_FILE = 512 << 20  # bytes of any one file the browser writes, memory shared between its parts among them
FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    # No host is ever looked up, not even one written in numbers: every request is answered over the pipe.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--disable-gpu",
    "--disable-breakpad",
    "--hide-scrollbars",
    "--mute-audio",
    "--no-first-run",
    "about:blank",
)
LOG_END = 1 << 16  # bytes of what the browser complained about last


def find_browser(given: Path | None = None) -> Path | None:
    """The browser that the settings name, else one in the PATH. None when there is none that can be run."""
    for name in PROGRAMS if given is None else (str(given),):
        if found := shutil.which(name):
            return Path(found).absolute()
    return None


def ordinary_user() -> int | None:
    """The user to run a browser as; None: as we are. Raises BrowserFailed when we are root and there is no other."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ORDINARY_USER).pw_uid
    except KeyError:
        raise BrowserFailed(
            f"this program runs as root, a browser is never run as root, and there is no user {ORDINARY_USER} "
            "to run it as; run this program as an ordinary user"
        ) from None


class Browser:
    """A running browser. `asks` and `answers` are our ends of its debugging pipes.

    Only for a process of its own: files 3 and 4 of the process are taken over, and the size of files is bounded.
    `profile`, `sockets`: empty folders that the browser can write to. Raises BrowserFailed.
    """

    def __init__(self, program: str, profile: Path, sockets: Path) -> None:
        _bound_files()
        self.asks, self.answers = _pipes()
        self._log = (profile / "browser.log").open("w+b")
        try:
            self._process = self._start(program, profile, sockets)
        except OSError:
            raise BrowserFailed("the browser cannot be started; check [evidence] browser") from None
        finally:
            os.close(3)
            os.close(4)

    def _start(self, program: str, profile: Path, sockets: Path) -> subprocess.Popen[bytes]:
        user = ordinary_user()
        as_whom: dict[str, Any] = {} if user is None else {"user": user, "group": _group(user), "extra_groups": []}
        environment = {"PATH": os.defpath, "HOME": str(profile), "TMPDIR": str(sockets), "LANG": "C.UTF-8"}
        return subprocess.Popen(  # noqa: S603  the program that the settings or the PATH name
            [program, f"--user-data-dir={profile}", *FLAGS],
            env=environment,
            cwd=profile,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            pass_fds=(3, 4),
            **as_whom,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        for end in (self.asks, self.answers):
            os.close(end)  # a browser whose pipes are closed ends by itself
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(CLOSING)
        self._process.kill()
        self._process.wait()
        with self._log as log:
            log.seek(-min(log.seek(0, os.SEEK_END), LOG_END), os.SEEK_END)
            complaint = log.read().lower()
        if kind is BrowserFailed and b"sandbox" in complaint:
            raise BrowserFailed(
                "the browser's sandbox does not work on this computer (user namespaces are switched off, or this is "
                "a container that forbids them), and it is never run without one"
            ) from None


def _pipes() -> tuple[int, int]:
    """Our ends of two pipes; the browser's ends become files 3 and 4, where it looks for them."""
    moved = []
    for end in (*os.pipe(), *os.pipe()):
        moved.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10))  # out of the way of 3 and 4
        os.close(end)
    reads, asks, answers, writes = moved
    for end, number in ((reads, 3), (writes, 4)):
        os.dup2(end, number)
        os.close(end)
    return asks, answers


def _group(user: int) -> int:
    return pwd.getpwuid(user).pw_gid


def _bound_files() -> None:
    """For this process and the browser. No core file: it would hold words of the page."""
    for what, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, LARGEST_FILE)):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
