"""What the word list flags, what it leaves alone, and that a disguise does not hide a word."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.language.finding import CERTAIN_ENOUGH
from monitor.language.lexicon import find_words, shipped
from monitor.language.reading import read
from monitor.language.terms import expand, terms_of
from monitor.model import OFFENSIVE, Category

HARMLESS = [
    "Lovely afternoon, thank you to all the staff",
    "We played Scunthorpe and Penistone away, then Essex at home",
    "Well done Mrs Cockburn and Mr Dickens, such a class assembly",
    "The shuttlecock hit the cockerel weathervane, assess that!",
    "Dick Whittington is this year's panto, Dick Turpin was last year's",
    "Moby Dick, spotted dick and Tom, Dick and Harry",
    "We saw great tits and blue tits at forest school",
    "Our Maine coon loves the pussy willow in the yard",
    "The kids who're going need a coat",
    "You're killing me with these raffle prizes",
    "They were killing it on stage, we only came to kill time",
    "The die cast cars are a hit",
    "Mum is going to kill me when she sees these shoes",
    "I nearly killed myself laughing at the staff panto",
    "I want to die of embarrassment",
    "Good luck tomorrow, smash them!",
    "We'll beat them on Saturday, ill see you there",
    "I'd murder a cup of tea",
    "It would do him good to walk",
    "Dead good that, you're dead right",
    "The A55 is closed, 5T and 4S are late",
    "A*A*B, three A*s and an A** what a result",
    "Can't wait till I see you all at the fair",
    "Please bring a bat to rounders practice",
    "Don't be so hard on them",
    "No one wants them to lose the crossing patrol",
    "Spic and span after the working party",
    "A chink of light, and the Offa's Dyke walk is back on",
    "Slag heaps and coal tips: year 6 local history",
    "Pork faggots and peas on the menu",
    "She has a horrible head cold and a finger prick test tomorrow",
    "I am not happy with how this was handled and would like a call back",
    "This is a disgrace. Three weeks and no reply. Rubbish service.",
    "The toilets are disgusting again",
    "A bloody nose at break, can someone ring me",
    "xxx love from nanna",
    "W.I. coffee morning, B.B.Q. after, P.E. kit please",
    "Y e a r  s i x",
    "P&L, T&T and R&B",
    "Muslim, Jewish, gay and traveller families are welcome here",
    "Parents of black children asked about the hair policy",
]

FLAGGED = [
    ("what an utter wanker", Category.ABUSE),
    ("This school is run by clowns", Category.ABUSE),
    ("you are all useless", Category.ABUSE),
    ("Idiots!", Category.ABUSE),
    ("oh for fuck's sake", Category.PROFANITY),
    ("this is bullshit", Category.PROFANITY),
    ("go back to your own country", Category.HATE),
    ("thats so gay", Category.HATE),
    ("I know where you live", Category.THREAT),
    ("watch ur back", Category.THREAT),
    ("I’m going to smash your face in", Category.THREAT),
    ("im gonna fucking kill him", Category.THREAT),
    ("Someone should burn that school down", Category.THREAT),
    ("sleep with one eye open", Category.THREAT),
    ("nice tits miss", Category.SEXUAL),
    ("nobody likes you", Category.BULLYING),
    ("kys", Category.BULLYING),
    ("kill yourself", Category.SELF_HARM),
    ("i just want to die", Category.SELF_HARM),
    ("I don't want to be here anymore", Category.SELF_HARM),
    ("she is cutting herself again", Category.SELF_HARM),
    ("dont tell your parents about this", Category.GROOMING),
    ("he is a nonce", Category.ALLEGATION),
]

DISGUISED = [
    "sh!t", "5hit", "sh1t", "$hit", "sh*t", "s**t", "s***", "shiiiit", "s h i t", "s.h.i.t", "s-h-i-t",
    "s\nh\ni\nt",
    "ＳＨＩＴ", "𝓼𝓱𝓲𝓽", "🆂🅷🅸🆃", "ѕһіt", "śhít", "s\u200bh\u200bi\u200bt", "sh\u00adit", "s\u202ehit",
    "shit's", "'shit'", "shit!!!", "*shit*", "SHIT", "#shit", "shit,shit",
]  # fmt: skip


def flagged(text):
    """Findings that are a flag by themselves; hints are none."""
    return [finding for finding in find_words(read(text)) if finding.score >= CERTAIN_ENOUGH]


def categories(text):
    return {finding.category for finding in flagged(text)}


@pytest.mark.parametrize("text", HARMLESS)
def test_everyday_school_talk_is_left_alone(text):
    assert categories(text) == set()


@pytest.mark.parametrize(("text", "category"), FLAGGED)
def test_a_listed_phrase_is_flagged_in_its_category(text, category):
    assert category in categories(text)


@pytest.mark.parametrize("text", DISGUISED)
def test_a_disguised_word_is_still_found(text):
    assert categories(f"what a load of {text} this is") == {Category.PROFANITY}


def test_a_flag_marks_the_words_in_the_original_text():
    text = "Well…\u200b ＦＵＣＫ\u200b that 🙂"
    (flag,) = flagged(text)
    assert text[flag.start : flag.end] == "ＦＵＣＫ"


def test_a_phrase_is_marked_from_its_first_word_to_its_last():
    text = "Careful. I know, where you LIVE!"
    (flag,) = flagged(text)
    assert text[flag.start : flag.end] == "I know, where you LIVE"


def test_a_strengthening_word_is_passed_over_inside_a_phrase_and_never_ends_one():
    text = "I'm going to actually bloody kill you all. Shit all day."
    threat, swearing = flagged(text)
    assert text[threat.start : threat.end] == "I'm going to actually bloody kill you"
    assert text[swearing.start : swearing.end] == "Shit"


def test_a_disguise_lowers_the_score_and_is_said():
    plain, disguised = flagged("shit and sh*t")
    assert (plain.score, disguised.score) == (1.0, 0.9)
    assert "disguised" in disguised.reason
    assert "disguised" not in plain.reason


def test_no_reason_repeats_words_of_the_list():
    reasons = {finding.reason for text, _ in FLAGGED for finding in flagged(text)}
    assert len(reasons) >= 9
    assert all(not categories(reason) & OFFENSIVE for reason in reasons)


def test_a_choice_stands_for_every_phrase():
    assert expand("(a|b) c(| d)", plural=True) == [
        "a c", "a c d", "b c", "b c d", "a cs", "a c ds", "b cs", "b c ds",
    ]  # fmt: skip
    assert shipped() is shipped()


def test_a_list_of_an_unknown_category_is_refused():
    with pytest.raises(ValueError, match="rudeness"):
        list(terms_of("rudeness", {"terms": [{"term": "a", "severity": "note"}]}))


PIECES = [
    "idiot", "sh1t", "i", "will", "kill", "u", "f**k", "s", "h", "t", "dick", "whittington", "going", "to", "fucking",
    "your", "ur", "*", "all", "A*", "shiiit", "\u200b", "é", "😀", "'", "\ud800",
]  # fmt: skip
SWEARY = st.lists(st.sampled_from(PIECES), max_size=40)
LIKELY = st.builds(lambda words, gap: gap.join(words), SWEARY, st.sampled_from([" ", "", "\n", ".", "\u200b "]))
ANY_TEXT = LIKELY | st.text(st.characters(categories=None), max_size=200)


@given(ANY_TEXT)
@example("\ud800" * 50)
def test_judging_never_raises_and_marks_only_what_is_there(text):
    for flag in find_words(read(text)):
        assert 0 <= flag.start < flag.end <= len(text)
        assert 0 < flag.score <= 1


@given(ANY_TEXT)
def test_zero_width_lacing_changes_nothing(text):
    assert categories("\u2060".join(text)) == categories(text)


@pytest.mark.parametrize(
    "piece", ["idiot ", "f ", "f**k ", "5h1t ", "ur ", "i fucking ", "\u200b", "a", "*", "ﷺ", "'"]
)
def test_cost_grows_in_step_with_the_length(piece):
    def once(text):
        started = time.process_time()
        flagged(text)
        return time.process_time() - started

    def cost(characters):
        # The least of three: now and then Python looks through all objects of the process, whatever they belong to.
        text = (piece * characters)[:characters]
        return min(once(text) for _ in range(3))

    flagged("warm up")
    assert cost(40_000) < 16 * max(cost(10_000), 0.01)
