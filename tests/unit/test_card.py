"""The evidence card: honest, bounded, the same every time, and never a danger to the snapshot or the daemon."""

import json
import re
import subprocess
import time
import zlib

import pytest
from evidence_samples import POSTED, a_capture
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Attachment
from monitor.evidence import render
from monitor.evidence.card import LONGEST_TEXT, MOST_IN_LIST, MOST_LINES, Alphabet, card_content, draw, one_line
from monitor.evidence.render import CardFailed, render_card
from monitor.evidence.snapshot import ThreadLine, verify_snapshot, write_snapshot
from monitor.model import Category, Flag

FLAG = Flag(Category.THREAT, "urgent", 0.9, "words/1", 5, 26, "Reads like a threat.", "Cyber bullying")
HOSTILE = {
    "one endless word": "x" * 63_000,
    "ten thousand lines": "\n" * 10_000,
    "writing direction": "\u202e\u2066\u202b" * 3000 + "abc",
    "marks piled up": ("a" + "\u0301\u0334\u0489" * 30) * 300,
    "a thousand joined emoji": "👨‍👩‍👧‍👦" * 1000,
    "scripts of other fonts": "中文 नमस्ते العربية " * 300,
    "control characters": "".join(map(chr, range(160))),
    "broken surrogates": "a\ud800b\udfff",
    "never drawn": "\ufeff\ufffe\uffff\ufdd0\ue000\U0010ffff",
    "very wide": "﷽" * 400,
    "markup": '#panic("x") $1/0$ *b* `r` <a> @b \\ // /* ]]} "\\u{0}" https://evil.example',
    "nothing": "",
}


def a_snapshot(folder, text="Well I know where you live.", flags=(FLAG,), **changes):
    return write_snapshot(folder, a_capture(text=text, **changes), flags, {"id": "1"}).directory


def content_of(directory, alphabet=Alphabet.ALL):
    capture, why = (json.loads((directory / name).read_bytes()) for name in ("capture.json", "why.json"))
    return card_content(capture, why, "0" * 64, alphabet)


def words_of(drawn):
    return "\n".join("".join(piece["text"] for piece in line) for line in drawn["lines"]).replace("\u200b", "")


def test_a_card_is_added_as_pdf_and_png_with_digests(tmp_path):
    directory = a_snapshot(tmp_path)
    render_card(directory)
    pdf, png = (directory / "card.pdf").read_bytes(), (directory / "card.png").read_bytes()
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert png.startswith(b"\x89PNG")
    assert verify_snapshot(directory) == []
    assert not [path for path in directory.iterdir() if path.name.startswith(".")]


def test_the_same_snapshot_gives_the_same_card_to_the_byte(tmp_path):
    first, second = a_snapshot(tmp_path / "a"), a_snapshot(tmp_path / "b")
    render_card(first)
    render_card(second)
    for name in ("card.pdf", "card.png", "card-sha256.txt"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_a_finished_card_is_not_drawn_again(tmp_path, monkeypatch):
    directory = a_snapshot(tmp_path)
    render_card(directory)
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: pytest.fail("drawn again"))
    render_card(directory)
    assert verify_snapshot(directory) == []


def test_a_card_that_a_crash_left_half_written_is_made_whole(tmp_path):
    directory = a_snapshot(tmp_path)
    (directory / "card.pdf").write_bytes(b"%PDF half")
    (directory / ".card.png.part").write_bytes(b"half")
    assert verify_snapshot(directory) == [
        ".card.png.part: not listed", "card-sha256.txt: missing", "card.pdf: not listed",
    ]  # fmt: skip
    render_card(directory)
    assert verify_snapshot(directory) == []


def test_a_changed_card_is_found_and_named(tmp_path):
    directory = a_snapshot(tmp_path)
    render_card(directory)
    with (directory / "card.png").open("ab") as png:
        png.write(b"x")
    assert verify_snapshot(directory) == ["card.png: changed"]


