"""What was fetched is kept by its identity, in every version, and never overwritten with less."""

import json
from dataclasses import replace

import pytest
from desk import DAY, HOUR, MINUTE, NOW, OTHER, PARENT, SCHOOL, item, page
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from connectors.base import Verdict
from connectors.fetched import FetchedPost, Quarantined, Shown
from monitor.model import Presence
from monitor.store.delivery_tables import Delivery
from monitor.store.item_tables import Alias, Flag, Item, Post, Version
from monitor.store.reading_tables import Quarantine
from monitor.store.text import storable

GONE = {"c1": Verdict.GONE}
THERE = {"c1": Verdict.PRESENT}


def everything(desk):
    """Every row of what was kept, without the times at which it was met."""
    met = {"last_seen_at"}
    tables = [each.__table__ for each in (Item, Version, Flag, Alias, Post, Quarantine, Delivery)]
    with desk.rows() as (tx, _, __):
        return {
            table.name: tx.execute(select(*(column for column in table.c if column.name not in met))).all()
            for table in tables
        }


def texts(desk, remote_id):
    return [version.text for version in desk.items()[remote_id].versions]


def test_reading_the_same_page_twice_changes_nothing(desk):
    post = FetchedPost("post", "The fair is on Friday", NOW - DAY, "https://facebook.com/post", 2)
    bad = Quarantined({"id": "c9"}, "item c9 has no time that can be read")
    whole = page(
        item("c1", "You are a stupid idiot"),
        item("r1", "Please write to the office", by=SCHOOL, under="c1"),
        item("c2", "Thank you", alt_ids=("c2b",)),
        posts=(post,),
        quarantined=(bad,),
    )
    first = desk.read_pages([whole])
    before = everything(desk)
    desk.later(HOUR)
    second = desk.read_pages([whole])
    assert everything(desk) == before
    assert (first.new, first.flagged, first.quarantined) == (3, 1, 1)
    assert (second.items, second.new, second.edited, second.flagged, second.quarantined) == (3, 0, 0, 0, 0)


def test_an_edit_adds_a_version_and_both_texts_stay(desk):
    desk.read(item("c1", "See yuo there"))
    desk.later(HOUR)
    edited_at = desk.clock() - 10 * MINUTE
    result = desk.read(item("c1", "See you there", edited_at=edited_at))
    assert (result.new, result.edited) == (0, 1)
    kept = desk.items()["c1"]
    assert [(v.number, v.text, v.seen_at) for v in kept.versions] == [
        (1, "See yuo there", NOW),
        (2, "See you there", NOW + HOUR),
    ]
    assert kept.edited_at == edited_at
    assert desk.cases()["c1"].text == "See you there"


def test_an_edit_back_to_the_first_words_is_a_third_version(desk):
    for words in ("one", "two", "one"):
        desk.read(item("c1", words))
    assert texts(desk, "c1") == ["one", "two", "one"]


def test_where_the_network_names_no_time_of_an_edit_each_edit_is_dated_when_we_met_it(desk):
    desk.read(item("c1", "one"))
    for words in ("two", "three"):
        desk.later(HOUR)
        desk.read(item("c1", words))
    assert desk.items()["c1"].edited_at == NOW + 2 * HOUR


def test_lone_surrogates_and_nul_are_replaced_and_the_payload_stays_as_it_came(desk):
    raw = {"id": "c1", "message": "bro\ud800ken\x00 \ud83d\ude00"}
    desk.read(item("c1", raw["message"], author_name="Jo\udfff", by="name:\ud800", raw=raw))
    kept = desk.items()["c1"]
    assert kept.versions[0].text == "bro\ufffdken\ufffd \U0001f600"
    assert json.loads(kept.versions[0].raw) == {"id": "c1", "message": "bro\ud800ken\x00 \U0001f600"}
    assert (kept.author_name, kept.author_id) == ("Jo\ufffd", "name:\ufffd")
    assert desk.read(item("c1", raw["message"], raw=raw)).edited == 0


