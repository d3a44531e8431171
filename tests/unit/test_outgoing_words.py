"""Tags, contact details and promises in the school's own words."""

import pytest
from outgoing_samples import LISTS, found

from monitor.language.outgoing.promising import promises_in, shipped_promises
from monitor.model import OutgoingKind
from monitor.rules.outgoing import wanted_kinds

PROMISES = shipped_promises()


@pytest.mark.parametrize(("pattern", "text"), [(one, hit) for one in PROMISES for hit in one.hits])
def test_a_promise_is_found(pattern, text):
    assert pattern.reason in [each.reason for each in promises_in(text)]


@pytest.mark.parametrize("text", [miss for one in PROMISES for miss in one.misses])
def test_what_only_sounds_like_a_promise_is_left_alone(text):
    assert list(promises_in(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "We will reply by Friday",
        "We will be open from half past eight",
        "We will look into it and come back to you",
        "The head will ring you this afternoon",
        "We will send the letter home with every child",
        "You will find the forms at the office",
        "We will have a cake sale on Friday. Refunds are not possible.",
        "You will get your photos next week",
        "We can recommend the library",
        "We promise it will be a great time",
        "The Brownies gave their promise in assembly",
        "Places are limited, so please book early",
        "Every child will get a certificate",
        "We are sorry that this happened",
    ],
)
def test_what_a_school_says_every_day_commits_it_to_nothing(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ring me on 07700 900123", "07700 900123"),
        ("Call Sue: +44 7700 900 123", "+44 7700 900 123"),
        ("zero seven seven double zero nine double zero one two three", ""),
        ("Tickets from Dave, 01424 555 999", "01424 555 999"),
        ("mail sue.jones@home.example", "sue.jones@home.example"),
        ("SUE.JONES@HOME.EXAMPLE", "SUE.JONES@HOME.EXAMPLE"),
        ("sue@notoakfield.example", "sue@notoakfield.example"),
    ],
)
def test_a_number_or_address_that_is_not_the_schools_is_found(text, words):
    assert ("contact_details", words or text) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ring 01424 555 100",
        "Ring +44 (0)1424 555100",
        "Ring the school office on 01424 555 999",
        "Childline: 0800 1111, Samaritans: 116 123",
        "NSPCC helpline 0808 800 5000",
        "Mail office@oakfield.example or j.cox@mail.oakfield.example",
        "Write to grants@fund.example",
        "Bookings: info@museum.example",
        "ISBN 978 0 14 036457 6",
        "Scores: 12-10, 11-9, 10-12; order 1234567890123456",
        "Year 4 raised £1,234.56 on 12.11.2026",
    ],
)
def test_the_schools_own_and_public_ways_to_reach_people_are_left_alone(text):
    assert found(text) == []


@pytest.mark.parametrize("text", ["Well done @ava.t9", "with @jayden_2014!", "Thanks @mrs_k_2"])
def test_a_tag_that_may_be_a_persons_is_found(text):
    assert [kind for kind, _ in found(text)] == ["tag"]


@pytest.mark.parametrize(
    "text",
    [
        "Thank you @OakfieldPTA1 and @OakfieldPrimary",
        "Thanks @BBCNews, @NSPCC, @HastingsLibrary, @RoyalAcademy, @ManUtdFC and @OfstedNews",
        "We start at 9 @ the hall",
        "office@oakfield.example",
    ],
)
def test_tags_of_the_school_and_of_organisations_are_left_alone(text):
    assert found(text) == []


def test_a_reply_may_tag_whom_it_answers():
    assert found("@ava.t9 @ben.k thank you both", is_reply=True) == []
    assert found("Thank you @ava.t9", is_reply=True, talking=("ava.t9",)) == []
    assert found("Thank you, and look @ben.k", is_reply=True, talking=("ava.t9",)) == [("tag", "@ben.k")]


def test_a_tag_only_the_network_shows_has_no_place_in_the_words():
    assert found("A lovely day", tagged=2) == [("tag", "")]


def test_a_kind_a_pack_switches_off_is_not_looked_for():
    from config.handling import OutgoingRule

    text = "Ava Thompson, Maisie Green, @ava.t9, 07700 900123. We will refund you."
    assert [kind for kind, _ in found(text, LISTS)] == [
        "full_name", "tag", "contact_details", "promise", "opted_out",
    ]  # fmt: skip
    for switch, kind in [
        ("full_names", OutgoingKind.FULL_NAME),
        ("tags", OutgoingKind.TAG),
        ("contact_details", OutgoingKind.CONTACT_DETAILS),
        ("promises", OutgoingKind.PROMISE),
        ("opted_out", OutgoingKind.OPTED_OUT),
    ]:
        kinds = wanted_kinds(OutgoingRule(**{switch: False}))
        assert kind not in kinds
        assert str(kind) not in [each for each, _ in found(text, LISTS, kinds)]
        assert OutgoingKind.REPORTED in kinds


def test_a_list_that_cannot_be_read_is_said_with_every_text():
    from dataclasses import replace

    broken = replace(LISTS, opted_out=None, broken=("The list of those not to be shown or named",))
    assert [kind for kind, _ in found("Hello", broken)] == ["not_checked"]
    assert found("  ", broken) == []