def test_a_card_that_takes_too_long_is_given_up_and_the_snapshot_stays_whole(tmp_path, monkeypatch):
    directory = a_snapshot(tmp_path)
    monkeypatch.setattr(render, "TIME_LIMIT", 0.001)
    with pytest.raises(CardFailed, match=r"took longer than 0\.001 seconds"):
        render_card(directory)
    assert verify_snapshot(directory) == []


def test_a_card_that_cannot_be_drawn_is_said_without_words_of_the_comment(tmp_path):
    directory = a_snapshot(tmp_path, text="unspeakable words")
    capture = directory / "capture.json"
    capture.write_bytes(capture.read_bytes().replace(b'"post_text"', b'"unspeakable"'))
    with pytest.raises(CardFailed) as failed:
        render_card(directory)
    assert directory.name in str(failed.value)
    assert "unspeakable" not in str(failed.value)
    assert failed.value.__suppress_context__


def test_a_card_for_a_snapshot_that_is_gone_fails_in_one_sentence(tmp_path):
    with pytest.raises(CardFailed, match="No such file"):
        render_card(tmp_path / "gone")


def test_the_drawing_process_sees_no_secret_of_the_daemon(tmp_path, monkeypatch):
    seen = {}
    monkeypatch.setenv("SCHOOL_MONITOR_TOKEN", "canary")
    real = subprocess.run

    def run(*args, **kwargs):
        seen.update(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setattr(subprocess, "run", run)
    render_card(a_snapshot(tmp_path))
    assert set(seen) == {"PATH", "PYTHONPATH"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_drawn_within_two_seconds(tmp_path, name):
    text = HOSTILE[name]
    directory = a_snapshot(tmp_path, text, author_name=text, permalink=text, post_text=text, trigger=text)
    started = time.process_time()
    pdf, png = render.draw(directory)
    assert time.process_time() - started < 2
    assert pdf.startswith(b"%PDF")
    assert len(png) < 2_000_000


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(categories=None), max_size=120))
def test_any_text_is_drawn(tmp_path, text):
    pdf, _ = render.draw(a_snapshot(tmp_path, text, author_name=text))
    assert pdf.startswith(b"%PDF")


def test_an_address_is_text_and_never_a_link(tmp_path):
    pdf, _ = render.draw(a_snapshot(tmp_path, "see https://evil.example/x"))
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    plain = pdf + b"".join(_inflated(stream) for stream in streams)
    assert b"/Type" in plain
    assert b"/URI" not in plain
    assert b"/Subtype/Link" not in plain.replace(b" ", b"")


