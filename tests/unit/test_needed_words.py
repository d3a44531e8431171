"""A pattern is searched for where the words that it needs stand, and nowhere else: that must never hide a match."""

import re2
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.needed_words import Needs, words_of
from monitor.language.pattern_files import read_patterns
from monitor.language.patterns import Patterns, shipped_patterns
from monitor.language.possible_patterns import Possible
from monitor.language.reading import read
from monitor.language.searching import compiled, holds, matches

ENTRY = {"id": "a", "severity": "note", "score": 0.5, "reason": "It is.", "hits": ["x"], "misses": []}
CLASSES = {"YOU": "you|u|yous?", "STAFF": r"(head ?)?teachers?|miss|(mr|mrs) \w+"}

WAYS = [
    ("i", ["i"]), ("kill", ["kill"]), ("ing", ["ing"]), ("s?", ["s", ""]), ("(a|the)", ["a", "the"]),
    (" ", [" ", "-", ", ", " \n"]), (" ", [" "]), (" ?", [" ", ""]), (" <2> ", [" ", " of all ", " my "]),
    (r"\w*", ["", "ed", "7"]), (r"\w+", ["you", "e"]), (r"\d+", ["7", "13"]), ("[Ff]ire", ["fire", "Fire"]),
    ("( going to| gonna)", [" going to", " gonna"]), ("(am )?", ["am ", ""]), ("(back |home )*", ["", "home back "]),
    ("{YOU}", ["you", "u", "yous"]), ("{STAFF}", ["headteacher", "head teachers", "mr x"]), ("🔪", ["🔪"]),
    ("[.!?]", ["!", "."]), ("[^\\w]", ["-", "é"]), (r"\.co", [".co"]), ("é", ["é"]), ("(mate|$)", ["mate", ""]),
    ("(take <1> (pic|photo)|pic( is)? off|cut)", ["take pic", "take my photo", "pic off", "pic is off", "cut"]),
    (r"\b", [""]), ("(ll|will be) (x|y z)", ["ll x", "will be y z"]), (".?", ["", "b"]), ("1[0-3]", ["12"]),
]  # fmt: skip
ROWS = st.lists(st.sampled_from(WAYS).flatmap(lambda way: st.tuples(st.just(way[0]), st.sampled_from(way[1]))),
                min_size=1, max_size=8)  # fmt: skip
AROUND = st.sampled_from(["", " ", "so ", "x", "é", "_", "7", "?", "🔪"])


def needs_of(written, whole_words=True):
    return [sorted(need) for need in Needs(CLASSES, how_common=len).of(written, whole_words)]


def test_a_pattern_needs_a_word_of_each_of_its_places():
    assert sorted(needs_of("(kill|hurt) <2> {YOU}")) == [["hurt", "kill"], ["u", "you", "yous"]]


def test_a_choice_needs_what_each_of_its_ways_needs_besides():
    assert needs_of("(take <3> (photo|pic)|(photo|pic) <3> down)") == [["down", "take"], ["photo", "pic"]]
    assert needs_of("(take <3> (photo|pic)|delete)") == [["delete", "take"], ["delete", "photo", "pic"]]
    assert needs_of("(take|take <1> photo)") == [["take"]]


def test_endings_that_are_open_need_how_the_word_begins():
    assert needs_of(r"epilep\w+") == [["epil-"]]
    assert needs_of(r"ep\w+") == []


def test_a_number_needs_a_digit_and_an_emoji_itself():
    assert needs_of(r"\d{2,3}") == [["0-"]]
    assert needs_of("🔪", whole_words=False) == [["🔪"]]


def test_where_a_word_may_go_on_or_lack_nothing_is_needed():
    for written in (r"\w*", "(a )?", ".+", r"(kill|\w+)", "(?i)kill", r"\w*kill\w*"):
        assert needs_of(written) == []


@given(ROWS, AROUND, AROUND, st.booleans())
def test_no_match_is_hidden_however_a_pattern_is_written(row, before, after, whole):
    written, text = ("".join(part) for part in zip(*row, strict=True))
    try:
        patterns = read_patterns(
            "threat", {"pattern": [{**ENTRY, "pattern": written, "whole_words": whole}]}, CLASSES
        )
        searches = [compiled(way.search) for way in patterns[0].ways]
    except (ValueError, re2.error):
        return
    text = before + text + after
    possible = set(Possible([way.needs for way in patterns[0].ways]).among(words_of(text)))
    assert {at for at, search in enumerate(searches) if search.search(text)} <= possible


SHIPPED = shipped_patterns()
HITS = [hit for one in SHIPPED.all for hit in one.hits]
JOINS = [" ", "_", "é", "🔪", "-", "\n", ".", "`", "\u200b", "\u212a", "ß", "7"]


def hidden(text):
    """Patterns that match a text and are not found in it with all the others, whatever their neighbours excuse."""
    reading = read(text)
    possible = set(SHIPPED.possible(reading))
    return [
        (pattern.id, text)
        for at, (pattern, way) in enumerate(SHIPPED.ways)
        if at not in possible and holds(way.search, getattr(reading, pattern.view).joined.searched)
    ]


def test_no_shipped_pattern_is_hidden_in_any_example():
    joined = [JOINS[at % len(JOINS)].join(hit.split()) for at, hit in enumerate(HITS)]
    assert [found for text in joined[::3] for found in hidden(text)] == []


def test_re2_takes_every_shipped_pattern_and_what_excuses_it():
    for pattern in SHIPPED.all:
        for source in filter(None, (*(way.search for way in pattern.ways), pattern.unless)):
            assert compiled(source)
            assert compiled(source, in_ascii=True)


def test_a_text_is_searched_alike_as_characters_and_as_bytes():
    for text in HITS[::5]:
        plain = text.encode("ascii", "replace")
        for _, way in SHIPPED.ways[::7]:
            as_bytes = [match.span() for match in matches(way.search, plain)]
            assert as_bytes == [match.span() for match in matches(way.search, plain.decode())]


def test_patterns_without_needs_are_always_searched_for():
    patterns = read_patterns("threat", {"pattern": [{**ENTRY, "pattern": r"\w*zz\w*"}]}, {})
    assert Patterns(patterns).find(read("a fizzy day"))
