"""Disguises are undone, and what only looks like one is left alone."""

import pytest

from monitor.language.reading import read


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("d1ckhead", "dickhead"), ("a$$hole", "asshole"), ("@rsehole", "arsehole"), ("!d!ot", "idiot"),
        ("57up1d", "stupid"),
        ("st*pid", "stupid"), ("f***", "fuck"), ("b@#ch", "bitch"), ("f_ck", "fuck"), ("tw-t", "twat"),
        ("stuuuupid", "stupid"), ("retaaaard", "retard"), ("fuuck", "fuck"), ("bitchh", "bitch"),
        ("wnaker", "wanker"),
        ("bsatard", "bastard"), ("wankwr", "wanker"), ("bastrd", "bastard"), ("dickhesd", "dickhead"),
        ("i d i o t", "idiot"),
        ("w.a.n.k.e.r", "wanker"), ("m-o-r-o-n", "moron"), ("s t u p i d m a n", "stupid man"),
        ("fu ck", "fuck"), ("wan ker", "wanker"), ("bas.tard", "bastard"), ("s.hit", "shit"),
        ("youfuckingidiot", "you fucking idiot"), ("k1ll y0u", "kill you"), ("734ch3r", "teacher"),
    ],
)  # fmt: skip
def test_a_disguise_is_undone(written, meant):
    assert read(f"so {written} there").bare.text == f"so {meant} there"


@pytest.mark.parametrize(
    "text",
    [
        "year5 and ks2, y7 at 10am, covid19, 1st and 30th, u11s, gr8 m8",
        "ab51 cde parked at sw1a 1aa",
        "push it, was hit, is hit, it's hit",
        "a banker, a miner, a clock and a peck of pickled pepper",
        "the birch, the ditch and the witch",
        "w.i. and p.e. and a*a*b",
        "bell ends lessons, dial ends call",
        "no!!! yes!!! fish+chips",
        "angel, trial, casual, diary, form, united",
    ],
)
def test_what_only_looks_like_a_disguise_is_left_alone(text):
    assert read(text).bare.text == text


def test_stretched_letters_of_an_unknown_word_are_cut_to_two():
    assert read("yippeeeee zorrrrrb").bare.text == "yippee zorrb"
