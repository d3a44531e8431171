"""The form of every mail there is: readable by everybody, in the light and in the dark, and whole without HTML."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from all_mails import all_mails, page_of, text_of
from mail_samples import DIGEST, ENVELOPE, TO_ANSWER, Page, parsed, squeezed
from pressing_samples import FIRST, SERIOUS, URGENT

import alerts
from alerts.render import render_digest, render_serious, render_urgent

MAILS = all_mails()
TEMPLATES = Path(alerts.__file__).parent / "templates"
MOST = 102_000
"""Bytes from which on Gmail shows only the beginning."""
LIGHT_SCREENS = ["#ffffff"]
DARK_SCREENS = ["#000000", "#121212", "#1f1f1f", "#292929"]
"""What mail programs show behind a mail in dark mode, from black to Outlook's grey."""


@pytest.fixture(params=sorted(MAILS))
def mail(request):
    return MAILS[request.param]


def test_every_kind_of_mail_has_a_sample():
    kinds = {path.parent.name for path in TEMPLATES.glob("*/subject.txt")} - {"governors"}
    seen = {name.replace("-", "_") for name in MAILS}
    assert {kind for kind in kinds if not any(name.startswith(kind) for name in seen)} == set()


def test_text_comes_first_and_html_second(mail):
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_the_page_has_a_language_a_title_one_heading_and_heads_of_tables(mail):
    page = Page(page_of(mail))
    assert ("html", {"lang": "en-GB"}) in page.tags
    assert page.count("title") == page.count("h1") == 1
    assert all(attributes.get("scope") in {"col", "row"} for tag, attributes in page.tags if tag == "th")
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    tables = [attributes for tag, attributes in page.tags if tag == "table"]
    assert all(attributes.get("role") == "presentation" or attributes.get("class") == "data" for attributes in tables)


def test_the_title_is_the_subject(mail):
    title = re.search(r"<title>(.*?)</title>", page_of(mail))[1]
    assert squeezed(title.replace("&amp;", "&").replace("&#39;", "'")) == str(parsed(mail)["Subject"])


def test_nothing_is_loaded_shown_run_or_reported(mail):
    page = Page(page_of(mail))
    assert not {"img", "link", "script", "iframe", "form", "object", "video", "svg"} & {tag for tag, _ in page.tags}
    assert "url(" not in page_of(mail)
    assert "@import" not in page_of(mail)
    assert not any("background" in attributes for _, attributes in page.tags)


def test_a_link_goes_where_its_words_say(mail):
    for address, words in re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', page_of(mail)):
        assert address.startswith("https://")
        assert words == address or words == "stop your morning digest"
        assert address.replace("&amp;", "&") in text_of(mail)


def test_the_column_is_narrow_enough_and_words_are_large_enough(mail):
    html = page_of(mail)
    assert "max-width: 600px" in html
    assert not re.search(r"(?<!max-)(?<!-)\bwidth: ?\d+px", html)
    assert min(map(int, re.findall(r"font-size: ?(\d+)px", html))) >= 13
    assert re.search(r"<body[^>]*font-size: ?16px", html)


def test_dark_mode_is_announced_and_beats_the_inlined_styles(mail):
    html = page_of(mail)
    assert '<meta name="color-scheme" content="light dark">' in html
    dark = re.search(r"@media \(prefers-color-scheme: ?dark\) ?\{(.*?\})\s*\}", html, re.DOTALL)[1]
    assert all("!important" in rule for rule in re.findall(r"color:[^;}]*", dark))


def test_the_text_says_whatever_the_page_says(mail):
    """Every number, command and name of the page stands in the plain text too."""
    spaced = re.sub(r"<(style|title)>.*?</\1>", "", page_of(mail), flags=re.DOTALL).replace("<", " <")
    words = squeezed(Page(spaced).words)
    text = squeezed(text_of(mail))
    assert set(re.findall(r"\d[\d:.]*\d|\d+", words)) <= set(re.findall(r"\d[\d:.]*\d|\d+", text))
    for command in re.findall(r"<code[^>]*>(.*?)</code>", page_of(mail)):
        plain = squeezed(re.sub(r"<[^>]+>", "", command).replace("&#34;", '"').replace("&quot;", '"'))
        assert plain in text


def test_no_sentence_runs_into_the_next(mail):
    prose = re.sub(r"\S*(?:https?://|@|sha256:)\S*|\S+\.(?:toml|school)\S*", "", text_of(mail))
    assert re.findall(r"[a-z][.?!][A-Z][a-z]", prose) == []
    html = re.sub(r"<(?!br|/?p|/?li|/?h|/?t)[^>]+>", "", page_of(mail).partition("<body")[2])
    assert re.findall(r"(?<![\w./])[a-z]{2,}[.?!][A-Z][a-z]", re.sub(r"<[^>]+>", " ", html)) == []


def test_lines_in_the_plain_text_have_no_blanks_at_their_end(mail):
    assert [line for line in text_of(mail).splitlines() if line != line.rstrip()] == []
    assert "\n\n\n\n" not in text_of(mail).replace("\r", "")


@pytest.mark.parametrize(
    "made",
    [
        lambda: render_digest(
            replace(DIGEST, shown=100, **{part: tuple(replace(TO_ANSWER, case=n, account="W" * 80, words="x" * 90)
                                                      for n in range(100))
                                          for part in ("to_answer",)}), ENVELOPE),
        lambda: render_serious(replace(SERIOUS, cases=tuple(replace(FIRST, case=n) for n in range(100))), ENVELOPE),
        lambda: render_urgent(replace(URGENT, cases=tuple(replace(FIRST, case=n) for n in range(100))), ENVELOPE),
    ],
)  # fmt: skip
def test_a_hundred_cases_fit_into_what_gmail_shows(made):
    assert len(page_of(made()).encode()) < MOST


def style():
    """(selector, colour) of every rule that colours words: in the light, in the dark."""
    sheet = re.search(r"<style>(.*?)</style>", (TEMPLATES / "base.html").read_text(), re.DOTALL)[1]
    light, _, dark = sheet.partition("@media (prefers-color-scheme: dark) {")

    def rules(text):
        found = {}
        for selectors, body in re.findall(r"([^{}]+)\{([^}]*)\}", text):
            colour = re.search(r"(?<![-\w])color: ?(#[0-9a-f]{6})", body)
            for selector in selectors.split(",") if colour else ():
                found[selector.strip()] = colour[1]
        return found

    return rules(light), rules(dark)


def brightness(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    bright, dim = sorted([brightness(one), brightness(other)], reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_every_colour_of_words_stands_out_in_the_light_and_in_the_dark():
    light, dark = style()
    assert len(light) > 5
    for rules, screens in ((light, LIGHT_SCREENS), (dark, DARK_SCREENS)):
        for selector, colour in rules.items():
            assert min(contrast(colour, screen) for screen in screens) >= 4.5, (selector, colour)


def test_every_colour_of_the_light_has_one_for_the_dark():
    light, dark = style()
    assert light.keys() <= dark.keys()


def test_the_measure_of_contrast_is_the_one_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
