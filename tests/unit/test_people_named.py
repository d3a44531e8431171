"""Whom the words of a comment name, of the people a school has configured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.people import Person
from monitor.language.name_keys import is_one_slip
from monitor.language.people_named import looking_for, points_back


def person(name, key, *roles, known_as=()):
    return Person(name=name, email=f"{key}@oakfield.example", roles=roles or ("staff",), known_as=known_as)


STAFF = (
    person("Ms Okafor", "head", "head"),
    person("Mrs Ali", "ali"),
    person("Robin Achterberg", "dsl", "safeguarding"),
    person("Mr Brown", "brown"),
    person("Amara O’Brien-Smith", "obrien"),
    person("Miss van der Berg", "berg"),
    person("Pat McDonald", "pat", known_as=("the SENCO", "Coach Pat", "Boss")),
    person("Mrs Sørensen", "sorensen"),
    person("Clive Green", "chair", "chair_of_governors"),
)
FINDER = looking_for(STAFF)


def named(text):
    return {email.removesuffix("@oakfield.example") for email in FINDER.named_in(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Ms Okafor hits children", "mrs okafor", "Okafor hits children", "okafors class", "Okafor's class", "OKAFOR",
        "Okaaaafor", "OOOkafor", "0kafor", "0kaf0r", "Ok@for", "O k a f o r", "O.k.a.f.o.r", "O-k-a-f-o-r",
        "Оkаfоr", "Oka\u200bfor", "O\u0301kafor", "Ｏｋａｆｏｒ", "Okafro", "Okafr", "Okaffor", "Okefor", "MsOkafor",
        "#MsOkaforOut", "@ms.okafor", "Mr and Mrs Okafor", "Ms. Okafor", "Ms.Okafor", "the head is a thief",
        "your head teacher", "Headteacher", "the headmistress's car", "sack the headmaster", "the head of school",
        "this Head", "our principal",
    ],
)  # fmt: skip
def test_the_head_is_named_by_name_however_it_is_written_and_by_office(text):
    assert named(text) == {"head"}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("mrs ali", {"ali"}),
        ("Mrs. Ali’s class", {"ali"}),
        ("m.r.s. a.l.i", {"ali"}),
        ("Mr Brown bread", {"brown"}),
        ("Miss Amara shouts", {"obrien"}),
        ("Mr Robin shouts", {"dsl"}),
        ("Robin Achterburg", {"dsl"}),
        ("Obrien Smith", set()),
        ("Mrs O'Brien", {"obrien"}),
        ("mrs smith", {"obrien"}),
        ("amara obrien smith", {"obrien"}),
        ("miss v d berg", {"berg"}),
        ("Miss van den Berg", {"berg"}),
        ("pat mc donald", {"pat"}),
        ("Mac Donald", {"pat"}),
        ("Mc Donald’s lessons", {"pat"}),
        ("your SENCO", {"pat"}),
        ("coach pat", {"pat"}),
        ("Sorensen", {"sorensen"}),
        ("SØRENSEN", {"sorensen"}),
        ("the chair of governors", {"chair"}),
        ("the safeguarding lead", {"dsl"}),
        ("Ms Okafor and Mr Brown", {"head", "brown"}),
    ],
)
def test_others_are_named_by_surname_with_a_title_whole_name_or_what_they_are_known_as(text, who):
    assert named(text) == who


@pytest.mark.parametrize(
    "text",
    [
        "brown bread for Robin", "Ali hit my son", "Smith is a common name", "Amara was there", "the boss of it all",
        "hit on the head", "a bump to his head", "the head of year", "the head of maths", "the deputy headteacher",
        "Mr Smithson", "it is green", "Berghain", "Is that safe?", "take a chair", "", "   ", "🙂",
        "Mrs Kaur! Brown bread", "all the teachers",
    ],
)  # fmt: skip
def test_words_that_are_common_or_somebody_elses_name_nobody(text):
    assert named(text) == set()


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_it_names_only_people_of_the_school(text):
    assert FINDER.named_in(text) <= {each.email for each in STAFF}
    assert points_back(text) in {True, False}


@given(st.text(alphabet="omsrk afk.\u200bA0@-'’\ud800\n", max_size=200))
def test_pieces_of_names_break_nothing_either(text):
    FINDER.named_in(text)


@given(st.lists(st.text(min_size=1, max_size=120), min_size=1, max_size=6), st.text(max_size=80))
def test_no_name_in_the_configuration_breaks_it(names, text):
    people = [
        Person.model_construct(name=name, email=f"p{at}@x.example", roles=("head",), known_as=(name[::-1],))
        for at, name in enumerate(names)
    ]
    looking_for(people).named_in(text + " " + names[0])


@given(st.sampled_from(["before ", "x, "]), st.sampled_from([" after", "!", "\nmore"]))
def test_what_stands_around_a_name_takes_nothing_from_it(before, after):
    assert "head" in named(f"{before}Ms Okafor{after}")


def test_the_work_grows_with_the_text_and_not_with_its_square():
    class Counted(dict):
        asked = 0

        def get(self, key, default=None):
            Counted.asked += 1
            return super().get(key, default)

    def asked(text):
        from dataclasses import replace

        Counted.asked = 0
        counting = replace(FINDER, surnames=Counted(FINDER.surnames), phrases=Counted(FINDER.phrases))
        counting.named_in(text)
        return Counted.asked

    for piece in ("a ", "okafro ", "ms and ", "o k a f o ", "mrs", "x"):
        assert asked(piece * 2000) <= 2.2 * asked(piece * 1000) + 200, piece


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("She is awful", True), ("that teacher again", True), ("ask HIM", True), ("the man is a danger", True),
        ("What a school", False), ("they are useless", False), ("", False),
    ],
)  # fmt: skip
def test_some_words_point_back_at_somebody_named_above(text, does):
    assert points_back(text) is does


@given(st.text(alphabet="abcd", min_size=6, max_size=9), st.data())
def test_one_slip_is_a_letter_left_out_added_changed_or_swapped(name, data):
    at = data.draw(st.integers(0, len(name) - 2))
    assert is_one_slip(name[:at] + name[at + 1 :], name)
    assert is_one_slip(name[:at] + "x" + name[at:], name)
    assert is_one_slip(name[:at] + "x" + name[at + 1 :], name)
    assert is_one_slip(name[:at] + name[at + 1] + name[at] + name[at + 2 :], name)
    assert not is_one_slip("xx" + name, name)
