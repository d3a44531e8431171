"""What the tests of the live page share: a page on a stand-in server, a folder for the browser, and one visit."""

import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from https_stand_in import answer

from monitor.evidence.outside.live_page import LivePageFailed, capture_live_page

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
URL = "https://page.example/post?id=secret-query"
HTML = b"<!doctype html><meta charset=utf-8><title>Post</title><p>Clowns, all of them."


@contextmanager
def open_ground():
    """A folder that an ordinary user can get into; the folders of pytest are closed."""
    folder = Path(tempfile.mkdtemp(prefix="live-page-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def page_of(html=HTML, **files):
    """Serves `html` as the page and each of `files` by its name; the rest is missing."""

    def talk(head, connection):
        name = head.split(" ")[1].partition("?")[0].strip("/")
        if name == "post":
            connection.sendall(answer(html, Content_Type="text/html; charset=utf-8", Set_Cookie="id=canary"))
        elif name in files:
            content, media_type = files[name]
            connection.sendall(answer(content, Content_Type=media_type))
        else:
            connection.sendall(answer(b"", "404 Not Found"))

    return talk


def capture(server, browser, folder, *, url=URL, **options):
    options = {"now": NOW, "software": "school-social-monitor 0.1", "egress": server.egress(), **options}
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True, mode=0o711)
    try:
        return capture_live_page(url, browser, scratch, **options)
    finally:
        assert list(scratch.iterdir()) == []


def failure(server, browser, folder, **options):
    with pytest.raises(LivePageFailed) as caught:
        capture(server, browser, folder, **options)
    assert "secret" not in str(caught.value)
    return str(caught.value)


def all_end(words, seconds=5):
    """Whether no process with these words in its command is left; the last ones may still be on their way out."""
    latest = time.monotonic() + seconds
    while found := running(words):
        if time.monotonic() > latest:
            return not found
    return True


def running(words):
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found += [path] if words in path.read_bytes() else []
    return found
