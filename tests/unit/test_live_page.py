"""A live page is drawn without secrets and without root, and a browser that fails costs nothing but its picture."""

import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from https_stand_in import answer, make_certificates, stand_in
from live_page_desk import HTML, NOW, URL, all_end, capture, failure, open_ground, page_of
from picture_samples import jpeg, png
from warcio.archiveiterator import ArchiveIterator

from monitor.evidence.outside.egress import Egress
from monitor.evidence.outside.live_page import TALLEST, LivePageFailed, capture_live_page


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def ground():
    with open_ground() as folder:
        yield folder


def program(folder, body, *, replies=b""):
    """A stand-in browser: a shell script that has `replies` at hand as "$replies"."""
    (folder / "replies").write_bytes(replies)
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\nreplies={folder}/replies\n{body}\n")
    path.chmod(0o755)
    (folder / "replies").chmod(0o644)
    return path


def conversation(picture=None, height=50, **changes):
    """All that a browser says while it draws a page, answers and events in their order."""
    loaded = {"frameId": "F", "loaderId": "L2", "name": "load"}
    picture = base64.b64encode(png(1280, 50) if picture is None else picture).decode()
    results = [
        {"product": "Stand-in/1"}, {}, {"targetId": "T"}, {"sessionId": "S"}, {},
        {"frameTree": {"frame": {"id": "F", "loaderId": "L1"}}}, {}, {}, {}, {"frameId": "F", "loaderId": "L2"},
        {}, {"cssContentSize": {"height": height}}, {}, {"data": picture}, {"frameTree": {"frame": {"url": URL}}},
    ]  # fmt: skip
    messages = [
        {"id": number, "result": changes.get(f"r{number}", result)} for number, result in enumerate(results, 1)
    ]
    messages.insert(10, {"method": "Page.lifecycleEvent", "params": loaded})
    messages.insert(12, {"method": "Emulation.virtualTimeBudgetExpired", "params": {}})
    return b"".join(json.dumps(message).encode() + b"\0" for message in messages)


SAY_ALL = 'cat "$replies" >&4; cat <&3 >/dev/null'


def test_a_page_comes_back_as_picture_archive_and_facts(certificates, ground):
    with stand_in(page_of(), certificates) as server:
        live = capture(server, program(ground, SAY_ALL, replies=conversation()), ground)
    assert (live.png, live.width, live.height, live.cut) == (png(1280, 50), 1280, 50, False)
    assert live.html_sha256 == hashlib.sha256(HTML).hexdigest()
    assert (live.browser, live.ip, live.images, live.refused, live.no_warc) == (
        "Stand-in/1",
        "127.0.0.1",
        False,
        0,
        "",
    )
    kinds = [record.rec_type for record in ArchiveIterator(BytesIO(live.warc), check_digests="raise")]
    assert kinds == ["warcinfo", "response", "request", "resource"]


def test_the_browser_gets_no_secret_no_network_and_no_root(certificates, ground, monkeypatch):
    monkeypatch.setenv("SCHOOL_MONITOR_CANARY", "canary")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    said = f'{{ env; id -u; echo "$*"; }} > {ground}/seen; {SAY_ALL}'
    (ground / "seen").touch(mode=0o666)
    (ground / "seen").chmod(0o666)
    with stand_in(page_of(), certificates) as server:
        capture(server, program(ground, said, replies=conversation()), ground)
    *environment, user, arguments = (ground / "seen").read_text().splitlines()
    names = {line.partition("=")[0] for line in environment}
    assert names <= {"PATH", "HOME", "TMPDIR", "LANG", "PWD", "OLDPWD", "SHLVL", "_"}
    assert user != "0"
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in arguments
    assert "--no-sandbox" not in arguments
    assert "page.example" not in arguments


def test_a_browser_that_hangs_is_ended_with_all_it_has_started(certificates, ground):
    hangs = program(ground, "sleep 7391.25 & sleep 7391.25")
    with stand_in(page_of(), certificates) as server:
        assert "not drawn within 3 seconds" in failure(server, hangs, ground, seconds=3)
    assert server.connections == 1
    assert all_end(b"sleep\x007391.25")


