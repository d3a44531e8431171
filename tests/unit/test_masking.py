"""Nobody but the school and the author is named in what was said around a comment."""

import pytest

from monitor.evidence.masking import SOMEBODY, masked

NAMES = ["Gary Pretend", "Oakfield Primary School"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("@anna you are right", f"{SOMEBODY} you are right"),
        ("ask @Anna.Smith.", f"ask {SOMEBODY}."),
        ("(@anna_1, @bob-2)", f"({SOMEBODY}, {SOMEBODY})"),
        ("@anna@social.example said so", f"{SOMEBODY} said so"),
        ("mail anna@mail.example", f"mail {SOMEBODY}"),
        ("＠anna", SOMEBODY),
        ("@\u200banna", SOMEBODY),
        ("@Zoe\u0308", SOMEBODY),
        ("u/anna and /u/bob", f"{SOMEBODY} and {SOMEBODY}"),
        ("https://social.example/@anna", f"https://social.example/{SOMEBODY}"),
    ],
)
def test_whoever_is_addressed_becomes_someone_else(text, written):
    assert masked(text, NAMES) == written


@pytest.mark.parametrize(
    "text", ["@GaryPretend", "@gary_pretend!", "@Gary Pretend, no", "u/GaryPretend", "@OakfieldPrimarySchool"]
)
def test_the_author_and_the_school_keep_their_names(text):
    assert masked(text, NAMES) == text


def test_a_longer_name_than_the_authors_is_somebody_else():
    assert masked("@GaryPretender", NAMES) == SOMEBODY


@pytest.mark.parametrize("text", ["meet @ 8", "@", "@@@", "no one", "", "you/me", "1 @ £2"])
def test_a_sign_that_names_nobody_is_left(text):
    assert masked(text, NAMES) == text


def test_an_author_without_a_name_unmasks_nobody():
    assert masked("@anna @!?", ["", "!?"]) == f"{SOMEBODY} @!?"


@pytest.mark.parametrize("text", ["x" * 200_000, "@" * 200_000, "@a" * 100_000, "u/" * 100_000, "a.b-" * 50_000])
def test_an_endless_word_is_no_endless_work(text):
    assert len(masked(text, NAMES)) <= len(text) + len(SOMEBODY)
