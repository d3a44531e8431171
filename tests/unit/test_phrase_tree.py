"""Phrases are found in a tree that grows as it is asked: what it holds is what was put in."""

from hypothesis import example, given
from hypothesis import strategies as st

from monitor.language.phrase_tree import PhraseTree
from monitor.language.terms import expand, pieces_of

WORDS = st.sampled_from(["a", "b", "c", "d"])
PHRASES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
CHOICES = PHRASES | st.just("")


def in_brackets(inner):
    group = st.lists(inner | CHOICES, min_size=1, max_size=3).map(lambda choices: f"({'|'.join(choices)})")
    return st.lists(group | PHRASES, min_size=1, max_size=3).map(" ".join)


TERMS = st.recursive(PHRASES, in_brackets, max_leaves=8)


def meant(tree, phrase):
    nodes = [tree]
    for word in phrase.split():
        nodes = [after for node in nodes for after in node.after(word)]
    return {end for node in nodes for end in node.ends}


@given(st.lists(PHRASES, max_size=12), PHRASES)
def test_a_phrase_is_found_when_it_was_put_in_and_no_other(phrases, asked):
    tree = PhraseTree()
    for number, phrase in enumerate(phrases):
        tree.add([phrase], number)
    assert meant(tree, asked) == {number for number, phrase in enumerate(phrases) if phrase == asked}


@given(TERMS)
@example("(a|b c) (d|) a")
def test_a_term_kept_with_its_brackets_stands_for_the_same_phrases_as_one_spelt_out(term):
    kept, spelt_out = PhraseTree(), PhraseTree()
    kept.add_choices(pieces_of(term), "it")
    spelt_out.add(expand(term), "it")
    for phrase in {*expand(term), *(" ".join(phrase.split()[:-1]) for phrase in expand(term))} - {""}:
        assert meant(kept, phrase) == meant(spelt_out, phrase)


@given(st.lists(PHRASES, max_size=12), PHRASES)
def test_what_may_begin_never_leaves_out_a_phrase_that_follows(phrases, text):
    tree = PhraseTree()
    tree.add(phrases, "it")
    first, *others = text.split()
    if any(f"{text} ".startswith(f"{phrase} ") for phrase in phrases):
        assert tree.may_begin(first, others[:1])
