"""`classify` against the interface of the judge: every line answered, in order, with every score."""

import io
import json
import sys

import pytest
from configuration_file import ENVIRON, GOOD
from fake_judge import FakeJudge

from config.policy import CATEGORIES
from monitor.__main__ import main

JUDGE = {"idiot": ("abuse", 0.987654321), "why": ("question", 0.7), "hmm": ("hate", 0.31)}


@pytest.fixture
def judge(monkeypatch):
    fake = FakeJudge(JUDGE)
    monkeypatch.setattr("monitor.language.school_judge.judge_for", lambda *given: fake)
    return fake


@pytest.fixture
def classify(judge, monkeypatch, capsys):
    """Give these lines to the command, and read what it says: (status, answers)."""

    def ask(*lines, options=()):
        class Given:
            buffer = io.BytesIO(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))

        monkeypatch.setattr(sys, "stdin", Given)
        status = main(["classify", *options])
        return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return ask


def line(text, line_id="1"):
    return json.dumps({"id": line_id, "text": text})


def test_every_category_has_a_score_and_so_has_offensive(classify):
    status, (answer,) = classify(line("hmm"))
    assert (status, answer["id"], answer["flags"]) == (0, "1", [])
    assert set(answer["scores"]) == {"offensive", *CATEGORIES}
    assert (answer["scores"]["hate"], answer["scores"]["offensive"], answer["scores"]["spam"]) == (0.31, 0.31, 0.0)


def test_a_flag_says_what_where_how_sure_and_why(classify):
    _, (answer,) = classify(line("you idiot"))
    assert answer["flags"] == [
        {
            "category": "abuse",
            "severity": "serious",
            "score": 0.9877,
            "detector": "words/2",
            "start": 4,
            "end": 9,
            "reason": "Says a word.",
        }
    ]
    assert answer["scores"]["abuse"] == 0.9877


def test_a_question_is_named_here_although_it_is_no_alarm(classify):
    _, (answer,) = classify(line("why"))
    assert [flag["category"] for flag in answer["flags"]] == ["question"]


def test_answers_keep_the_order_of_the_lines_and_each_id_as_it_came(classify):
    ids = ["a", 7, None, {"deep": [1]}, "a"]
    status, answers = classify(*(line("idiot", each) for each in ids))
    assert (status, [answer["id"] for answer in answers]) == (0, ids)


def test_a_bad_line_is_answered_in_its_place_and_costs_the_others_nothing(classify, judge):
    bad = [
        b"nonsense",
        b'{"id": "x"}',
        b'{"id": 1, "text": 2}',
        b"[]",
        b'"text"',
        b'{"id": NaN, "text": ""}',
        b"\xff",
    ]
    status, answers = classify(line("idiot", "before"), *bad, b"[" * 100_000, line("fine", "after"))
    assert status == 1
    assert [answers[0]["id"], answers[-1]["id"]] == ["before", "after"]
    assert all(answer["error"] for answer in answers[1:-1])
    assert answers[2]["id"] == "x"
    assert judge.batches == [2]


def test_many_lines_are_judged_together_and_never_more_than_sixty_four(classify, judge):
    _, answers = classify(*(line("idiot", number) for number in range(150)))
    assert [answer["id"] for answer in answers] == list(range(150))
    assert judge.batches == [64, 64, 22]


def test_without_a_line_there_is_no_answer(classify):
    assert classify(b"") == (0, [])


@pytest.mark.parametrize("options", [("--policy", "nosuch"), ("--config", "nowhere.toml")])
def test_what_cannot_be_read_is_refused_before_any_line(classify, options):
    assert classify(line("idiot"), options=options) == (2, [])


def test_a_school_is_judged_with_its_own_settings_and_its_own_policy(tmp_path, monkeypatch, classify, judge):
    given = []
    monkeypatch.setattr("monitor.language.school_judge.judge_for", lambda *all_of: given.append(all_of) or judge)
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "school-monitor.toml"
    file.write_text(GOOD.replace("[response]", '[judging]\nallow = ["Cockermouth"]\n[response]'))
    assert classify(line("idiot"), options=("--config", str(file), "--models", "fast"))[0] == 0
    ((settings, models),) = given
    assert (settings.allow, models) == (("Cockermouth",), "fast")
