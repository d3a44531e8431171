"""Texts made to break a card: every one is drawn, bounded in height, time and memory, and opens nothing."""

import json
import re
import shutil
import subprocess
import sys
import time
import zlib

import pytest
from evidence_samples import POSTED, a_capture, content_of, words_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.fetched import Attachment
from monitor.evidence.card import render, typeset
from monitor.evidence.card.card_text import Alphabet
from monitor.evidence.snapshot import ThreadLine, write_snapshot

HOSTILE = {
    "one endless word": "x" * 63_000,
    "ten thousand lines": "\n" * 10_000,
    "writing direction": "\u202e\u2066\u202b" * 3000 + "abc",
    "marks piled up": ("a" + "\u0301\u0334\u0489" * 30) * 300,
    "a thousand joined emoji": "👨‍👩‍👧‍👦" * 1000,
    "one emoji of a thousand parts": "👨\u200d" * 1000 + "👨",
    "scripts of other fonts": "中文 नमस्ते العربية " * 300,
    "control characters": "".join(map(chr, range(160))),
    "broken surrogates": "a\ud800b\udfff",
    "never drawn": "\ufeff\ufffe\uffff\ufdd0\ue000\U0010ffff",
    "very wide": "﷽" * 3000,
    "markup": '#panic("x") $1/0$ *b* `r` <a> @b \\ // /* ]]} "\\u{0}" https://evil.example',
    "addresses": "https://evil.example/x.html?y=z.w www.evil.example mailto:a@evil.example " * 40,
    "mentions": "@" * 30_000 + "@a" * 10_000 + " u/" * 1000,
    "nothing": "",
}
TALLEST = 6000  # pixels
MOST_MEMORY = 150  # MB
IN_A_PROCESS_OF_ITS_OWN = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def a_snapshot(folder, text, **changes):
    return write_snapshot(folder, a_capture(text=text, **changes), []).directory


def hostile_everywhere(folder, text):
    return a_snapshot(
        folder, text, author_name=text, author_id=text, permalink=text, post_text=text, trigger=text,
        thread=(ThreadLine("someone else", POSTED, text),) * 9, attachments=(Attachment(text, text),) * 9,
    )  # fmt: skip


def drawn(directory):
    pages = render.pages_of(directory)
    return typeset.draw(str(pages.template), [json.dumps(content) for content in pages.contents])


def inside(pdf):
    """Everything that a PDF says, packed or not."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(map(inflated, streams))


def inflated(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def height_of(png):
    return int.from_bytes(png[typeset.HEIGHT_IN_PNG], "big")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_drawn_within_three_seconds_and_bounded_in_height(tmp_path, name):
    directory = hostile_everywhere(tmp_path, HOSTILE[name])
    started = time.process_time()
    pdf, png = drawn(directory)
    assert time.process_time() - started < 3
    assert pdf.startswith(b"%PDF")
    assert len(png) < 3_000_000
    assert height_of(png) <= TALLEST


@pytest.mark.parametrize("name", HOSTILE)
def test_a_card_has_no_link_in_it(tmp_path, name):
    pdf, _ = drawn(hostile_everywhere(tmp_path, HOSTILE[name] + " https://evil.example/x www.evil.example"))
    plain = inside(pdf).replace(b" ", b"")
    assert b"/StructTreeRoot" in plain
    for name_of_a_link in (b"/URI", b"/Annots", b"/Subtype/Link", b"/Launch", b"/GoTo", b"/JavaScript", b"/JS"):
        assert name_of_a_link not in plain


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="reads the words back with pdftotext")
def test_no_reader_finds_an_address_to_make_a_link_of(tmp_path):
    text = "https://evil.example/x www.evil.example evil.com/y HTTP://EVIL.EXAMPLE ht\u200btps://ev\u2060il.example"
    directory = hostile_everywhere(tmp_path, text)
    render.render_card(directory)
    said = subprocess.run(["pdftotext", directory / "card.pdf", "-"], check=True, capture_output=True).stdout
    said += (directory / "card.txt").read_bytes() + (directory / "annex.txt").read_bytes()
    assert b"hxxps://evil[.]example/x" in said
    assert b"HXXP://EVIL[.]EXAMPLE" in said
    assert not re.search(rb"https?:|www\.|evil\.", said, re.IGNORECASE)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in kB on Linux")
@pytest.mark.parametrize("name", HOSTILE)
def test_drawing_a_hostile_text_takes_at_most_150_mb(tmp_path, name):
    command = render.prepare_drawing(render.pages_of(hostile_everywhere(tmp_path, HOSTILE[name])), tmp_path)
    watched = [sys.executable, "-I", "-S", "-c", IN_A_PROCESS_OF_ITS_OWN, *command]
    done = subprocess.run(watched, env=render.ENVIRONMENT, cwd=tmp_path, check=True, capture_output=True)
    assert int(done.stdout) / 1024 <= MOST_MEMORY


def test_a_picture_too_tall_is_drawn_with_names_of_its_characters_instead(tmp_path, monkeypatch):
    directory = a_snapshot(tmp_path, "short")
    pages = render.pages_of(directory)
    short = json.dumps(pages.contents[0])
    tall = json.dumps({**pages.contents[0], "text": {**pages.contents[0]["text"], "lines": [[]] * 60}})
    tall = tall.replace('"right_to_left": [false]', f'"right_to_left": {json.dumps([False] * 60)}')
    template = str(pages.template)
    height = height_of(typeset.draw(template, [short])[1])
    monkeypatch.setattr(typeset, "MOST_PIXELS_HIGH", height)
    assert height_of(typeset.draw(template, [tall, short])[1]) == height
    with pytest.raises(typeset.TooTall):
        typeset.draw(template, [tall])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(categories=None), max_size=120))
def test_any_text_is_drawn(tmp_path, text):
    pdf, _ = drawn(a_snapshot(tmp_path, text, author_name=text))
    assert pdf.startswith(b"%PDF")


PARTS = st.sampled_from(
    [
        "https:",
        "//",
        "www",
        ".",
        "evil",
        "com",
        "/",
        "@",
        "\u200b",
        "\ufeff",
        "\x07",
        "\ufe0f",
        "\u0301",
        "x",
        "\n",
        " ",
    ]
)


@settings(deadline=None)
@given(text=st.lists(PARTS, max_size=14).map("".join), alphabet=st.sampled_from(Alphabet))
def test_no_text_on_a_card_holds_an_address_that_works(tmp_path_factory, text, alphabet):
    content = content_of(a_snapshot(tmp_path_factory.mktemp("card"), text), alphabet)
    for shown in filter(None, (content["text"], content["revealed"])):
        # A bare name is one only with an ending that exists: "evil.www" leads nowhere, and "shut.Why" is a sentence.
        assert not re.search(r"https?:|www\.|evil\.com(?!\w)", words_of(shown))
