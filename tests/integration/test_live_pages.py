"""The public page of what was captured: photographed where the school wants it; else the reason is on record."""

from dataclasses import replace

import pytest
from desk import DAY, HOUR, INSULT, SCRIPTED, item
from evidence_desk import MRS_ALI, folder_of, records
from https_stand_in import answer, make_certificates, stand_in
from picture_samples import png

from monitor.custody.live_pages import AT_ONCE, NO_BROWSER
from monitor.evidence.outside.browser import find_browser
from monitor.evidence.outside.live_page import LivePage, LivePageFailed
from monitor.evidence.snapshot import CAPTURE
from monitor.store import ledger

ADDRESS = "https://page.example/post?id=1"
PAGE = LivePage(png(1280, 900), 1280, 900, False, b"archive", "", "ab" * 32, "203.0.113.7", "Chromium 156", False, 2)


@pytest.fixture
def wanted(desk):
    desk.change(accounts=SCRIPTED + "\n[evidence]\nlive_page = true\n")
    return desk


@pytest.fixture
def asked(monkeypatch):
    """The addresses the browser was sent to, all of which show PAGE."""
    addresses = []
    monkeypatch.setattr("monitor.custody.live_pages.find_browser", lambda given: given or "/usr/bin/browser")
    monkeypatch.setattr(
        "monitor.custody.live_pages.capture_live_page", lambda address, *_, **__: addresses.append(address) or PAGE
    )
    return addresses


def read(desk, remote_id="c1", **more):
    desk.read(item(remote_id, INSULT, permalink=ADDRESS, **more))


def test_a_school_that_did_not_ask_for_it_has_no_page_visited_and_each_snapshot_says_so(desk, asked):
    read(desk)
    assert (desk.app.photograph(), asked) == (0, [])
    assert "the school has not asked for it" in (folder_of(desk, desk.snapshots()[0]) / CAPTURE).read_text()


def test_the_page_is_photographed_once_and_kept_with_its_archive(wanted, asked):
    read(wanted)
    assert [wanted.app.photograph() for _ in range(2)] == [1, 0]
    kept = folder_of(wanted, wanted.snapshots()[1])
    assert (kept / "page.png").read_bytes() == PAGE.png
    assert (kept / "page.warc.gz").read_bytes() == b"archive"
    assert ([entry["evidence"] for entry in records(wanted, "live_page")], asked) == ([0], [ADDRESS])


def test_why_there_is_no_photograph_is_on_record_and_it_is_not_tried_again(wanted, asked, monkeypatch):
    def fails(*_, **__):
        raise LivePageFailed("page.example: leads to no address on the public internet; it was not opened")

    monkeypatch.setattr("monitor.custody.live_pages.capture_live_page", fails)
    read(wanted)
    assert [wanted.app.photograph() for _ in range(2)] == [0, 0]
    (entry,) = records(wanted, "live_page")
    assert entry["not_made"].startswith("page.example: leads to no address")


def test_without_a_browser_that_is_the_reason(wanted, monkeypatch):
    monkeypatch.setattr("monitor.custody.live_pages.find_browser", lambda _: None)
    read(wanted)
    wanted.app.photograph()
    assert [entry["not_made"] for entry in records(wanted, "live_page")] == [NO_BROWSER]


def test_a_pile_on_is_photographed_a_few_at_a_time(wanted, asked):
    for number in range(AT_ONCE + 1):
        read(wanted, f"c{number}")
    assert [wanted.app.photograph() for _ in range(3)] == [AT_ONCE, 1, 0]


def test_what_is_withheld_or_a_day_old_is_not_photographed(wanted, asked):
    read(wanted)
    read(wanted, "c2")
    with wanted.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        case = wanted.cases()["c1"].id
        wanted.app.exhibits.withhold(tx, school, case, MRS_ALI, wanted.clock())
    wanted.later(DAY + HOUR)
    assert (wanted.app.photograph(), asked) == (0, [])


def test_a_real_browser_photographs_a_real_page(wanted, tmp_path_factory):
    browser = find_browser()
    if browser is None:
        pytest.skip("no browser is installed, so there is nobody to photograph a page")
    certificates = make_certificates(tmp_path_factory.mktemp("certificates"))
    html = b"<!doctype html><title>Post</title><p>Clowns, all of them."
    read(wanted)
    with stand_in(lambda _, c: c.sendall(answer(html, Content_Type="text/html")), certificates) as server:
        replace(wanted.app.live_pages, egress=server.egress()).run()
    (entry,) = records(wanted, "live_page")
    if "not_made" in entry and "root" in entry["not_made"]:
        pytest.skip(f"a browser cannot be run by this user: {entry['not_made']}")
    kept = folder_of(wanted, wanted.snapshots()[1])
    assert (kept / "page.png").read_bytes().startswith(b"\x89PNG")
    assert (kept / "page.warc.gz").stat().st_size > 500
