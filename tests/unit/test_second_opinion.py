"""A second opinion: asked only in doubt, never about what must not leave, not waited for; it takes nothing away."""

import logging
import threading
from importlib.metadata import EntryPoint, EntryPoints

import pytest
from fake_judge import FakeJudge
from hypothesis import given
from hypothesis import strategies as st

from config.policy import CATEGORIES
from monitor.asking import Asked, with_second_opinion
from monitor.language import second_opinion
from monitor.language.finding import Finding
from monitor.language.judging import Found, Judgement
from monitor.language.second_opinion import NoSuchOpinion, installed, may_be_asked, usable_scores
from monitor.model import Category

NAME_IN_TEXT = "Wilhelmina"


class County:
    """A second opinion that answers what it was told to answer."""

    name, version, what_leaves = "county", "3", "The words of a comment go to County Hall, without a name."

    def __init__(self, answer=None):
        self.answer, self.asked = {} if answer is None else answer, []

    def opinion(self, text):
        self.asked.append(text)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def judged(text="hmm", **scores):
    """A text judged with these scores; those of 0.5 and more have a finding."""
    parts = [FakeJudge({text: (name, score)}).assess(text) for name, score in scores.items()]
    found = tuple(one for part in parts for one in part.found)
    return Judgement(FakeJudge({}).assess(text).scores | scores, found)


def heard(opinion, *judgements, text="hmm", **options):
    page = [Asked(f"c{number}", text, each) for number, each in enumerate(judgements)]
    return with_second_opinion(opinion, page, {}, **options)


@pytest.mark.parametrize("score", [0.15, 0.5, 0.85])
def test_it_is_asked_where_a_category_is_in_doubt(score):
    assert may_be_asked("hmm", judged(bullying=score))


@pytest.mark.parametrize("score", [0.0, 0.149, 0.851, 1.0])
def test_it_is_not_asked_where_nothing_is_in_doubt(score):
    assert not may_be_asked("hmm", judged(bullying=score))


@pytest.mark.parametrize("category", ["personal_data", "self_harm", "grooming"])
@pytest.mark.parametrize("score", [0.15, 0.4, 0.9])
def test_any_sign_of_what_must_not_leave_keeps_the_text_here(category, score):
    assert not may_be_asked("hmm", judged(bullying=0.5, **{category: score}))


@pytest.mark.parametrize(
    "text", ["nice legs on that year 9 girl", "your son in 7B is hot", "she is 14 years old", "KIDS"]
)
def test_sexual_words_about_a_child_never_leave(text):
    assert not may_be_asked(text, judged(text, sexual=0.2))
    assert may_be_asked(text, judged(text, abuse=0.2))


def test_a_sexual_remark_about_nobody_young_may_be_asked_about():
    assert may_be_asked("what a body", judged(sexual=0.4))


def test_what_a_check_could_not_look_at_stays_here():
    judgement = judged(abuse=0.5)
    failed = Found(Finding(Category.COULD_NOT_BE_CHECKED, "concern", 1.0, 0, 0, "It failed."), "words/2")
    assert not may_be_asked("hmm", Judgement(judgement.scores, (*judgement.found, failed)))


def test_a_very_long_text_stays_here():
    assert not may_be_asked("h" * 3_001, judged(abuse=0.5))


def test_it_can_raise_a_flag_that_names_it_and_marks_the_whole_text():
    (answer,) = heard(County({"bullying": 0.8}), judged(abuse=0.3))
    (found,) = answer.found
    assert (found.detector, found.finding.category, found.finding.score) == (
        "second-opinion:county/3",
        "bullying",
        0.8,
    )
    assert (found.finding.start, found.finding.end) == (0, 3)
    assert "county" in found.finding.reason
    assert (answer.scores["bullying"], answer.scores["offensive"], answer.scores["abuse"]) == (0.8, 0.8, 0.3)


def test_below_the_threshold_of_the_school_it_raises_none():
    page = [Asked("c1", "hmm", judged(abuse=0.3))]
    (answer,) = with_second_opinion(County({"bullying": 0.6}), page, {"bullying": 0.7})
    assert answer.found == ()


@given(
    st.dictionaries(st.sampled_from([*CATEGORIES, "offensive", "nonsense"]), st.floats(allow_nan=True) | st.text()),
    st.floats(0, 1),
)
def test_whatever_it_says_no_score_sinks_and_no_flag_goes(answer, score):
    before = judged(abuse=score, threat=0.3)
    (after,) = heard(County(answer), before)
    assert all(after.scores[name] >= before.scores[name] for name in before.scores)
    assert after.found[: len(before.found)] == before.found
    assert all(0 <= each <= 1 for each in after.scores.values())


@pytest.mark.parametrize("answer", [None, [], "abuse", 7, {"abuse": True}, {"abuse": 2}, {"abuse": float("nan")}])
def test_an_answer_that_makes_no_sense_is_no_answer(answer):
    assert usable_scores(answer) == {}


def test_its_failure_is_told_by_number_without_a_word_and_ends_the_asking_for_the_page(caplog):
    broken = County(ValueError(f"cannot read {NAME_IN_TEXT}"))
    doubtful = judged(NAME_IN_TEXT, abuse=0.3)
    with caplog.at_level(logging.WARNING):
        answers = heard(broken, doubtful, doubtful, text=NAME_IN_TEXT)
    assert answers == [doubtful, doubtful]
    assert len(broken.asked) == 1
    assert "second opinion county: not heard on 'c0': ValueError" in caplog.text
    assert NAME_IN_TEXT not in caplog.text


def test_one_that_does_not_answer_is_not_waited_for(caplog):
    class Silent(County):
        never = threading.Event()

        def opinion(self, text):
            self.asked.append(text)
            self.never.wait()

    silent, doubtful = Silent(), judged(abuse=0.3)
    try:
        assert heard(silent, doubtful, doubtful, wait_seconds=0.01) == [doubtful, doubtful]
    finally:
        silent.never.set()
    assert len(silent.asked) == 1
    assert "no answer in 0.01 seconds" in caplog.text


@pytest.fixture
def offered(monkeypatch):
    """Offer an object under the name "county"."""

    def offer(what):
        monkeypatch.setattr(f"{__name__}.OFFERED", what, raising=False)
        point = EntryPoint("county", f"{__name__}:OFFERED", second_opinion.GROUP)
        monkeypatch.setattr(second_opinion, "entry_points", lambda group: EntryPoints([point]))

    return offer


def test_the_one_that_the_school_names_is_found_by_its_entry_point(offered):
    offered(County)
    assert installed("county").what_leaves.startswith("The words of a comment")


def test_one_that_is_not_installed_is_told_with_those_that_are(offered):
    offered(County)
    with pytest.raises(NoSuchOpinion, match=r'no second opinion "shire" installed \(installed: county\)'):
        installed("shire")


def test_one_that_does_not_start_is_told_without_its_own_words(offered):
    def broken():
        raise RuntimeError(NAME_IN_TEXT)

    offered(broken)
    with pytest.raises(NoSuchOpinion, match="does not start") as said:
        installed("county")
    assert NAME_IN_TEXT not in str(said.value)


@pytest.mark.parametrize("missing", ["name", "version", "what_leaves", "opinion"])
def test_one_that_is_made_otherwise_is_refused(offered, missing):
    offered(type("Odd", (County,), {missing: ""}))
    with pytest.raises(NoSuchOpinion, match=r"docs/judging\.md"):
        installed("county")
