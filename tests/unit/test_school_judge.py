"""From settings to a judge: the school's own words, thresholds and models, and what a list to try out changes."""

import subprocess
import sys

from config.judging import CandidateList, JudgingSettings
from monitor.language.own_words import OwnWords
from monitor.language.school_judge import judge_for, with_candidate
from monitor.model import Category

SETTINGS = JudgingSettings.model_validate(
    {
        "models": "fast",
        "allow": ("Cockermouth", "oakie"),
        "deny": ({"term": "muppet", "category": "abuse"}, {"term": "cave", "category": "bullying"}),
        "thresholds": {"spam": 0.8},
        "read_languages": ("cy",),
    }
)


def candidate(**content):
    return with_candidate(SETTINGS, CandidateList.model_validate(content))


def test_a_judge_has_what_the_school_set():
    judge = judge_for(SETTINGS)
    assert (judge.models, judge.languages) == ("fast", frozenset({"cy"}))
    assert (judge.thresholds["spam"], judge.thresholds["threat"]) == (0.8, 0.5)
    assert judge.own == OwnWords.of(SETTINGS)
    assert judge.own.deny[0].category is Category.ABUSE


def test_other_models_can_be_asked_for():
    assert judge_for(SETTINGS, "none").models == "none"


def test_the_words_of_a_list_come_on_top_and_the_rest_stays():
    tried = candidate(allow=("Scunthorpe",), deny=({"term": "oakie rat", "category": "bullying"},))
    assert tried.allow == ("Cockermouth", "oakie", "Scunthorpe")
    assert [each.term for each in tried.deny] == ["muppet", "cave", "oakie rat"]
    assert (tried.models, tried.thresholds, tried.read_languages) == ("fast", SETTINGS.thresholds, ("cy",))


def test_where_the_two_contradict_each_other_the_list_is_right():
    tried = candidate(allow=("Muppet",), deny=({"term": "Oakie", "category": "bullying"},))
    assert tried.allow == ("Cockermouth", "Muppet")
    assert [each.term for each in tried.deny] == ["cave", "Oakie"]


def test_a_term_named_again_has_the_severity_the_list_gives_it():
    tried = candidate(deny=({"term": "muppet", "category": "abuse", "severity": "urgent"},))
    assert [(each.term, each.severity) for each in tried.deny] == [("cave", "concern"), ("muppet", "urgent")]


def test_thresholds_and_models_change_where_the_list_names_them():
    tried = candidate(thresholds={"hate": 0.3}, models="none")
    assert (tried.thresholds.spam, tried.thresholds.hate, tried.models) == (0.8, 0.3, "none")


def test_commands_that_judge_nothing_import_no_model():
    program = (
        "import sys; import monitor.__main__; from monitor.commands import classify, rehearse, queue, show;"
        "import monitor.wiring;"
        "print(sorted({'numpy', 'onnxruntime', 'tokenizers', 'monitor.language.judging'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
