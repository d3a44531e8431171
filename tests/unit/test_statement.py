"""The draft statement and the README say who, what and how, judge nobody, and promise no more than holds."""

import json
import re
from datetime import UTC, datetime

import pytest
from evidence_samples import a_capture, a_received
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.handing_out.how_to_verify import Stamp, how_to_verify
from monitor.evidence.handing_out.statement import WIDTH, Record, Statement, draft_statement
from monitor.evidence.hidden_text import is_hidden
from monitor.evidence.log.checkpoint import Checkpoint
from monitor.evidence.snapshot import write_snapshot

HEAD = Checkpoint("school-social-monitor/oakfield", 1234, bytes(range(32)), datetime(2026, 11, 20, 8, tzinfo=UTC))
KEY = "sha256:" + "ab" * 32


def draft(**changes):
    facts = {
        "school": "Oakfield Primary School",
        "timezone": "Europe/London",
        "reference": "Evidence of case 12",
        "program": "School Social Monitor 0.1.0",
        "size": 1234,
        "fingerprint": KEY,
        "made": "This bundle was made by Ms Okafor, who gave as the reason: crime 42/26.",
        "records": [],
        "custody": ["17  Fri 20 Nov 2026 08:00: exported, by Ms Okafor (okafor on office-pc): crime 42/26"],
        "blacked_out": False,
    }
    return draft_statement(Statement(**(facts | changes))).decode()


def a_record(folder, digest="sha256:" + "cd" * 32, **changes):
    directory = write_snapshot(folder, a_capture(**changes), []).directory
    return Record(17, "snapshot", 12, digest, json.loads((directory / "capture.json").read_text()))


def test_it_says_who_made_it_of_what_and_with_which_key():
    text = draft()
    for part in (
        "Ms Okafor",
        "crime 42/26",
        "School Social Monitor 0.1.0",
        "1234 entries",
        KEY,
        "Evidence of case 12",
    ):
        assert part in text


def test_it_says_that_it_is_a_draft_without_an_opinion_and_no_legal_advice():
    text = " ".join(draft().split())
    for part in ("This is a draft", "not legal advice", "I give no opinion", "ordinary part of the work", "____"):
        assert part in text


def test_it_tells_of_each_record_when_and_why_it_was_kept_and_never_a_word_or_a_name_of_it(tmp_path):
    text = draft(records=[a_record(tmp_path, text="You are clowns", author_name="Gary Pretend")])
    for part in ("Entry 17: snapshot, case 12", "2026-07-14 18:42:11 UTC", "UTC+01:00", "Flagged by the word list.",
                 "sha256:" + "cd" * 32, "Facebook page"):  # fmt: skip
        assert part in text
    assert "clowns" not in text
    assert "Gary" not in text


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("Tue, 14 Jul 2026 18:55:01 GMT", "the school's clock was 10 s ahead of the network's"),
        ("Tue, 14 Jul 2026 18:56:11 GMT", "the school's clock was 60 s behind the network's"),
        ("Tue, 14 Jul 2026 18:55:11 GMT", "agreed with the network's to the second"),
        ("no date", "the network told no time"),
    ],
)
def test_it_tells_by_how_much_the_clock_was_out(tmp_path, date, words):
    assert words in draft(records=[a_record(tmp_path, received=a_received(headers={"Date": date}))])


def test_it_says_what_is_blacked_out_and_sealed(tmp_path):
    text = draft(records=[a_record(tmp_path, digest=None)], blacked_out=True)
    assert "Names of other people are blacked out" in " ".join(text.split())
    assert "the original is sealed at the school" in text
    assert "blacked out" not in draft()


def test_facts_that_cannot_be_read_leave_a_line_less():
    record = Record(
        3, "screen_print", 12, KEY, {"added_at": "2026-11-20T08:00:00Z", "by": "Mrs Ali", "why": "as seen"}
    )
    text = draft(records=[record, Record(4, "snapshot", 12, KEY, {"created_at": 3, "captured_at": None})])
    assert "Entry 3: screen print, case 12" in text
    assert "Entry 4: snapshot, case 12" in text


def test_numbered_paragraphs_are_wrapped_and_keep_their_numbers():
    lines = draft(made=f"Made by {'a person ' * 60}.").splitlines()
    assert [line[:2] for line in lines if re.match("[0-9]\\.", line)] == [f"{number}." for number in range(1, 10)]
    assert max(map(len, lines[: lines.index("SCHEDULE 1: THE RECORDS")])) <= WIDTH + 10


@given(st.text(max_size=80))
def test_no_reason_given_can_hide_anything_or_break_the_draft(reason):
    text = draft(made=f"The reason: {reason}", custody=[reason], reference=reason)
    assert not any(is_hidden(text, at) for at in range(len(text)))
    assert "SCHEDULE 2" in text


def readme(stamps=(), blacked_out=False):
    return how_to_verify("Evidence of case 12", HEAD, KEY, stamps, blacked_out).decode()


def test_the_readme_has_the_commands_to_type_the_key_to_compare_and_the_root_on_paper():
    text = readme()
    for part in (
        "    sha256sum -c tagmanifest-sha256.txt && sha256sum -c manifest-sha256.txt\n",
        "    openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in checkpoint.txt -sigfile checkpoint.sig\n",
        "    python3 verify.py\n",
        "    school-monitor evidence verify --printed NUMBER:ROOT\n",
        f"    {'ab' * 32}\n",
        "    1234:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
    ):
        assert part in text
    assert "$" not in text.replace("echo $?", "")


def test_the_readme_says_what_no_check_can_show():
    text = " ".join(readme().split())
    for part in ("does not show who made it", "true, or that the person shown wrote it", "wrote the whole log anew"):
        assert part in text


def test_the_readme_tells_of_time_stamps_or_that_there_are_none():
    assert "There is no time stamp" in readme()
    text = readme([Stamp(1, "tsa.example", True), Stamp(2, "other.example", False)])
    assert "    openssl ts -verify -data checkpoint.txt -in checkpoint-1.tsr -CAfile tsa-root-1.pem\n" in text
    assert "Authority: other.example\n   (Fetch its root certificate" in text
    assert "There is no time stamp" not in text


def test_the_readme_tells_of_sealed_originals_only_where_there_are_some():
    assert "data/blacked-out/" in readme(blacked_out=True)
    assert "sealed" not in readme()