def test_a_comment_of_200000_characters_is_kept_cut_with_its_payload_whole(desk):
    long = "why? " * 40_000
    desk.read(item("c1", long, raw={"message": long}))
    kept = desk.items()["c1"].versions
    assert kept[0].text == long[:100_000]
    assert json.loads(kept[0].raw)["message"] == long
    assert desk.read(item("c1", long, raw={"message": long})).edited == 0


@given(st.text(st.characters(categories=None), max_size=60))
def test_whatever_a_text_holds_it_becomes_storable_and_stays_as_it_then_is(text):
    kept = storable(text)
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert "\0" not in kept
    assert storable(kept) == kept
    sound = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore").replace("\0", "")
    assert "".join(char for char in kept if char != "\ufffd") == sound.replace("\ufffd", "")


def test_what_a_network_withholds_later_does_not_overwrite_what_it_showed(desk):
    whole = item("c1", under="c0", addressed_to=(OTHER,), permalink="https://facebook.com/c1")
    desk.read(whole)
    less = {"parent_remote_id": None, "author_id": None, "author_name": "", "post_remote_id": None}
    desk.read(replace(whole, **less, addressed_to=(), permalink=""))
    kept = desk.items()["c1"]
    assert (kept.parent_remote_id, kept.author_id, kept.author_name) == ("c0", PARENT, f"Name of {PARENT}")
    assert (kept.post_remote_id, kept.addressed_to, kept.permalink) == ("post", [OTHER], "https://facebook.com/c1")


def test_what_a_network_shows_only_later_is_taken_over(desk):
    desk.read(item("c1", by=None, post=None, author_name=""))
    desk.read(item("c1", under="c0", permalink="https://facebook.com/c1"))
    kept = desk.items()["c1"]
    assert (kept.parent_remote_id, kept.author_id, kept.post_remote_id) == ("c0", PARENT, "post")
    assert kept.permalink == "https://facebook.com/c1"


def test_the_first_time_and_the_first_parent_stay(desk):
    desk.read(item("c1", at=NOW - HOUR, under="c0"))
    desk.read(item("c1", at=NOW - DAY, under="c7"))
    kept = desk.items()["c1"]
    assert (kept.created_at, kept.parent_remote_id) == (NOW - HOUR, "c0")


def test_a_post_that_comes_back_without_its_words_keeps_them(desk):
    post = FetchedPost("post", "The fair is on Friday", NOW - DAY, "https://facebook.com/post", 2)
    desk.read_pages([page(posts=(post,))])
    desk.read_pages([page(posts=(replace(post, text="", created_at=None, permalink="", comment_count=None),))])
    (kept,) = desk.all_of(Post)
    assert (kept.text, kept.created_at, kept.comment_count) == (post.text, post.created_at, 2)


def test_a_stub_never_replaces_the_text_we_hold(desk):
    desk.read(item("c1", "Nobody answers the phone"))
    desk.later(HOUR)
    result = desk.read(item("c1", "", erased=True, by=None, author_name=""))
    case = desk.cases()["c1"]
    assert texts(desk, "c1") == ["Nobody answers the phone"]
    assert (case.shown, case.facts.gone_at, case.facts.last_seen_at) == (Presence.GONE, NOW + HOUR, NOW)
    assert (result.gone, result.edited) == (1, 0)
    assert desk.read(item("c1", "", erased=True, by=None)).gone == 0


def test_of_a_comment_only_met_as_a_stub_we_do_not_say_that_we_saw_it(desk):
    desk.read(item("c1", "", erased=True, by=None, at=NOW - 3 * DAY))
    facts = desk.cases()["c1"].facts
    assert (facts.last_seen_at, facts.gone_at) == (NOW - 3 * DAY, NOW)


def test_something_is_gone_only_after_two_reads_at_least_ten_minutes_apart(desk):
    desk.read(item("c1"))
    desk.later(2 * HOUR)
    assert desk.read_pages([page()], GONE).gone == 0
    assert desk.cases()["c1"].shown is Presence.VISIBLE
    desk.later(9 * MINUTE)
    assert desk.read_pages([page()], GONE).gone == 0
    assert desk.cases()["c1"].facts.gone_at is None
    desk.later(MINUTE)
    assert desk.read_pages([page()], GONE).gone == 1
    assert desk.cases()["c1"].shown is Presence.GONE
    assert desk.cases()["c1"].facts.gone_at == NOW + 2 * HOUR