def _inflated(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_the_card_tells_who_where_when_and_why(tmp_path):
    content = content_of(a_snapshot(tmp_path))
    assert content["school"] == "Oakfield Primary School"
    assert "".join(content["permalink"]) == "https://www.facebook.example/oakfield/posts/1000?comment_id=2000"
    assert content["author_id"] == "5000"
    assert content["posted"] == {
        "local": "Tuesday 14 July 2026, 19:42:11 (UTC+01:00)", "utc": "2026-07-14 18:42:11 UTC",
    }  # fmt: skip
    assert content["flags"][0]["where"] == "characters 6 to 26"
    assert content["flags"][0]["clause"] == "Cyber bullying"
    assert content["manifest"] == "sha256:" + "0" * 64


def test_the_card_says_that_it_is_no_photograph():
    template = render.TEMPLATE.read_text("utf-8")
    assert "Rendered from the network's data at" in template
    assert "This is not a photograph of the page." in template
    assert "listed, not opened" in template


def test_the_flagged_words_are_marked(tmp_path):
    drawn = content_of(a_snapshot(tmp_path))["text"]
    assert [piece["text"] for line in drawn["lines"] for piece in line if piece["marked"]] == [
        "I know where you live"
    ]


def test_what_a_killed_process_left_behind_is_cleared_by_the_next_try(tmp_path):
    directory = a_snapshot(tmp_path)
    (directory / ".card").mkdir()
    (directory / ".card" / "card.pdf").write_bytes(b"half a card")
    render_card(directory)
    assert (directory / "card.pdf").read_bytes().startswith(b"%PDF")
    assert not (directory / ".card").exists()
    assert verify_snapshot(directory) == []


def test_the_gravest_reason_comes_first(tmp_path):
    note = Flag(Category.PROFANITY, "note", 1.0, "words/1", 0, 4, "Contains swearing.")
    flags = content_of(a_snapshot(tmp_path, flags=[note, FLAG]))["flags"]
    assert [flag["category"] for flag in flags] == ["threat", "swearing"]


def test_other_people_in_the_thread_have_no_name(tmp_path):
    lines = (ThreadLine("someone else", POSTED, "It was shut."), ThreadLine("the school", POSTED, "Sorry!"))
    thread = content_of(a_snapshot(tmp_path, thread=lines))["thread"]
    assert [line["who"] for line in thread] == ["someone else", "the school"]
    assert all(set(line) == {"who", "at", "text"} for line in thread)


def test_hidden_characters_are_made_visible_beside_the_text_as_displayed(tmp_path):
    content = content_of(a_snapshot(tmp_path, "ab\u202ecd\u202c", flags=()))
    assert words_of(content["text"]) == "ab\u202ecd\u202c"
    assert words_of(content["revealed"]) == "ab<U+202E RIGHT-TO-LEFT OVERRIDE>cd<U+202C POP DIRECTIONAL FORMATTING>"


def test_a_text_that_hides_nothing_is_shown_once(tmp_path):
    assert content_of(a_snapshot(tmp_path, "Well done ❤️", flags=()))["revealed"] is None


def test_a_long_text_is_cut_and_the_rest_counted():
    drawn = draw("a " * 7672 + "b", [], Alphabet.ALL)
    assert len(words_of(drawn)) == LONGEST_TEXT
    assert drawn["left_out"] == "… 12,345 more characters in capture.json"


def test_many_lines_are_cut_and_the_rest_counted():
    drawn = draw("a\n" * 100, [], Alphabet.ALL)
    assert len(drawn["lines"]) == MOST_LINES
    assert drawn["left_out"] == "… 81 more characters in capture.json"


def test_a_text_that_fits_is_shown_whole():
    drawn = draw("a\r\nb", [], Alphabet.ALL)
    assert (words_of(drawn), drawn["left_out"]) == ("a\nb", "")


def test_marks_on_one_letter_are_limited():
    assert words_of(draw("a" + "\u0301" * 50 + "b", [], Alphabet.ALL)) == "a" + "\u0301" * 4 + "b"


def test_a_character_without_a_font_is_named():
    (line,) = draw("ok 👍\ufe0f 中", [], Alphabet.TYPST)["lines"]
    assert [piece["text"] for piece in line if piece["spelled"]] == ["thumbs up sign", "cjk unified ideograph-4e2d"]
    assert one_line("ok 👍", 50, Alphabet.TYPST) == "ok [thumbs up sign]"


def test_a_field_is_one_bounded_line_with_its_hidden_characters_shown():
    assert one_line("Jo\n\u200bBloggs", 100, Alphabet.ALL) == "Jo <U+200B ZERO WIDTH SPACE>Bloggs"
    assert one_line("x" * 500, 10, Alphabet.ALL) == "x" * 10 + "…"


def test_long_lists_are_cut_and_counted(tmp_path):
    content = content_of(a_snapshot(tmp_path, flags=[FLAG] * 12, attachments=(Attachment("photo", "u"),) * 9))
    assert len(content["flags"]) == MOST_IN_LIST
    assert content["more_flags"] == "… 4 more reasons in the snapshot"
    assert content["more_attachments"] == "… 1 more attachments in the snapshot"
