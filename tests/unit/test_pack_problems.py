"""A pack that is not right is refused with its line and what was meant; an old one without the new tables loads."""

import re

import pytest

from config.handling import SILENT
from config.packs import POLICIES, read_pack
from config.problems import ConfigurationProblems

PACK = (POLICIES / "default.toml").read_text("utf-8")
TELL = 'tell = { first = ["moderator"], then = ["senior", "head"] }\n'


def told(tmp_path, text):
    """The problems of a pack with this text."""
    file = tmp_path / "own.toml"
    file.write_text(text, "utf-8")
    try:
        read_pack(file)
    except ConfigurationProblems as wrong:
        return [str(problem) for problem in wrong.problems]
    return []


def line(text, words):
    """The number of the line on which some words first stand."""
    return text[: text.index(words)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "at", "expected"),
    [
        (
            TELL,
            'tel = { first = ["head"] }\n',
            "tel =",
            'categories.abuse.tel is not a setting. Did you mean "tell"?',
        ),
        (
            "keep_out = { named =",
            "keep_out = { name =",
            "{ name",
            'keep_out.name is not a setting. Did you mean "named"?',
        ),
        (TELL, 'tell = { first = ["hed"] }\n', '["hed"]', '(found "hed"). Did you mean "head"?'),
        (
            TELL,
            'tell = { first = ["governors"] }\n',
            '["governors"]',
            "categories.abuse.tell.first[0] must be one of",
        ),
        (TELL, "tell = { first = [] }\n", "first = []", "categories.abuse.tell.first needs at least 1"),
        (TELL, 'tell = { first = ["head", "head"] }\n', '["head", "head"]', "tell: named twice: head"),
        (TELL, 'tell = { first = ["technician"] }\n', '["technician"]', "a technician looks after the connections"),
        (TELL, 'first = ["head"]\n', 'first = ["head"]\n', "It belongs in [categories.abuse.tell]"),
        ('answer = "hold"', 'answer = "never"', '"never"', "hold.answer must be one of in_time, hold, redirect"),
        ('answer = "hold"', 'answer = "redirect"', '"redirect"', "`redirect_to` goes with answer"),
        (
            '[[ladder]]\nid = "written',
            '[[lader]]\nid = "written',
            "[[lader]]",
            'not a setting. Did you mean "ladder"?',
        ),
        ('id = "written_warning"', 'id = "Warning!"', "Warning!", "ladder[1].id must be 2 to 31 small letters"),
        ('by = ["head", "senior"]', 'by = ["head", "snior"]', '"snior"', 'Did you mean "senior"?'),
        ('by = ["head", "senior"]', "by = []", "by = []", "ladder[1].by needs at least 1"),
        ('needs = ["aim"', 'needs = ["aims"', '"aims"', 'Did you mean "aim"?'),
        ("moderators = 2", "moderators = 0", "moderators = 0", "accounts.moderators must be at least 1"),
        ("quiet_days = 60", "quiet_day = 60", "quiet_day =", 'Did you mean "quiet_days"?'),
        (
            "promises = true",
            "promise = true",
            "promise =",
            'outgoing.promise is not a setting. Did you mean "promises"?',
        ),
        ("chair_of_governors", "head", "instead_of_the_head", "a head cannot stand in where the head may not see it"),
        ("[response]", "[response]\nversion = 1", "version = 1", "It belongs at the top of the file"),
        ("review_by = 2027-09-01", 'review_by = "soon"', "soon", "review_by: a day is written YYYY-MM-DD"),
    ],
)
def test_each_mistake_is_told_on_its_line_with_what_would_be_right(tmp_path, old, new, at, expected):
    text = PACK.replace(old, new, 1)
    assert text != PACK
    problems = told(tmp_path, text)
    assert len(problems) == 1
    assert problems[0].startswith(f"own.toml line {line(text, at)}: ")
    assert expected in problems[0]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            '[[ladder]]\nid = "discuss"\nwhat = "Once more."\n',
            "ladder: each stage has an id of its own; discuss appears",
        ),
        (
            '[[house_rules]]\nnumber = "1"\nwords = "Be kind."\n' * 2,
            "house_rules: each house rule has a number of its own; 1 appears twice",
        ),
    ],
)
def test_what_has_a_name_of_its_own_cannot_be_there_twice(tmp_path, table, expected):
    (problem,) = told(tmp_path, PACK + table)
    assert expected in problem
    assert " line " in problem


def test_a_category_that_is_missing_is_named(tmp_path):
    text = re.sub(r"\[categories\.spam\].*?\n\n", "", PACK, flags=re.DOTALL)
    (problem,) = told(tmp_path, text)
    assert problem.endswith("[categories.spam] is missing; a pack has an entry for every category")


def test_mistakes_in_many_places_are_told_at_once(tmp_path):
    text = PACK.replace(TELL, 'tel = { first = ["head"] }\n', 1)
    text = text.replace("quiet_days", "quietdays").replace("promises", "x")
    assert len(told(tmp_path, text)) == 3


def from_before(text):
    """A pack as it was written before there were tables on who is told, what is held, and all that."""
    text = re.sub(r"(?m)^(tell|hold|keep_out|instead_of_the_head) = .*\n", "", text[: text.index("# The steps of")])
    return text.replace('clause = "', 'clause = "Our ')


def test_a_pack_from_before_these_tables_loads_and_handles_everything_as_is_usual(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(from_before(PACK), "utf-8")
    pack, usual = read_pack(file), read_pack(POLICIES / "default.toml")
    assert pack.instead_of_the_head == "chair_of_governors"
    assert (pack.ladder, pack.house_rules) == ((), ())
    for name, rule in pack.categories.items():
        assert rule.clause.startswith("Our ")
        for part in ("tell", "hold", "keep_out"):
            ours, theirs = getattr(rule, part), getattr(usual.categories[name], part)
            assert ours.clause == SILENT
            assert ours.model_copy(update={"clause": ""}) == theirs.model_copy(update={"clause": ""})


def test_a_pack_keeps_the_tables_it_has_beside_those_it_leaves_out(tmp_path):
    own = '[categories.allegation.tell]\nfirst = ["chair_of_governors"]\n'
    file = tmp_path / "own.toml"
    file.write_text(from_before(PACK) + own, "utf-8")
    allegation = read_pack(file).categories["allegation"]
    assert allegation.tell.first == ("chair_of_governors",)
    assert (allegation.tell.then, allegation.tell.clause) == ((), "")
    assert allegation.keep_out.only_those_told
    assert allegation.hold.removal == "after_advice"