def test_being_met_between_two_misses_starts_the_count_again(desk):
    desk.read(item("c1"))
    desk.later(2 * HOUR)
    desk.read_pages([page()], GONE)
    desk.later(5 * MINUTE)
    desk.read_pages([page()], THERE)
    desk.later(2 * HOUR)
    desk.read_pages([page()], GONE)
    assert desk.cases()["c1"].facts.gone_at is None
    assert desk.items()["c1"].missing_since == NOW + 4 * HOUR + 5 * MINUTE


def test_a_network_that_will_not_say_proves_nothing(desk):
    desk.read(item("c1"))
    for _ in range(3):
        desk.later(2 * HOUR)
        desk.read_pages([page()], {})
    assert desk.items()["c1"].missing_since is None


@pytest.mark.parametrize("how", ["in a page", "by id"])
def test_being_back_clears_being_gone(desk, how):
    desk.read(item("c1"))
    desk.later(2 * HOUR)
    desk.read_pages([page()], GONE)
    desk.later(HOUR)
    if how == "in a page":
        desk.read_pages([page()], GONE)
        assert desk.cases()["c1"].facts.gone_at is not None
        desk.later(HOUR)
        desk.read(item("c1"))
    else:
        desk.read_pages([page()], THERE)
    kept = desk.items()["c1"]
    assert (kept.gone_at, kept.missing_since, kept.last_seen_at) == (None, None, desk.clock())
    assert len(kept.versions) == 1


def test_a_comment_hidden_on_the_network_is_shown_as_hidden_and_back_again(desk):
    desk.read(item("c1", shown=Shown.HIDDEN))
    assert desk.cases()["c1"].shown is Presence.HIDDEN
    desk.read(item("c1"))
    assert desk.cases()["c1"].shown is Presence.VISIBLE


def test_the_ids_of_an_edited_post_are_one_comment(desk):
    desk.read(item("100", "when is the fair"))
    result = desk.read(item("100", "when is the winter fair", alt_ids=("101", "102")))
    assert (result.new, result.edited) == (0, 1)
    assert desk.comment_ids() == {"100"}
    desk.read_pages([page(item("102", "when is the winter fair"))])
    assert desk.comment_ids() == {"100"}
    with desk.rows() as (tx, _, account):
        known = tx.execute(select(Alias.remote_id, Alias.account_id)).all()
        assert sorted(map(tuple, known)) == [("101", account.id), ("102", account.id)]


def test_an_unreadable_item_is_kept_once_however_often_it_is_met(desk):
    bad = Quarantined({"id": "c9", "created_time": "yesterday", "message": "\ud800"}, "item c9 has no time")
    first = desk.read_pages([page(item("c1"), quarantined=(bad, bad))])
    desk.later(HOUR)
    second = desk.read_pages([page(quarantined=(bad,))])
    (kept,) = desk.all_of(Quarantine)
    assert json.loads(kept.raw) == bad.raw
    assert (kept.reason, kept.first_seen_at, kept.last_seen_at) == ("item c9 has no time", NOW, NOW + HOUR)
    assert (first.quarantined, second.quarantined, first.new) == (1, 0, 1)
    assert first.reasons == ["item c9 has no time"]


def test_the_same_id_on_two_accounts_is_two_comments(desk):
    second = '[[accounts]]\nkey = "other"\nlabel = "Other page"\nnetwork = "facebook_page"\npage_id = "5"\n'
    accounts = desk._parts["accounts"] + second + 'access_token_env = "TOKEN"\n'
    desk.change(accounts=accounts)
    desk.read(item("c1", "here"))
    desk.read(item("c1", "there"), account_key="other")
    with desk.rows() as (tx, _, __):
        assert sorted(tx.scalars(select(Version.text))) == ["here", "there"]
