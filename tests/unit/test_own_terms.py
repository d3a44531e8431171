"""A school's own terms are found however they are typed, and in whatever script; what it allows is never flagged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.language.judging import Judge
from monitor.language.own_words import DenyTerm, OwnWords
from monitor.model import Category

DENIED = [
    "oakie rat", "ghazi’s lot", "o'brien's mob", "gnój", "Łoś", "naïve", "year-seven", "Ms O'Neill", "b@stard", "twp",
    "کتا", "ਕੁੱਤਾ", "শুয়োর", "十三点", "@stirrer", "oakfieldexposed.com", "07700 900461", "c++ club",
]  # fmt: skip
ALLOWED = [
    "O'Fanny",
    "Slut’s Hole Lane",
    "St. Titty's",
    "Shìt Lake",
    "D'Arcy-Bitch",
    "Ñoño-Puta",
    "Mrs Kurwa",
    "محمد خرا",
]


def judge(allow=(), deny=()):
    return Judge(
        models="none", own=OwnWords(tuple(allow), tuple(DenyTerm(each, Category.ABUSE, "concern") for each in deny))
    )


def spellings(term):
    curly = term.replace("'", "’")
    return {term, term.upper(), term.lower(), curly, curly.replace("’", "'")}


def places(of, text):
    return [
        text[one.finding.start : one.finding.end] for one in of.assess(text).found if one.detector == "own-words/2"
    ]


@pytest.mark.parametrize("term", DENIED)
def test_a_denied_term_is_found_where_it_stands_however_it_is_typed(term):
    denies = judge(deny=[term])
    for typed in spellings(term):
        assert places(denies, f"look, {typed} (again)") == [typed]


@pytest.mark.parametrize("term", ["naïve", "Łoś", "o'brien's mob", "year-seven"])
def test_accents_apostrophes_and_hyphens_may_be_left_out(term):
    plain = {"naïve": "naive", "Łoś": "los", "o'brien's mob": "obriens mob", "year-seven": "year seven"}[term]
    assert places(judge(deny=[term]), f"look at {plain} there") == [plain]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("ਕੁੱਤਾ", "ਕਿੱਤਾ ਵਧੀਆ"),
        ("ਕੁੱਤਾ", "xਕੁੱਤਾ"),
        ("oakie rat", "oakie rats"),
        ("@stirrer", "@stirrers"),
        ("07700 900461", "107700 9004612"),
    ],
)
def test_a_denied_term_is_not_found_inside_another_word(term, text):
    assert not places(judge(deny=[term]), text)


@pytest.mark.parametrize("name", ALLOWED)
def test_an_allowed_name_is_never_flagged_and_is_no_foreign_language(name):
    allows = judge(allow=[name])
    for typed in spellings(name):
        assert not allows.assess(f"{typed} was lovely").found


def test_what_is_rude_in_another_language_is_flagged_beside_an_allowed_name():
    text = "Mrs Kurwa, ty kurwo"
    found = {text[one.finding.start : one.finding.end] for one in judge(allow=["Mrs Kurwa"]).assess(text).found}
    assert "kurwo" in found
    assert not any("Kurwa" in place for place in found)


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=2, max_size=30), st.text(max_size=80)
)
@settings(max_examples=150, deadline=None)
def test_no_term_and_no_text_make_it_raise_or_point_outside_the_text(term, text):
    for one in judge(allow=[term[::-1]], deny=[term]).assess(text + term + text).found:
        assert 0 <= one.finding.start <= one.finding.end <= 2 * len(text) + len(term)
        assert not one.finding.reason.startswith("A check could not")
