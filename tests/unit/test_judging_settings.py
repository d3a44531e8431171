"""The table [judging]: the school's own words and thresholds, refused in words where they make no sense."""

import pytest
from configuration_file import GOOD, load, told

from config.judging import SAFEGUARDING, CandidateList, OwnLists, Thresholds
from config.policy import CATEGORIES
from monitor.language.own_words import NO_OWN_WORDS, DenyTerm, OwnWords
from monitor.model import Category


def judging(*lines):
    return GOOD.replace("[response]", "[judging]\n" + "\n".join(lines) + "\n[response]")


def only(tmp_path, *lines):
    """The one thing said about a table [judging] with these lines."""
    (problem,) = told(tmp_path, judging(*lines))
    return problem.partition(": ")[2]


def test_without_the_table_everything_is_judged_by_both_models_at_one_half(tmp_path):
    settings = load(tmp_path, GOOD).judging
    assert (settings.models, settings.second_opinion, settings.read_languages) == ("full", "", ())
    assert settings.thresholds.by_category() == dict.fromkeys(("offensive", *CATEGORIES), 0.5)
    assert OwnWords.of(settings) == NO_OWN_WORDS


def test_what_the_school_writes_is_what_is_judged_with(tmp_path):
    settings = load(
        tmp_path,
        judging(
            'models = "fast"',
            "thresholds = { profanity = 0.7, self_harm = 0.3 }",
            'allow = ["Cockermouth", "Mr Dicks"]',
            'deny = [{ term = "oakie rat", category = "bullying" }]',
            'read_languages = ["cy", "pl"]',
            'second_opinion = "county"',
        ),
    ).judging
    assert settings.thresholds.by_category()["self_harm"] == 0.3
    assert settings.thresholds.by_category()["threat"] == 0.5
    words = OwnWords.of(settings)
    assert words.allow == ("Cockermouth", "Mr Dicks")
    assert words.deny == (DenyTerm("oakie rat", Category.BULLYING, "concern"),)
    assert (settings.models, settings.read_languages, settings.second_opinion) == ("fast", ("cy", "pl"), "county")


def test_every_category_has_a_threshold_and_there_is_one_for_all_that_is_offensive():
    assert set(Thresholds.model_fields) == {"offensive", *CATEGORIES}
    assert set(SAFEGUARDING) < set(CATEGORIES)


@pytest.mark.parametrize("category", SAFEGUARDING)
def test_a_safeguarding_category_cannot_be_made_deaf_and_the_reason_is_said(tmp_path, category):
    said = only(tmp_path, f"thresholds = {{ {category} = 0.71 }}")
    assert said.startswith(
        f"judging.thresholds.{category}: a safeguarding category is flagged from 0.7 at the latest"
    )
    assert "a child at risk whom nobody noticed" in said
    assert said.endswith("(found 0.71)")
    assert told(tmp_path, judging(f"thresholds = {{ {category} = 0.7 }}")) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("thresholds = { spam = 0.96 }", "judging.thresholds.spam must be at most 0.95 (found 0.96)"),
        ("thresholds = { spam = 0.04 }", "judging.thresholds.spam must be at least 0.05 (found 0.04)"),
        ("thresholds = { spam = nan }", "judging.thresholds.spam must be at most 0.95 (found nan)"),
        ('thresholds = { spam = "0.5" }', 'judging.thresholds.spam must be a number (found "0.5")'),
        ("thresholds = { threats = 0.5 }", 'judging.thresholds.threats is not a setting. Did you mean "threat"?'),
        ('models = "ful"', 'judging.models must be one of full, fast, none (found "ful"). Did you mean "full"?'),
        ('allow = ["a"]', "at least two letters or digits"),
        ('allow = [" Cockermouth"]', "single spaces and none at its ends"),
        ('allow = ["Cocker\\u202Emouth"]', "printable text"),
        ('allow = [""]', "must not be empty"),
        ('allow = ["Mr Dicks", "mr dicks"]', "mr dicks appears more than once"),
        ('deny = [{ term = "oakie", category = "bulying" }]', 'Did you mean "bullying"?'),
        ('deny = [{ term = "oakie" }]', "category is missing"),
        ('deny = [{ term = "oakie", category = "abuse", severity = "high" }]', "note, concern, serious, urgent"),
        ('allow = ["Oakie"]\ndeny = [{ term = "oakie", category = "abuse" }]', "cannot be both allowed and denied"),
        ('read_languages = ["Welsh"]', 'two or three small letters such as "cy"'),
        ('second_opinion = "County Hall"', "short name of an installed second opinion"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place_and_a_hint(tmp_path, line, said):
    assert said in only(tmp_path, line)


def test_all_problems_of_the_table_are_told_at_once(tmp_path):
    lines = ("thresholds = { threat = 0.9, spam = 2.0 }", 'allow = ["x"]', 'models = "big"')
    assert len(told(tmp_path, judging(*lines))) == 4


def test_a_candidate_list_has_the_form_of_the_table_and_says_something():
    candidate = CandidateList.model_validate({"allow": ("Cockermouth",), "thresholds": {"spam": 0.8}})
    assert candidate.models is None
    changed = Thresholds(spam=0.3, hate=0.4).changed_by(candidate.thresholds)
    assert (changed.spam, changed.hate, changed.abuse) == (0.8, 0.4, 0.5)
    with pytest.raises(ValueError, match="the list is empty"):
        CandidateList.model_validate({})


def test_own_words_are_equal_by_what_they_hold_and_hash_alike():
    lists = {"allow": ("Cockermouth",), "deny": ({"term": "oakie rat", "category": "bullying"},)}
    one, other = (OwnWords.of(OwnLists.model_validate(lists)) for _ in range(2))
    assert one == other
    assert len({one, other, NO_OWN_WORDS}) == 2
    assert (bool(one), bool(NO_OWN_WORDS)) == (True, False)


def test_more_words_come_after_the_ones_there_are_and_each_once():
    words = OwnWords(("Cockermouth",)).with_more(["Scunthorpe", "Cockermouth"], [])
    assert words == OwnWords(("Cockermouth", "Scunthorpe"))
