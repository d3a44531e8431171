"""What Reddit's answers mean, one thing at a time; then the same for payloads recorded from the live service."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from harness import NOW
from harness_reddit import SCHOOL, SUBREDDIT
from hypothesis import given
from hypothesis import strategies as st
from reading_reddit import COMMENTS, DAY, answering, budget, items, quarantined, read, reading, world_of

from connectors.base import Verdict
from connectors.errors import UnexpectedReply
from connectors.fetched import Attachment, FetchedItem, FetchedPost, ItemKind, Quarantined, Shown
from connectors.reddit_wire import Reader, listing_children

AT = NOW - DAY
READER = Reader(SCHOOL.handle, SUBREDDIT, NOW)
SHARED = os.environ.get("SCHOOL_MONITOR_SHARED")
BASE = {
    "name": "t1_abc",
    "created_utc": AT.timestamp(),
    "body": "hello",
    "author": "jo",
    "author_fullname": "t2_jo",
}


def thing(kind="t1", **fields):
    """A thing with the fields every comment has; `...` takes one out."""
    return {"kind": kind, "data": {key: value for key, value in (BASE | fields).items() if value is not ...}}


def parsed(kind="t1", **fields):
    return READER.parse(thing(kind, **fields))


@pytest.mark.parametrize("author", [None, "[deleted]", ...])
def test_a_comment_deleted_by_its_author_is_an_erased_stub(author):
    item = parsed(author=author, author_fullname=..., body="[deleted]")
    assert (item.erased, item.text, item.author_id, item.shown) == (True, "", None, Shown.VISIBLE)


@pytest.mark.parametrize("body", ["[removed]", "[ Removed by Reddit ]"])
def test_a_comment_removed_from_our_eyes_is_an_erased_hidden_stub(body):
    item = parsed(author="[deleted]", author_fullname=..., body=body)
    assert (item.erased, item.text, item.shown) == (True, "", Shown.HIDDEN)


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        ({"banned_by": "a_moderator"}, Shown.HIDDEN),
        ({"removed": True}, Shown.HIDDEN),
        ({"spam": True}, Shown.HIDDEN),
        ({"removed_by_category": "moderator"}, Shown.HIDDEN),
        ({"banned_by": True}, Shown.HELD),
        ({"removed_by_category": "automod_filtered"}, Shown.HELD),
    ],
)
def test_what_moderators_removed_is_hidden_and_what_a_filter_holds_back_is_held_with_its_words(flags, shown):
    item = parsed(**flags)
    assert (item.shown, item.erased, item.text) == (shown, False, "hello")


def test_the_words_of_a_deleted_user_are_still_words():
    item = parsed(author="[deleted]", author_fullname=...)
    assert (item.erased, item.text, item.author_id, item.author_name) == (False, "hello", None, "")


def test_somebody_who_types_deleted_has_deleted_nothing():
    assert parsed(body="[deleted]").text == "[deleted]"


def test_an_author_without_a_number_is_known_by_the_unique_name():
    assert parsed(author_fullname=...).author_id == "name:jo"
    assert parsed(author_fullname=7).author_id == "name:jo"
    assert parsed().author_id == "t2_jo"


@pytest.mark.parametrize(
    "value",
    [
        ...,
        None,
        "1784000000",
        True,
        float("nan"),
        float("inf"),
        1e300,
        -1,
        0,
        10**400,
        [],
        (NOW + 2 * DAY).timestamp(),
    ],
)
def test_a_comment_without_a_believable_time_is_quarantined(value):
    child = thing(created_utc=value)
    answer = READER.parse(child)
    assert isinstance(answer, Quarantined)
    assert answer.raw is child
    assert "created_utc" in answer.reason


@pytest.mark.parametrize(
    "fields",
    [
        {"name": None},
        {"name": "t3_abc"},
        {"name": "t1_../me"},
        {"name": ..., "id": 7},
        {"body": None},
        {"body": ["hello"]},
    ],
)
def test_a_comment_without_a_usable_id_or_text_is_quarantined_without_its_words(fields):
    answer = parsed(**fields)
    assert isinstance(answer, Quarantined)
    assert "hello" not in answer.reason


def test_edits_carry_their_time_and_old_edits_without_one_are_no_error():
    edited = (NOW - timedelta(hours=1)).timestamp()
    assert parsed(edited=edited).edited_at == NOW - timedelta(hours=1)
    for unknown in (False, True, None, "yes", float("nan"), ...):
        assert parsed(edited=unknown).edited_at is None


def test_a_mention_at_home_is_an_ordinary_comment_and_elsewhere_a_mention():
    at_home, elsewhere = thing(subreddit=SUBREDDIT.lower()), thing(subreddit="AskTheVillage")
    assert READER.parse(at_home, mention=True).kind is ItemKind.COMMENT
    assert READER.parse(elsewhere, mention=True).kind is ItemKind.MENTION
    assert Reader(SCHOOL.handle, None, NOW).parse(at_home, mention=True).kind is ItemKind.MENTION


def test_the_thread_of_an_inbox_entry_is_found_in_its_context():
    item = parsed(parent_id="t1_own", context="/r/AskTheVillage/comments/x1y2/a_title/abc/?context=3")
    assert (item.post_remote_id, item.parent_remote_id) == ("t3_x1y2", "t1_own")
    assert item.permalink == "https://www.reddit.com/r/AskTheVillage/comments/x1y2/a_title/abc/"


def test_a_comment_without_a_permalink_gets_one_and_a_strange_one_is_not_taken():
    for strange in (..., "https://evil.example/x", "javascript:alert(1)", 7):
        assert parsed(link_id="t3_x1", permalink=strange).permalink == "https://www.reddit.com/comments/x1/_/abc/"


def test_the_schools_posts_are_posts_and_other_peoples_are_items():
    fields = {
        "name": "t3_abc",
        "body": ...,
        "title": "Fair",
        "selftext": "on Saturday",
        "num_comments": 3,
        "is_self": True,
    }
    own = parsed("t3", **fields | {"author": SCHOOL.handle.upper()})
    other = parsed("t3", **fields)
    assert isinstance(own, FetchedPost)
    assert (own.text, own.comment_count, own.created_at) == ("Fair\n\non Saturday", 3, AT)
    assert isinstance(other, FetchedItem)
    assert (other.text, other.kind, other.post_remote_id) == ("Fair\n\non Saturday", ItemKind.COMMENT, "t3_abc")


def test_links_and_pictures_are_listed_as_attachments():
    media = {"a": {"e": "Image", "s": {"u": "https://preview.redd.it/a.png"}}, "b": {"e": "Image"}, "c": 7}
    link = parsed("t3", name="t3_abc", title="Look", url="https://example.org/x")
    assert link.attachments == (Attachment("link", "https://example.org/x"),)
    assert parsed(media_metadata=media).attachments == (Attachment("image", "https://preview.redd.it/a.png"),)
    assert parsed(media_metadata={"a": {"s": {"u": "file:///etc/passwd"}}}).attachments == ()


def test_an_unknown_kind_with_id_time_and_words_is_kept_and_one_without_is_quarantined():
    assert parsed("t9", name="t9_abc").kind is ItemKind.OTHER
    assert isinstance(parsed("t9", name="t9_abc", body=...), Quarantined)
    assert isinstance(parsed("wiki"), Quarantined)


def test_direct_messages_and_load_more_markers_are_no_items():
    assert parsed("t4", name="t4_abc") is None
    assert parsed("more") is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["[deleted]", "t1_abc", "t3_x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "name",
    "id",
    "author",
    "author_fullname",
    "body",
    "selftext",
    "title",
    "created_utc",
    "edited",
    "parent_id",
    "link_id",
    "link_author",
    "permalink",
    "context",
    "subreddit",
    "banned_by",
    "removed",
    "spam",
    "removed_by_category",
    "url",
    "is_self",
    "media_metadata",
    "num_comments",
]


@given(
    st.sampled_from(["t1", "t3", "t4", "t9", "more"]), st.dictionaries(st.sampled_from(FIELDS), JSON), st.booleans()
)
def test_whatever_a_thing_holds_it_is_read_or_quarantined(kind, fields, mention):
    answer = READER.parse(thing(kind, **fields), mention=mention)
    if kind in {"t4", "more"}:
        assert answer is None
    else:
        assert isinstance(answer, FetchedItem | FetchedPost | Quarantined)


@given(JSON)
def test_whatever_stands_in_place_of_a_thing_is_quarantined(anything):
    assert isinstance(READER.parse(anything), Quarantined)


@given(JSON)
def test_whatever_stands_in_place_of_a_listing_is_refused(anything):
    with pytest.raises(UnexpectedReply):
        listing_children(anything, "something")


def recorded(name, number=0):
    """The body of one recorded answer."""
    if not SHARED:
        pytest.skip("recorded payloads are not here: SCHOOL_MONITOR_SHARED names no folder")
    exchanges = json.loads((Path(SHARED) / "fixtures" / "reddit" / name).read_text("utf-8"))
    return exchanges[number]["response"]["body"]


RECORDED = {
    "SubredditListings.test_comments.json": (COMMENTS, "comments"),
    "SubredditStreams.test_comments__with_pause.json": (COMMENTS, "comments"),
    "SubredditModeration.test_edited__only_comments.json": (COMMENTS, "comments"),
    "SubredditModeration.test_spam__only_comments.json": (COMMENTS, "comments"),
    "TestInbox.test_comment_replies.json": ("/message/comments", "inbox"),
    "TestInbox.test_mentions.json": ("/message/mentions", "inbox"),
}


@pytest.mark.parametrize("name", RECORDED)
def test_every_recorded_comment_is_kept_or_quarantined_with_a_reason(name):
    path, stream = RECORDED[name]
    body = recorded(name)
    body["data"]["after"] = None
    things = [child["data"] for child in body["data"]["children"]]
    latest = max(max(data["created_utc"], data.get("edited") or 0) for data in things)
    read_at = datetime.fromtimestamp(latest, UTC) + timedelta(minutes=1)
    with reading(world_of(), answering(path, body), at=read_at, lookback_days=5000) as (connector, _, _):
        batches = read(connector, stream)
    kept, aside = items(batches), quarantined(batches)
    assert len(kept) == len(things)
    assert aside == []
    for data in things:
        item = kept[data["name"]]
        assert (item.text, item.author_name) == (data["body"], data["author"])
        assert item.author_id == (data.get("author_fullname") or f"name:{data['author']}")
        assert item.post_remote_id
        assert item.permalink.startswith("https://www.reddit.com/")
        assert (item.shown is Shown.HIDDEN) == bool(data.get("banned_by"))
        assert (item.edited_at is not None) == bool(data.get("edited"))


@pytest.mark.parametrize(
    ("name", "number"), [("TestComment.test_delete.json", 1), ("TestComment.test_refresh__deleted_comment.json", 0)]
)
def test_a_recorded_deletion_is_recognised(name, number):
    body = recorded(name, number)
    (child,) = body["data"]["children"]
    remote_id = child["data"]["name"]
    item = READER.parse(child)
    assert (item.erased, item.text, item.author_id) == (True, "", None)
    with reading(world_of(), answering("/api/info", body)) as (connector, _, _):
        assert connector.verify([remote_id], budget()) == {remote_id: Verdict.GONE}