def test_when_whoever_started_it_is_killed_nothing_is_left_running(certificates, ground):
    for name in ("profile", "sockets", "out"):
        (ground / name).mkdir()
        (ground / name).chmod(0o777)
    waits = program(ground, f"echo $$ > {ground}/profile/number; cat <&3 >/dev/null")
    with stand_in(page_of(), certificates) as server:
        job = {
            "url": URL, "host": "page.example", "addresses": ["127.0.0.1"], "port": server.port,
            "ca_file": server.ca_file, "browser": str(waits), "now": NOW.isoformat(), "software": "x",
            "images": False, "seconds": 1.5,
            **{name: str(ground / name) for name in ("profile", "sockets", "out")},
        }  # fmt: skip
        command = [sys.executable, "-m", "monitor.evidence.outside.live_page_child"]
        environment = {"PATH": os.defpath, "PYTHONPATH": str(Path(__file__).parents[2])}
        ended = subprocess.run(command, env=environment, input=json.dumps(job).encode(), timeout=20, check=False)
    assert ended.returncode == -signal.SIGALRM
    assert (ground / "profile" / "number").exists()
    assert all_end(bytes(ground))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("exit 1", "ended before the page was drawn"),
        ("echo '[1:1] No usable sandbox! Update your kernel' >&2; exit 1", "sandbox does not work"),
        ("echo canary-nonsense >&4; printf '\\0' >&4; cat <&3 >/dev/null", "no message"),
        ("kill -9 $$", "ended before the page was drawn"),
    ],
)
def test_a_browser_that_fails_is_a_reason_in_our_words(certificates, ground, body, words):
    with stand_in(page_of(), certificates) as server:
        said = failure(server, program(ground, body), ground)
    assert words in said
    assert "canary" not in said


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        (conversation(png(1281, 50)), "another kind or size"),
        (conversation(png(1280, TALLEST + 1)), "another kind or size"),
        (conversation(jpeg(1280, 50)), "another kind or size"),
        (conversation(b"<svg/>"), "not a PNG"),
        (conversation(r14={"data": "?"}), "not documented"),
        (conversation(r14={"data": None}), "not documented"),
        (conversation(r12={"cssContentSize": {"height": 1e999}}), "not documented"),
        (conversation(r15={"frameTree": {"frame": {"url": "about:blank"}}}), "led its visitor elsewhere"),
        (
            conversation(r15={"frameTree": {"frame": {"url": URL, "unreachableUrl": URL}}}),
            "led its visitor elsewhere",
        ),
        (conversation(r10={"errorText": "net::ERR_canary"}), "could not open the page"),
        (conversation(r3={}), "not documented"),
    ],
)
def test_a_picture_that_is_none_or_of_another_size_is_not_kept(certificates, ground, replies, words):
    with stand_in(page_of(), certificates) as server:
        assert words in failure(server, program(ground, SAY_ALL, replies=replies), ground)


def test_a_page_taller_than_the_picture_is_said_to_be_cut(certificates, ground):
    replies = conversation(png(1280, TALLEST), height=9000.5)
    with stand_in(page_of(), certificates) as server:
        assert capture(server, program(ground, SAY_ALL, replies=replies), ground).cut


def test_a_program_that_is_not_there_is_a_plain_reason(certificates, ground):
    with stand_in(page_of(), certificates) as server:
        assert "[evidence] browser" in failure(server, ground / "no-such-browser", ground)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer(b"gone", "404 Not Found", Content_Type="text/html"), "status 404"),
        (answer(b"%PDF", Content_Type="application/pdf"), "to a file, not to a page"),
        (answer(b"\x89PNG", Content_Type="image/png"), "kind that is not fetched"),
        (answer(b"", "302 Found", Location="https://other.example/secret"), "not among the hosts"),
        (answer(b"", "302 Found", Location="https://169.254.169.254/secret"), "no host by name"),
    ],
)
def test_a_page_that_is_not_public_or_no_page_starts_no_browser(certificates, ground, said, words):
    with stand_in(said, certificates) as server:
        assert words in failure(server, program(ground, f"touch {ground}/started"), ground)
    assert not (ground / "started").exists()
    assert server.connections == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1"])
def test_a_page_inside_the_school_is_never_visited(ground, address):
    egress = Egress(resolve=lambda _: [address])
    with pytest.raises(LivePageFailed, match="no address on the public internet"):
        capture_live_page(URL, Path("/no/browser"), ground, now=NOW, software="x", egress=egress)


@pytest.mark.parametrize(
    "url", ["http://page.example/", "file:///etc/passwd", "https://127.0.0.1/", "", "https://u:p@a.b/"]
)
def test_only_https_pages_of_named_hosts_are_visited(ground, url):
    with pytest.raises(LivePageFailed):
        capture_live_page(url, Path("/no/browser"), ground, now=NOW, software="x")


def test_what_a_killed_process_left_is_removed(certificates, ground):
    left = ground / "scratch" / "live-page-left" / "profile"
    left.mkdir(parents=True)
    (left / "words.html").write_bytes(HTML)
    (ground / "scratch").chmod(0o711)
    with stand_in(page_of(), certificates) as server:
        capture(server, program(ground, SAY_ALL, replies=conversation()), ground)
    assert not left.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_says_why_the_ordinary_user_cannot_draw(certificates, ground):
    closed = ground / "closed"
    closed.mkdir(mode=0o700)
    with stand_in(page_of(), certificates) as server:
        assert "run this program as an ordinary user" in failure(server, program(ground, "exit 0"), closed)
    assert server.connections == 0
