"""Personal data: what gives somebody away is found, numbers of everyday school life are not."""

import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.finding import CERTAIN_ENOUGH
from monitor.language.judging import Judge
from monitor.language.numbers import numbers_in
from monitor.language.pattern_files import read_patterns, shared_words
from monitor.language.patterns import Patterns
from monitor.language.personal_data import find_personal_data
from monitor.language.reading import read
from monitor.model import Category

FILE = resources.files("monitor.language") / "personal_data.toml"
WRITTEN = read_patterns("personal_data", tomllib.loads(FILE.read_text(encoding="utf-8")), shared_words())

GIVEN_AWAY = [
    "My number is 07700 900321",
    "ring me on +44 (0)7700 900388",
    "call 0113 496 0812 and ask for Gran",
    "o7700 900 552 drop me a text hun",
    "my polish number is +48 601 234 567",
    "oh seven seven double oh, nine hundred, one seven two, that's me",
    "Number is zero seven seven zero zero nine zero zero three four one",
    "email me direct: tom.brakes@example.com",
    "jo.whitcombe AT example DOT com for the cake rota",
    "contact me on nathan underscore obi at example dot com",
    "use gwen(dot)parry(at)example(dot)org",
    "my card is 4111 1111 1111 1111",
    "We live at 8 Mill Lane, BS3 9ZZ",
    "Daniel Okoro-Smith, born 3rd May 2012, missing from the gate",
    "Connor Liddiard, form 8R, sits in the library every lunch",
    "my NI number is QQ 12 34 56 C",
    "sort code 00-00-00 account 12345678",
    "the password is Penguin44, all the answers are on there",
    "im home alone til 9 every night this week",
    "Freya Holroyd is back in hospital with her anorexia",
]

NOT_PERSONAL = [
    "Just ring the office, they'll put you through",
    "School office 01632 960 000, open 8 till 4",
    "Samaritans are on 116 123 any time",
    "Call Childline on 0800 1111",
    "email office@hilltop.sch.uk for a form",
    "56-48 in the netball, what a match",
    "12345 steps before lunch",
    "Raised £1,632.96 with the sponsored silence",
    "Remembrance service 10.50 on 11/11/2026",
    "Well done 4B and all of 6K",
    "The fair is at the village hall, 3 Church Lane",
    "10 Downing Street got a letter from Class 2 today",
    "follow @hilltopschool for photos",
    "ISBN 978 0 306 40615 7 is the reading book",
    "Order number 01632 960 123 for the blazers",
    "2026-2027 term dates 01/09/2026 to 20/07/2027",
    "Bus 07 leaves at 8.15, 8.30, 8.45 and 9.00",
    "Shakespeare was born on 26 April 1564",
    "Meet me at the dot to dot stall",
    "Password for the quiz is on the poster by the hall",
]


def certain(text):
    return [one for one in find_personal_data(read(text)) if one.score >= CERTAIN_ENOUGH]


@pytest.mark.parametrize("pattern", [pytest.param(one, id=one.id) for one in WRITTEN])
def test_a_pattern_matches_its_own_hits_and_none_of_its_misses(pattern):
    alone = Patterns([pattern])
    assert [text for text in pattern.hits if not alone.find(read(text))] == []
    assert [text for text in pattern.misses if alone.find(read(text))] == []


@pytest.mark.parametrize("text", GIVEN_AWAY)
def test_what_gives_somebody_away_is_flagged(text):
    assert certain(text)


@pytest.mark.parametrize("text", NOT_PERSONAL)
def test_numbers_and_names_of_everyday_school_life_are_not(text):
    assert certain(text) == []


def test_a_number_is_marked_where_it_stands():
    text = "So,\u200b ring ０７７００ 900321 please"
    (finding,) = certain(text)
    assert text[finding.start : finding.end] == "０７７００ 900321"


def test_the_reason_holds_nothing_of_the_comment():
    for text in GIVEN_AWAY:
        assert all(word not in one.reason for one in certain(text) for word in ("07700", "example", "Mill", "4111"))


def test_a_number_that_fails_its_check_digit_is_no_card():
    assert certain("4111 1111 1111 1112") == []


def test_an_office_may_be_named_in_passing_when_the_number_is_somebodys_own():
    assert certain("the school has lost it so ring my mum on 01632 960 200")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("(01632) 960-200", "01632960200"),
        ("07.700.900.321", "07700900321"),
        ("oh double seven oh oh nine oh oh two two nine", "07700900229"),
    ],
)
def test_a_number_is_read_however_it_is_grouped(text, digits):
    assert [number.digits for number in numbers_in(text)] == [digits]


@given(st.text(st.sampled_from("0123456789 +()-.o/@£x at dot\n"), max_size=300) | st.text(max_size=200))
def test_finding_never_raises_and_marks_only_what_is_there(text):
    for one in find_personal_data(read(text)):
        assert one.category is Category.PERSONAL_DATA
        assert 0 <= one.start < one.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "Call the office on 01632 960000",
        "Email office@hillview.example.sch.uk by Friday",
        "Please contact senco@oakfield.org.uk for the form",
        "The helpline is 0808 800 5000",
    ],
)
def test_how_to_reach_an_office_is_not_personal_data_to_the_models_either(text):
    assert Category.PERSONAL_DATA not in {one.finding.category for one in Judge().assess(text).found}
