"""Whole names of children in the school's own words, and the many names that are no child's."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outgoing_samples import LISTS, found, names

from monitor.language.outgoing.name_list import LARGEST, BadList, read_names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Well done Ava Thompson!", "Ava Thompson"),
        ("well done ava thompson", "ava thompson"),
        ("WELL DONE AVA THOMPSON", "AVA THOMPSON"),
        ("Thompson, Ava won the race", "Thompson, Ava"),
        ("#AvaThompson was first", "AvaThompson"),
        ("Zoe Thompson-Jones sang", "Zoe Thompson-Jones"),
        ("Zoe Jones sang", "Zoe Jones"),
        ("Sean O’Brien's goal", "Sean O’Brien's"),
        ("Jose Nunez and friends", "Jose Nunez"),
        ("José Núñez and friends", "José Núñez"),
        ("Maria Lopez read aloud", "Maria Lopez"),
        ("Will Read came second", "Will Read"),
        ("Tommy Baker plays the lute", "Tommy Baker"),
    ],
)
def test_a_pupil_on_the_list_is_found_however_the_name_is_written(text, words):
    assert names(text, LISTS) == [words]


@pytest.mark.parametrize(
    "text",
    [
        "Ava won the race",
        "Year 4 will read to you",
        "Mrs Thompson is on the gate",
        "Mrs Ava Thompson is on the gate",
        "We walked up Mason hill",
        "Tom Baker teaches Year 4",
        "Mr Baker and Mrs Ali",
        "Emma Thompson came to read to us",
        "Thompson House won the cup",
        "The Thompson family gave the tree",
        "Ava. Thompson House won.",
        "Hill walking with Mason",
    ],
)
def test_with_a_list_others_are_left_alone(text):
    assert names(text, LISTS, has_picture=True) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Star of the week in Year 4: Jayden Okafor", ["Jayden Okafor"]),
        ("Congratulations to Noah Williams and Aisha Rahman", ["Noah Williams", "Aisha Rahman"]),
        ("Happy birthday Ella-Mae Fairclough", ["Ella-Mae Fairclough"]),
        ("Pupils Oskar van der Berg and Zofia Nowak", ["Oskar van der Berg", "Zofia Nowak"][1:]),
        ("Year 6 pupil Jack Green won", ["Jack Green"]),
    ],
)
def test_without_a_list_a_name_beside_words_about_pupils_is_guessed(text, words):
    assert names(text) == words


def test_without_a_list_a_name_beside_a_picture_is_guessed_and_alone_it_is_not():
    assert names("Noah Williams with his bridge", has_picture=True) == ["Noah Williams"]
    assert names("Noah Williams with his bridge") == []


BENIGN = [
    "Year 5 learned about Florence Nightingale and Mary Seacole",
    "Year 2 made rockets like Neil Armstrong's",
    "World Book Day: our pupils as Harry Potter, Hermione Granger and Willy Wonka",
    "Year 3 are reading The Twits by Roald Dahl",
    "Author Ben Harding visited our pupils in Year 3",
    "Stories by Elsie Marlow delighted the class",
    "A book by Connor Tate for every pupil",
    "Year 6 wrote to King Charles and Queen Camilla",
    "Our pupils met Councillor Megan Price",
    "Rosa Parks was arrested in 1955; Class 5 wrote diaries",
    "Mrs Ali and Jane Cox took Class 4 to the farm",
    "Dr Emily Stone gave a talk to Year 6",
    "Miss Hannah Blake joins us as class teacher",
    "Manchester United against Aston Villa, said Year 4",
    "Crystal Palace and Leicester Tigers sent shirts to the class",
    "Year 6 visited Chester Zoo, Alton Towers and Beatrix Potter's house",
    "Class 3 at Florence Court and Charlotte Square",
    "Forest School for Year 1 in Victoria Park",
    "Year 4 came first at the Elizabeth Garrett Anderson Centre",
    "Amelia Earhart Class and Rosalind Franklin Class share a hall",
    "Harris Academy and Harper Adams University welcome our pupils",
    "Summer Fair, Spring Term and Autumn Term dates for all classes",
    "Grace Darling and Captain Tom Moore: heroes of Year 2",
    "Thank you to St John Ambulance for the class on first aid",
    "Sports Day, Bikeability Level 2 and Parkrun for Year 6",
    "Merry Christmas and a Happy New Year to every pupil",
    "Holly Berry wreaths made by Class 2",
    "Robin Hood and Peter Pan: the pantomimes our pupils saw",
    "Year 1 rode the Thomas the Tank Engine",
    "Well done Poppy, Jack and Mohammed in Class 2",
    "Jasmine Class, Willow Class and Ruby Class won",
    "Martin Luther King's dream, in the words of Year 6",
    "OUR PUPILS GRACE HOPE AND JOY",
    "Christian Union for pupils on Friday; Jordan Valley maps in Year 5",
    "Isle of Wight with Year 6, via Southampton",
    "Oak, Ash and Hazel classes at the Phoenix Theatre",
    "Will You be there? asks Year 2",
    "Pupils: May Half Term begins on Friday",
    "Ella-Mae and Abdul-Wahid of Class 2 sang",
    "Year 5 raced Mario Kart and solved a Nancy Drew case",
]


@pytest.mark.parametrize("text", BENIGN)
@pytest.mark.parametrize("has_picture", [False, True])
def test_without_a_list_people_places_and_teams_that_are_no_pupils_are_left_alone(text, has_picture):
    assert names(text, has_picture=has_picture) == []


def test_somebody_the_reply_answers_may_be_called_by_name():
    assert names("Jayden Okafor, well done to your class", talking=("Jayden Okafor",), is_reply=True) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Thank you Maisie Green", "Maisie Green"),
        ("GREEN, MAISIE", "GREEN, MAISIE"),
        ("Maisie G. sang", "Maisie G"),
        ("Priya Shah’s picture", "Priya Shah’s"),
        ("#priyashah", "priyashah"),
        ("zbigniew was there", "zbigniew"),
    ],
)
def test_a_name_on_the_opt_out_list_is_found_in_either_order_and_by_its_initial(text, words):
    assert found(text, LISTS) == [("opted_out", words)]


@pytest.mark.parametrize(
    "text",
    ["Maisie sang", "Mr Green sang", "The green, Maisie", "Maisie Greene", "Priyanka Shahid", "Maisie in 4G", "Shah"],
)
def test_neither_a_first_name_nor_a_surname_alone_is_an_opted_out_child(text):
    assert found(text, LISTS) == []


def test_a_private_message_may_name_the_child_it_is_about():
    assert found("Ava Thompson and Maisie Green are safe", LISTS, is_private=True) == []


def test_a_finding_holds_no_word_of_the_text_nor_of_a_list():
    from outgoing_samples import ALL, OWN

    from monitor.language.outgoing.checking import look
    from monitor.language.outgoing.facts import Published

    text = "Ava Thompson, Maisie Green, Maisie G, @ava.t9, 07700 900123, a.b@home.example. We will refund you."
    for each in look(Published(text, has_picture=True, tagged=1), OWN, LISTS, ALL, "Photos"):
        assert each.clause == "Photos"
        for word in ("Ava", "Thompson", "Maisie", "Green", "07700", "home.example"):
            assert word.casefold() not in each.reason.casefold()
    assert "Thompson" not in repr(LISTS)
    assert "thompson" not in repr(LISTS)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Ava Thompson\n\xff\xfe", "line 2 is not UTF-8"),
        ("Ava Thompson".encode("utf-16"), "line 1 is not UTF-8"),
        (b"Ava\x00Thompson", "line 1 is no name"),
        (b"\n\n12 34 ++ --\n" + b"a" * 201, "line 4 is no name"),
        (b"one two three four five six seven eight nine", "line 1 is no name"),
        (b"***", "line 1 is no name"),
        (b"a b\n" * (LARGEST // 4 + 1), "larger than 2 MB"),
    ],
)
def test_a_broken_list_is_a_clear_error_that_quotes_nothing(content, words):
    with pytest.raises(BadList, match=words) as refused:
        read_names(content)
    assert "Thompson" not in str(refused.value)


def test_a_list_may_have_a_byte_order_mark_remarks_blank_lines_and_quotes():
    names_read = read_names('\ufeff# Year 4\r\n\r\n"Shah, Priya"\r\n'.encode())
    assert "shah" in names_read.surnames


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.booleans())
def test_whatever_the_words_looking_never_raises_and_every_place_lies_in_them(text, has_picture):
    from outgoing_samples import ALL, OWN

    from monitor.language.outgoing.checking import look
    from monitor.language.outgoing.facts import Published

    for each in look(Published(text, has_picture=has_picture, talking=(text[:20],)), OWN, LISTS, ALL):
        assert 0 <= each.start <= each.end <= len(text)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_the_file_it_is_read_or_refused(content):
    with suppress(BadList):
        read_names(content)


# Without the letter that is an apostrophe and an n, a quotation mark at the beginning of a name, and without the one
# that has no capital.
_ALPHABET = st.characters(
    min_codepoint=0x41, max_codepoint=0x17E, categories=("Lu", "Ll"), exclude_characters="\u0149\u0138"
)
_LETTERS = st.text(_ALPHABET, min_size=2, max_size=12)


@settings(max_examples=150, deadline=None)
@given(_LETTERS, _LETTERS, st.sampled_from(["{} {}", "Well done {} {}!", "{}  {}'s cake", "({} {})"]))
def test_any_name_put_on_the_list_is_found_where_it_stands_with_capitals(first, last, how):
    name = f"{first.title()} {last.title()}"
    try:
        lists = LISTS.__class__(opted_out=read_names(name.encode()))
    except BadList:
        return
    text = how.format(*name.split(" "))
    assert "opted_out" in [kind for kind, _ in found(text, lists)]


def test_looking_up_a_list_costs_no_more_than_reading_the_text(monkeypatch):
    from monitor.language.phrase_tree import Node

    lists = LISTS.__class__(pupils=read_names(b"a a a a a a a b\nAva a a a a a a Thompson\n" * 50))
    steps = []
    true_after = Node.after
    monkeypatch.setattr(Node, "after", lambda node, word: steps.append(1) or true_after(node, word))
    costs = []
    for times in (100, 200, 400):
        steps.clear()
        names("Ava a A's a, " * times, lists)
        costs.append(len(steps))
    assert costs[1] <= 2.2 * costs[0]
    assert costs[2] <= 2.2 * costs[1]
