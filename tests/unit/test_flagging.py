"""What a policy makes of what was found."""

from datetime import date

from config.policy import CategoryRule, PolicyPack
from monitor.language.flagging import flags_of
from monitor.language.judging import Judge
from monitor.model import Category

POLICY = PolicyPack(
    id="test",
    name="Test policy",
    version="1",
    review_by=date(2027, 9, 1),
    response_clause="Monitoring",
    response_in_words="Everything is answered within a day.",
    categories={
        "abuse": CategoryRule(severity="serious", clause="Handling abuse"),
        "threat": CategoryRule(severity="note", clause="Cyber bullying"),
    },
)


def judge(text):
    return flags_of(Judge(models="none").assess(text), POLICY)


def test_the_policy_gives_clause_and_severity():
    (flag,) = judge("idiots")
    assert (flag.severity, flag.clause, flag.detector) == ("serious", "Handling abuse", "words/3")


def test_a_policy_cannot_play_down_what_a_rule_calls_urgent():
    (flag,) = judge("I know where you live")
    assert (flag.category, flag.severity, flag.clause) == (Category.THREAT, "urgent", "Cyber bullying")


def test_a_category_the_policy_does_not_name_is_flagged_without_a_clause():
    (flag,) = judge("go back to your own country")
    assert (flag.category, flag.severity, flag.clause) == (Category.HATE, "serious", "")


def test_of_one_category_the_first_five_of_a_check_are_enough():
    assert len(judge("idiot " * 1000)) == 5
