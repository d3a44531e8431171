"""What an account says of itself in public comes with the daily check, where the network tells it at all."""

import pytest
from harness import NOW
from harness_bluesky import HARNESS as BLUESKY
from harness_facebook import HARNESS as FACEBOOK
from harness_instagram import HARNESS as INSTAGRAM
from harness_mastodon import HARNESS as MASTODON
from harness_x import HARNESS as X
from harness_youtube import HARNESS as YOUTUBE
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import AccountState
from connectors.graph_values import with_public_words
from connectors.mastodon_wire import public_words as on_mastodon
from connectors.public_words import LONGEST_ABOUT, MOST_LINKS, about_of, inside, links_of, values_of
from connectors.x_profile import public_words as on_x
from monitor.demo.graph_answers import graph_error
from monitor.demo.server import json_response

UNTOLD = {"wordpress", "google_reviews"}
WITH_A_PLACE_FOR_A_SITE = {"facebook", "instagram", "x", "mastodon"}
ABOUT = "News of our school. Rules: https://oakfield.example/social-media & more"
SITE = "https://oakfield.example/policies?page=2&x=1"


def checked(network, about=ABOUT, website=SITE, fault=None):
    """What check() answers for an account that says this of itself, and how many requests it took."""
    world = network.world()
    world.about, world.website = about, website
    with network.stand_in(world, lambda: NOW, fault) as stand_in:
        return network.connector(stand_in, lambda: NOW).check(), len(stand_in.requests)


def test_the_check_brings_what_the_account_says_of_itself(network):
    state, _ = checked(network)
    if network.network in UNTOLD:
        assert (state.about, state.links) == (None, ())
        return
    assert ABOUT in state.about
    assert state.links == ((SITE,) if network.network in WITH_A_PLACE_FOR_A_SITE else ())


def test_an_account_that_says_nothing_is_told_from_a_network_that_tells_nothing(network):
    state, _ = checked(network, about="", website="")
    assert state.about == (None if network.network in UNTOLD else "")
    assert state.links == ()


@pytest.mark.parametrize("of_meta", [FACEBOOK, INSTAGRAM])
def test_fields_that_a_token_may_not_see_keep_nobody_from_being_known(of_meta):
    def refuses(request, _):
        asked = request.query.get("fields", "")
        return graph_error(100, "Tried accessing nonexisting field (website)") if "website" in asked else None

    state, _ = checked(of_meta, fault=refuses)
    assert state.own_ids == {of_meta.own_id}
    assert (state.about, state.links) == (None, ())


def test_a_profile_that_cannot_be_had_keeps_nobody_from_being_known():
    def refuses(request, _):
        return json_response({"error": "UpstreamFailure"}, 502) if "getProfiles" in request.path else None

    state, _ = checked(BLUESKY, fault=refuses)
    assert state.own_ids == {BLUESKY.own_id}
    assert state.about is None


@pytest.mark.parametrize(
    ("asked", "calls"), [(FACEBOOK, 2), (INSTAGRAM, 2), (X, 1), (YOUTUBE, 3), (MASTODON, 3), (BLUESKY, 2)]
)
def test_it_costs_no_call_where_the_check_is_answered_with_it_and_one_a_day_elsewhere(asked, calls):
    assert checked(asked)[1] == calls


def test_addresses_that_x_shortens_are_read_written_out():
    urls = [{"url": "https://t.co/x", "expanded_url": "https://oakfield.example/policy"}]
    user = {"description": "Rules: https://t.co/x", "entities": {"description": {"urls": urls}}}
    assert on_x(user) == ("Rules: https://t.co/x", ("https://oakfield.example/policy",))


def test_an_address_behind_other_words_is_read_on_mastodon():
    note = '<p>Our <a href="https://oakfield.example/p?a=1&amp;b=2" rel="me">rules</a></p>'
    assert on_mastodon({"note": note}) == ("Our rules", ("https://oakfield.example/p?a=1&b=2",))


def test_a_page_with_several_sites_has_several_links():
    assert links_of("https://a.example, https://b.example/x  https://a.example") == (
        "https://a.example",
        "https://b.example/x",
    )


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["description", "entities", "url", "urls", "expanded_url", "note", "fields", "value", "name"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(ANYTHING)
def test_no_shape_of_a_profile_breaks_the_check(anything):
    shown = anything if isinstance(anything, dict) else {"description": anything, "note": anything, "url": anything}
    for about, links in (on_x(shown), on_mastodon(shown)):
        assert about is None or len(about) <= LONGEST_ABOUT
        assert len(links) <= MOST_LINKS
    with_public_words(AccountState(frozenset(), ""), shown, ("note", "website"))
    about_of(anything)
    links_of(anything)
    inside(anything, "url", "urls")
    values_of(anything, "name")


def test_a_very_long_profile_is_cut():
    assert len(about_of("word " * 100_000, "more " * 10)) == LONGEST_ABOUT
    assert len(links_of(*(f"https://oakfield.example/{n}" for n in range(1000)))) == MOST_LINKS
