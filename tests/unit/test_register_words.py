"""Addresses as people write them: in a description, and at the end of a mail address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.register_words import counted, in_words, links_to, serves

POLICY = "https://www.oakfield.example/social-media-policy"
OTHERS = ["", "oakfield.example", "oakfield.example/social-media-policy-2019", "not.example"]


@pytest.mark.parametrize(
    "about",
    ["see (https://oakfield.example/social-media-policy).", "OAKFIELD.example/social-media-policy",
     "http://www.oakfield.example/social-media-policy/#top"],
)  # fmt: skip
def test_an_address_is_found_however_it_is_written(about):
    assert links_to(POLICY, about, ())


@pytest.mark.parametrize(
    "about", ["", "oakfield.example", "oakfield.example/social-media-policy-2019", "not.example"]
)
def test_another_address_is_not_taken_for_it(about):
    assert not links_to(POLICY, about, (about,))


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_no_description_breaks_the_audit(about, links):
    assert links_to(POLICY, f"{about} {POLICY} {about}", links)
    links_to(POLICY, about, links)
    links_to(about, about, links)


def test_a_domain_below_the_schools_is_the_schools_and_one_that_ends_alike_is_not():
    assert serves("a@mail.Oakfield.example", {"oakfield.example"})
    assert not serves("a@notoakfield.example", {"oakfield.example"})
    assert serves("a@anything.example", ())


def test_lists_and_numbers_read_as_people_say_them():
    assert [in_words(["a", "b", "c"][:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
    assert [counted(n, "moderator") for n in (0, 1, 2)] == ["No moderator", "1 moderator", "2 moderators"]
