"""The second model: neither the comments it is asked about together nor their lengths change what it says of one."""

import numpy as np
import pytest

from monitor.language.models.combined import SHIPPED
from monitor.language.models.minilm import MiniLM

TEXTS = [
    "thanks", "", "you absolute muppet", "what time does the fair start on saturday, and is there parking?",
    "the cat sat on the mat and " * 40, "I know where you live", "lovely " * 300, "a", "🤡",
    "see you at the gate then",
]  # fmt: skip


@pytest.fixture(scope="module")
def model():
    return MiniLM(SHIPPED)


def test_texts_of_all_lengths_are_answered_together_as_one_by_one(model):
    together = model.logits(TEXTS)
    assert together.shape == (len(TEXTS), 16)
    for row, text in enumerate(TEXTS):
        np.testing.assert_allclose(together[row], model.logits([text])[0], atol=1e-3)


def test_the_order_of_the_texts_does_not_matter(model):
    np.testing.assert_allclose(model.logits(TEXTS[::-1])[::-1], model.logits(TEXTS), atol=1e-3)


def test_a_threat_at_the_end_of_a_long_text_is_read(model):
    quiet = "It was a lovely afternoon and the children sang so well. " * 30
    raised = model.logits([quiet + "I will find you and break your legs"])[0] - model.logits([quiet])[0]
    assert raised.max() > 3


def test_a_folder_without_the_model_is_refused(tmp_path):
    with pytest.raises(Exception, match="minilm"):
        MiniLM(tmp_path)
