"""Addresses on a card open nothing and are readable all the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.defang import defanged


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://host.example/a?b=c", "hxxps://host[.]example/a?b=c"),
        ("HTTP://HOST.EXAMPLE", "HXXP://HOST[.]EXAMPLE"),
        ("www.host.example", "www[.]host[.]example"),
        ("host.com", "host[.]com"),
        ("bit.ly/abc", "bit[.]ly/abc"),
        ("gary@mail.example", "gary@mail[.]example"),
        ("mailto:gary@mail.example", "mailto:gary@mail[.]example"),
        ("ftp://host.example", "ftp[:]//host[.]example"),
        ("https://192.0.2.1:8080/x", "hxxps://192[.]0[.]2[.]1:8080/x"),
        ("see(https://a.example)", "see(hxxps://a[.]example)"),
        ("https://a.example/https://b.example", "hxxps://a[.]example/hxxps://b[.]example"),
        ("ht\u200btps://ho\ufeffst.example", "hx\u200bxps://ho\ufeffst[.]example"),
    ],
)
def test_an_address_is_written_so_that_no_program_makes_a_link_of_it(address, written):
    assert defanged(address) == written


@pytest.mark.parametrize(
    "text",
    ["It was shut.Why?", "evil.www", "At 8.40 a.m. sharp", "e.g. this...", "Mr. Smith: no!", "1.5", "☎ 101", ""],
)
def test_ordinary_words_are_left_alone(text):
    assert defanged(text) == text


@given(st.from_regex(r"https?://[a-z]{1,9}\.[a-z]{2,9}(?:/[a-z.]{0,9})?", fullmatch=True))
def test_the_address_can_be_had_back_to_the_letter(address):
    assert defanged(address).replace("[.]", ".").replace("hxxp", "http") == address


@given(st.text(st.sampled_from("htps:/w.comx@ \n\u200b\ufeff"), max_size=30))
def test_no_web_address_survives(text):
    seen = re.sub("[\u200b\ufeff]", "", defanged(text))
    assert not re.search(r"https?:|www\.\w", seen)


@pytest.mark.parametrize("text", ["x" * 200_000, "a." * 100_000, "://" * 60_000, "@" * 200_000, "https:" * 30_000])
def test_an_endless_word_is_no_endless_work(text):
    assert len(defanged(text)) >= len(text)
