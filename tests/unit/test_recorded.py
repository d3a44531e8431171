"""Every recorded payload is either served or accounted for with a reason."""

import json
import os
from pathlib import Path

import pytest

from monitor.demo.recorded import recorded_worlds

SHARED = os.environ.get("SCHOOL_MONITOR_SHARED")
FIXTURES = Path(SHARED or ".") / "fixtures"
NETWORKS = ("facebook", "x", "reddit")

with_recordings = pytest.mark.skipif(
    not SHARED, reason="the recorded payloads are not here: SCHOOL_MONITOR_SHARED names no folder"
)


@pytest.fixture(scope="module")
def recorded():
    return recorded_worlds(FIXTURES)


def documents(network):
    return {path.name: json.loads(path.read_text("utf-8")) for path in (FIXTURES / network).glob("*.json")}


def dicts(value):
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from dicts(inner)


@with_recordings
@pytest.mark.parametrize("network", NETWORKS)
def test_every_file_is_accounted_for_once_and_says_why_when_nothing_was_taken(recorded, network):
    files = recorded[network].files
    assert sorted(file.name for file in files) == sorted(documents(network))
    assert all(file.taken or file.repeated or file.reason for file in files)
    assert not any((file.taken or file.repeated) and file.reason for file in files)


@with_recordings
def test_every_comment_on_reddit_is_taken_once_for_each_text_it_has_had(recorded):
    seen = {
        (thing["data"]["name"], thing["data"]["body"])
        for thing in dicts(documents("reddit"))
        if thing.get("kind") == "t1"
    }
    assert {(m.id, m.text) for m in recorded["reddit"].world.messages} == seen
    assert len(recorded["reddit"].world.messages) == len(seen)


@with_recordings
def test_every_post_on_x_is_taken_once(recorded):
    seen = {
        thing["id"] for thing in dicts(documents("x")) if {"id", "text"} <= set(thing) and "event_type" not in thing
    }
    assert sorted(m.id for m in recorded["x"].world.messages) == sorted(seen)


@with_recordings
def test_every_comment_on_facebook_is_taken_once(recorded):
    elsewhere = (
        "error",
        "Error",
        "cvses",
        "messages",
        "webhooks",
        "feed",
        "posts_data",
        "post-with-empty",
        "count-only",
    )
    files = {name: doc for name, doc in documents("facebook").items() if not any(part in name for part in elsewhere)}
    seen = [json.dumps(thing, sort_keys=True) for thing in dicts(files) if "message" in thing]
    served = [json.dumps(m.raw, sort_keys=True) for m in recorded["facebook"].world.messages]
    assert sorted(served) == sorted(seen)


@with_recordings
@pytest.mark.parametrize("network", NETWORKS)
def test_what_is_served_is_what_was_recorded(recorded, network):
    known = {json.dumps(thing, sort_keys=True) for thing in dicts(documents(network))}
    assert all(json.dumps(m.raw, sort_keys=True) in known for m in recorded[network].world.messages)


@with_recordings
@pytest.mark.parametrize("network", NETWORKS)
def test_at_the_anchor_everything_is_there_and_within_the_look_back(recorded, network):
    recording = recorded[network]
    world = recording.world
    assert len(world.messages_at(recording.anchor)) == len(world.messages)
    assert len(world.posts_at(recording.anchor)) == len(world.posts)
    oldest = min(thing.at for thing in [*world.messages, *world.posts])
    assert 0 < (recording.anchor - oldest).days < recording.lookback_days


@with_recordings
@pytest.mark.parametrize("network", ["facebook", "reddit"])
def test_every_comment_hangs_under_a_post_that_is_served(recorded, network):
    world = recorded[network].world
    posts = {post.id for post in world.posts}
    assert all(message.post_id in posts for message in world.messages)


@with_recordings
def test_own_words_are_known_by_id_where_the_recordings_say_whose_they_are(recorded):
    own = {name: sum(m.author == r.school for m in r.world.messages) for name, r in recorded.items()}
    assert own["x"] == 3
    assert own["reddit"] > 100


def test_a_folder_without_recordings_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="no recorded file"):
        recorded_worlds(tmp_path)


def test_a_file_of_another_shape_is_refused_by_name(tmp_path):
    for network in NETWORKS:
        (tmp_path / network).mkdir()
        (tmp_path / network / "odd.json").write_text("[7]")
    with pytest.raises(ValueError, match=r"odd\.json: not a recording of this network"):
        recorded_worlds(tmp_path)


def test_an_item_in_two_lists_is_served_once_with_the_author_that_either_names(tmp_path):
    post = {"id": "1577730467436138524", "text": "invented"}
    lists = {
        "a_home.json": ("https://api.twitter.com/2/users/5/timelines/reverse_chronological", [post]),
        "b_own.json": ("https://api.twitter.com/2/users/783214/tweets", [post]),
    }
    (tmp_path / "x").mkdir()
    for name, (uri, data) in lists.items():
        exchange = {"request": {"uri": uri}, "response": {"body": {"data": data}}}
        (tmp_path / "x" / name).write_text(json.dumps([exchange]))
    comment = {"id": "5_6", "message": "invented", "created_time": "2021-07-21T21:05:14+0000"}
    thing = {"kind": "t1", "data": {"name": "t1_a", "body": "invented", "created_utc": 1.0, "link_id": "t3_b"}}
    for network, document in {"facebook": {"data": [comment]}, "reddit": [{"x": thing}]}.items():
        (tmp_path / network).mkdir()
        (tmp_path / network / "one.json").write_text(json.dumps(document))
    recording = recorded_worlds(tmp_path)["x"]
    assert [(m.id, m.author) for m in recording.world.messages] == [(post["id"], recording.school)]
    assert [(file.taken, file.repeated) for file in recording.files] == [(1, 0), (0, 1)]
