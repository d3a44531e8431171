"""The small model: what it looks at, and that neither a batch nor a long text changes what it says of a comment."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.language.models import word_sums
from monitor.language.models.features import BUCKETS, places_of, words_of
from monitor.language.models.linear import LONGEST_WHOLE, LinearModel, lengths_of
from monitor.language.models.telling_words import MOST_WORDS, telling_stretch

TEXTS = st.lists(st.text(max_size=60), min_size=1, max_size=6)


def model(seed=1, heads=3):
    random = np.random.default_rng(seed)
    return LinearModel(
        random.integers(-127, 128, (BUCKETS, heads), dtype=np.int8),
        np.full(heads, 0.01, np.float32),
        np.zeros(heads, np.float32),
        random.random(BUCKETS).astype(np.float32) + np.float32(0.1),
    )


MODEL = model()


@given(TEXTS)
def test_a_text_is_looked_at_alike_alone_and_among_others(texts):
    together = places_of(texts)
    bounds = [*together.starts, len(together.places)]
    for row, text in enumerate(texts):
        assert together.places[bounds[row] : bounds[row + 1]].tolist() == places_of([text]).places.tolist()


@given(TEXTS)
@settings(deadline=None)
def test_a_batch_answers_as_one_by_one(texts):
    together = MODEL.logits(texts)
    assert together.shape == (len(texts), 3)
    for row, text in enumerate(texts):
        np.testing.assert_allclose(together[row], MODEL.logits([text])[0], rtol=1e-4, atol=1e-4)


@given(TEXTS)
@settings(deadline=None)
def test_each_word_of_a_text_speaks_as_loudly_among_other_texts(texts):
    texts = [*texts, "a very long day " * 200]
    together = MODEL.look(texts)
    for row, text in enumerate(texts):
        if not words_of(text):
            continue
        np.testing.assert_allclose(together.by_word(row, 1), MODEL.by_word(text, 1), rtol=1e-4, atol=1e-5)


def place_by_place(texts):
    """What the model says where every place of every text is looked at, as it is when a model is fitted."""
    places = places_of(texts)
    counts = np.diff(places.starts, append=len(places.places))
    values = MODEL.idf[places.places] / np.repeat(lengths_of(places, MODEL.idf), counts)
    sums = np.add.reduceat(MODEL.weights[places.places] * values[:, None], places.starts, axis=0)
    return sums * MODEL.scale + MODEL.bias


@given(TEXTS)
@settings(deadline=None)
def test_sums_over_remembered_words_are_sums_over_places(texts):
    for _ in range(2):  # met for the first time, and met again
        np.testing.assert_allclose(MODEL.logits(texts), place_by_place(texts), rtol=1e-4, atol=1e-4)


def test_more_words_than_are_remembered_make_no_difference(monkeypatch):
    monkeypatch.setattr(word_sums, "MOST_REMEMBERED", 5)
    forgetful = model()
    for texts in (["one two three"], ["four five six seven", ""], ["one two eight nine ten eleven twelve"], ["one"]):
        np.testing.assert_allclose(forgetful.logits(texts), place_by_place(texts), rtol=1e-4, atol=1e-4)


def test_letters_are_taken_inside_words_only():
    apart, joined = places_of(["ab cd"]), places_of(["abcd"])
    assert set(places_of(["ab"]).places) & set(places_of(["cd"]).places) <= set(apart.places)
    assert len(set(joined.places) - set(apart.places)) > 0


def test_what_stands_at_the_end_of_a_long_text_is_not_drowned():
    quiet = "lovely day at school today and the sun was out " * 100
    loud = "zzqx vvkw"
    head = int(np.argmax(MODEL.logits([loud])[0] - MODEL.logits([quiet])[0]))
    assert len(quiet) > LONGEST_WHOLE
    assert MODEL.logits([quiet + loud])[0][head] >= MODEL.logits([quiet])[0][head]


def test_lone_surrogates_and_nothing_at_all_are_texts_too():
    assert MODEL.logits(["", "\ud800", "   ", "🙂"]).shape == (4, 3)
    assert MODEL.logits([]).shape == (0, 3)


@given(st.text(max_size=80))
def test_the_telling_words_stand_in_the_text(text):
    start, end = telling_stretch(text, MODEL.by_word(text, 0))
    assert 0 <= start <= end <= len(text)
    assert len([1 for begin, stop in words_of(text) if start <= begin and stop <= end]) <= max(
        MOST_WORDS, len(words_of(text)) if (start, end) == (0, len(text)) else 0
    )


def test_the_word_that_weighs_most_is_among_the_telling_ones():
    weights = np.zeros((BUCKETS, 1), np.int8)
    weights[places_of(["vile"]).places] = 100
    weights[places_of([""]).places] = 0
    found = LinearModel(weights, np.ones(1, np.float32), np.zeros(1, np.float32), np.ones(BUCKETS, np.float32))
    text = "the lunch was vile again on tuesday"
    start, end = telling_stretch(text, found.by_word(text, 0))
    assert "vile" in text[start:end]
    assert end - start < len(text)


def test_a_model_is_read_as_it_was_written(tmp_path):
    random = np.random.default_rng(3)
    idf = random.integers(0, 255, BUCKETS, dtype=np.uint8)
    np.savez_compressed(tmp_path / "linear.npz", weights=MODEL.weights, scale=MODEL.scale, bias=MODEL.bias, idf=idf)
    loaded = LinearModel.load(tmp_path / "linear.npz")
    assert (loaded.weights == MODEL.weights).all()
    assert loaded.idf.dtype == np.float32


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / "linear.npz").write_bytes(b"not a model")
    with pytest.raises((ValueError, OSError)):
        LinearModel.load(tmp_path / "linear.npz")
