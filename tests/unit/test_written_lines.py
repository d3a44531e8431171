"""The lines written for this project: their form, and that what is judged by was never learnt from."""

from collections import Counter

import pytest

from config.policy import CATEGORIES
from monitor.language.training.examples import examples, part_of
from monitor.language.training.heads import HEADS
from monitor.language.training.heads import OFFENSIVE as OFFENSIVE_HEADS
from monitor.language.training.written_lines import TRAINING, UNSEEN, written_lines
from monitor.model import OFFENSIVE


def test_a_header_labels_the_lines_below_it(tmp_path):
    (tmp_path / "a.txt").write_text("= threat abuse | veiled\n# a note\n\nfirst\\nsecond line\n= - | idiom\nthird\n")
    first, second = written_lines(tmp_path)
    assert (first.text, first.labels, first.group, first.file) == (
        "first\nsecond line", frozenset({"threat", "abuse"}), "veiled", "a",
    )  # fmt: skip
    assert (second.text, second.labels, second.group) == ("third", frozenset(), "idiom")


def test_an_unknown_category_is_named_with_its_place(tmp_path):
    (tmp_path / "a.txt").write_text("= rudeness | x\nhello\n")
    with pytest.raises(ValueError, match=r"a\.txt, line 1: rudeness is no category"):
        list(written_lines(tmp_path))


def test_a_line_before_any_header_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("hello\n")
    with pytest.raises(ValueError, match=r"a\.txt, line 1: a comment stands before the first header"):
        list(written_lines(tmp_path))


def test_at_least_three_thousand_lines_cover_every_category_and_as_many_harmless_ones_beside_them():
    lines = list(written_lines(TRAINING))
    of_category = Counter(label for line in lines for label in line.labels)
    assert len(lines) >= 3_000
    assert min(of_category[name] for name in CATEGORIES) >= 100
    assert sum(not line.labels for line in lines) >= len(lines) / 5


def test_no_unseen_line_stands_among_those_learnt_from():
    learnt = {plain(line.text) for line in written_lines(TRAINING)}
    seen = [line.text for line in written_lines(UNSEEN) if len(line.text) > 12 and plain(line.text) in learnt]
    assert seen == []


def test_unseen_lines_are_always_for_testing_and_know_every_head():
    ours = [example for example in examples(None) if example.source.startswith("unseen")]
    assert {example.part for example in ours} == {"test"}
    assert all(example.known == frozenset(HEADS) for example in ours)


def test_the_heads_are_the_categories_of_the_program_and_offensive():
    assert (*CATEGORIES, "offensive") == HEADS
    assert set(OFFENSIVE_HEADS) == set(OFFENSIVE)


def test_one_text_falls_into_one_part_however_it_is_spelt():
    assert part_of("Lovely day!") == part_of("  ＬＯＶＥＬＹ d\u200bay ")


def plain(text):
    return " ".join(text.lower().split())
