"""A head fitted anew takes a second look of its own, and no other head of the large model notices."""

import shutil

import numpy as np
import pytest

from monitor.language.models.combined import SHIPPED
from monitor.language.models.minilm import MiniLM
from monitor.language.training.heads import HEADS

onnx = pytest.importorskip("onnx", reason="needs the extra [train], with which models are fitted")
pytest.importorskip("torch", reason="needs the extra [train], with which models are fitted")

from monitor.language.training.fit_second_look import fit  # noqa: E402  # only where torch is
from monitor.language.training.second_look import WIDTH, Layers, put_into  # noqa: E402  # only where onnx is

ASKING = [
    "what time is the fair",
    "can siblings come along",
    "where do we pay",
    "is it muddy",
    "how much are tickets",
]
TELLING = [
    "lovely fair",
    "siblings had a great time",
    "we paid at the gate",
    "it was muddy",
    "tickets were cheap " * 9,
]
TEXTS = [*ASKING, *TELLING]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return shutil.copytree(SHIPPED, tmp_path_factory.mktemp("models") / "shipped")


@pytest.fixture(scope="module")
def learnt(folder):
    """The questions of a few texts, learnt by heart."""
    many = TEXTS * 40
    holds = np.array([text in ASKING for text in many])
    return fit(*Layers(folder).of(many), holds, np.ones(len(many)))


def refitted(folder, learnt):
    made = onnx.load(str(folder / "minilm.onnx"))
    put_into(made, "question", learnt)
    onnx.save(made, str(folder / "minilm.onnx"))
    return made, MiniLM(folder).logits(TEXTS)


def test_the_head_learns_and_all_others_answer_as_before(folder, learnt):
    before = MiniLM(folder).logits(TEXTS)
    _, after = refitted(folder, learnt)
    column = HEADS.index("question")
    assert (after[: len(ASKING), column] > 1).all()
    assert (after[len(ASKING) :, column] < -1).all()
    np.testing.assert_array_equal(np.delete(after, column, axis=1), np.delete(before, column, axis=1))


def test_its_answer_is_what_was_learnt_however_long_its_neighbours_are(folder, learnt):
    _, answers = refitted(folder, learnt)
    pieces, pooled = Layers(folder).of(TEXTS)
    for row, (own, mean) in enumerate(zip(pieces, pooled, strict=True)):
        edged = np.pad(own.astype(np.float32), ((1, 1), (0, 0)))
        fits = sum(edged[at : at + len(own)] @ learnt.patterns[:, :, at].T for at in range(3)) + learnt.bias
        fits = np.maximum(fits, 0)
        told = np.concatenate([fits.max(axis=0), fits.mean(axis=0)]) @ learnt.share
        expected = told + mean @ learnt.pooled + learnt.added
        assert answers[row, HEADS.index("question")] == pytest.approx(expected, abs=0.02)  # half as many digits


def test_a_head_that_has_a_second_look_only_changes_what_it_knows(folder, learnt):
    once, _ = refitted(folder, learnt)
    twice, _ = refitted(folder, learnt)
    assert len(twice.graph.node) == len(once.graph.node)
    assert len(twice.graph.initializer) == len(once.graph.initializer)
    assert learnt.patterns.shape[0] == WIDTH
