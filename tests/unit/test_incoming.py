"""What the network sent is safe on disk before it is judged, exactly as it came, and forgotten once it is kept."""

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Batch
from connectors.fetched import Attachment, Exchange, FetchedItem, FetchedPost, ItemKind, Quarantined, Shown
from monitor.evidence import incoming
from monitor.evidence.incoming import done, leftovers, read_incoming, write_incoming

AT = datetime(2026, 11, 20, 8, 0, 0, 123456, tzinfo=UTC)

# Through JSON once, as what connectors decode has been: two half surrogates side by side have become one character.
words = st.text(st.characters(exclude_categories=()), max_size=12).map(lambda text: json.loads(json.dumps(text)))
payloads = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(words, payloads, max_size=4)
zones = st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.builds(
    lambda microseconds, zone: (AT + timedelta(microseconds=microseconds)).astimezone(zone),
    st.integers(-(10**15), 10**15),
    zones,
)
some_words = st.lists(words, max_size=3).map(tuple)
items = st.builds(
    FetchedItem,
    remote_id=words,
    kind=st.sampled_from(ItemKind),
    text=words,
    created_at=moments,
    post_remote_id=st.none() | words,
    parent_remote_id=st.none() | words,
    author_id=st.none() | words,
    author_name=words,
    edited_at=st.none() | moments,
    permalink=words,
    shown=st.sampled_from(Shown),
    erased=st.booleans(),
    attachments=st.lists(st.builds(Attachment, words, words), max_size=2).map(tuple),
    alt_ids=some_words,
    addressed_to=some_words,
    raw=objects,
)
posts = st.builds(FetchedPost, words, words, st.none() | moments, words, st.none() | st.integers(0))
exchanges = st.builds(
    Exchange, words, words, st.integers(100, 599), st.dictionaries(words, words, max_size=3), st.binary(), moments
)
batches = st.builds(
    Batch,
    items=st.lists(items, max_size=3).map(tuple),
    next_cursor=st.none(),
    complete=st.just(False),
    posts=st.lists(posts, max_size=2).map(tuple),
    quarantined=st.lists(st.builds(Quarantined, payloads, words), max_size=2).map(tuple),
    exchanges=st.lists(exchanges, max_size=2).map(tuple),
)


def a_batch(text="hello", body=b'{"data": [\xff]}'):
    item = FetchedItem("1_2", ItemKind.REPLY, text, AT, attachments=(Attachment("photo", "https://cdn.example/1"),))
    exchange = Exchange("GET", "https://graph.example/1/comments", 200, {"Date": "today"}, body, AT)
    return Batch((item,), {"v": 1, "since": "x"}, True, exchanges=(exchange,))


def write(folder, batch=None, now=AT):
    return write_incoming(folder, "oakfield", "facebook", "comments", batch or a_batch(), now)


def left(folder):
    return leftovers(folder, "oakfield", "facebook")


def texts(paths):
    return [read_incoming(path)[1].items[0].text for path in paths]


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def somewhere(tmp_path_factory):
    return tmp_path_factory.mktemp("evidence")


@given(stream=words, batch=batches, now=moments)
@settings(deadline=None)  # it waits for the disk
def test_whatever_came_in_is_read_back_exactly(somewhere, stream, batch, now):
    path = write_incoming(somewhere, "oakfield", "facebook", stream, batch, now)
    assert read_incoming(path) == (stream, batch, now)
    done(path)


def test_every_kind_of_thing_comes_back_as_the_kind_it_was(tmp_path):
    _, batch, received_at = read_incoming(write(tmp_path))
    item, exchange = batch.items[0], batch.exchanges[0]
    assert (type(item.kind), type(item.shown), type(exchange.body)) == (ItemKind, Shown, bytes)
    assert item.attachments == (Attachment("photo", "https://cdn.example/1"),)
    assert (item.created_at.tzinfo, exchange.received_at.tzinfo, received_at.tzinfo) == (UTC, UTC, UTC)


def test_the_cursor_is_not_kept_for_only_the_store_may_move_it(tmp_path):
    _, batch, _ = read_incoming(write(tmp_path))
    assert (batch.next_cursor, batch.complete) == (None, False)


def test_only_its_owner_can_read_it(tmp_path):
    path = write(tmp_path)
    assert mode(path) == 0o600
    assert {mode(folder) for folder in (path.parent, path.parent.parent, tmp_path / ".incoming")} == {0o700}


def test_it_is_on_the_disk_before_its_name_is_there_and_its_name_before_we_go_on(tmp_path, monkeypatch):
    folder, seen = write(tmp_path).parent, []
    done(left(tmp_path)[0])
    really = os.fsync

    def watched(handle):
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        seen.append((is_folder, [path.suffix for path in folder.iterdir()]))
        really(handle)

    monkeypatch.setattr(os, "fsync", watched)
    write(tmp_path)
    assert seen == [(False, [".part"]), (True, [".json"])]


def test_what_is_left_is_listed_oldest_first_even_when_the_clock_was_put_back_or_stands_still(tmp_path):
    moments = [AT, AT, AT - timedelta(hours=1), AT + timedelta(seconds=1), AT - timedelta(days=400)]
    for number, now in enumerate(moments):
        write(tmp_path, a_batch(f"number {number}"), now)
    assert texts(left(tmp_path)) == [f"number {number}" for number in range(5)]


def test_what_is_done_is_left_no_longer_and_may_be_done_twice(tmp_path):
    first, second = write(tmp_path), write(tmp_path)
    done(first)
    done(first)
    assert left(tmp_path) == [second]


def test_a_new_batch_never_takes_the_name_of_one_that_is_done(tmp_path):
    first = write(tmp_path)
    done(first)
    second = write(tmp_path)
    done(first)
    assert left(tmp_path) == [second]


def test_each_account_of_each_school_has_its_own(tmp_path):
    write(tmp_path)
    assert leftovers(tmp_path, "oakfield", "x") == leftovers(tmp_path, "hillside", "facebook") == []
    assert len(left(tmp_path)) == 1


def test_looking_where_nothing_ever_came_in_makes_no_folder(tmp_path):
    assert left(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["", ".", "..", "a/b", "/etc", "a\\b", ".hidden", "a\0b", "a\n", "x" * 200])
def test_a_key_that_would_leave_the_folder_is_refused(tmp_path, key):
    for school, account in ((key, "facebook"), ("oakfield", key)):
        with pytest.raises(ValueError, match="cannot name a folder"):
            write_incoming(tmp_path, school, account, "comments", a_batch(), AT)
        with pytest.raises(ValueError, match="cannot name a folder"):
            leftovers(tmp_path, school, account)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.rename"])
def test_a_failure_half_way_leaves_nothing_that_counts_and_the_next_one_clears_it_away(tmp_path, monkeypatch, step):
    kept = write(tmp_path)

    def fail(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(step, fail)
        with pytest.raises(OSError, match="No space left"):
            write(tmp_path)
    assert len(list(kept.parent.iterdir())) == 2
    assert left(tmp_path) == [kept]
    assert list(kept.parent.iterdir()) == [kept]


def test_writing_clears_away_what_was_never_finished(tmp_path):
    kept = write(tmp_path)
    kept.with_suffix(".part").write_bytes(b"half")
    another = write(tmp_path)
    assert sorted(kept.parent.iterdir()) == [kept, another]


def test_many_at_once_lose_nothing_to_each_other(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda number: write(tmp_path, a_batch(f"{number}")), range(80)))
    assert left(tmp_path) == sorted(written)
    assert sorted(texts(written), key=int) == [str(number) for number in range(80)]
    assert len({path.name.partition("-")[0] for path in written}) == 80


WRITE_FOR_EVER = """
import sys
from pathlib import Path
from test_incoming import a_batch, write
number = 0
while True:
    print(write(Path(sys.argv[1]), a_batch(f"number {number}", b"x" * 100_000)), flush=True)
    number += 1
"""


def test_kill_9_at_any_moment_loses_nothing_that_was_said_to_be_safe(tmp_path):
    paths = os.pathsep.join([str(Path.cwd()), str(Path(__file__).parent)])
    command = [sys.executable, "-c", WRITE_FOR_EVER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": paths}) as writer:
        said = [writer.stdout.readline() for _ in range(25)]
        writer.kill()
        said += writer.stdout.readlines()
    safe = [line.decode().strip() for line in said if line.endswith(b"\n")]
    listed = left(tmp_path)
    assert [str(path) for path in listed][: len(safe)] == safe
    assert len(listed) - len(safe) in {0, 1}
    assert texts(listed) == [f"number {number}" for number in range(len(listed))]
    assert not list(listed[0].parent.glob("*.part"))


@given(st.data())
@settings(deadline=None)
def test_a_file_that_was_cut_or_changed_anywhere_is_refused_in_a_sentence(somewhere, data):
    path = write(somewhere)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole[:at] if data.draw(st.booleans()) else whole)
    if len(changed) == len(whole):
        changed[at] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(changed)
    with pytest.raises(ValueError, match=r"^the incoming batch [0-9a-f-]+\.json is damaged .* the same page$"):
        read_incoming(path)
    done(path)


@pytest.mark.parametrize("held", [{}, [], {"stream": "s", "received_at": "2026-11-20T08:00:00+00:00", "items": [{}]}])
def test_a_file_of_another_version_is_refused_in_the_same_sentence(tmp_path, held):
    path, written = tmp_path / "1.json", json.dumps(held).encode()
    path.write_bytes(incoming._heading(written) + b"\n" + written)
    with pytest.raises(ValueError, match="written by another version"):
        read_incoming(path)


def test_a_refused_file_is_not_repeated_in_the_words_of_the_refusal(tmp_path):
    path = write(tmp_path, a_batch("Gary Pretend was here"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError) as refused:
        read_incoming(path)
    assert "Gary" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_batch_above_the_limit_is_kept_without_its_answers(tmp_path, monkeypatch):
    batch = a_batch(body=b"x" * 5000)
    monkeypatch.setattr(incoming, "LARGEST", 5000)
    path = write(tmp_path, batch)
    assert path.stat().st_size < 5000
    _, read, _ = read_incoming(path)
    assert (read.items, read.exchanges) == (batch.items, ())


@pytest.mark.parametrize("raw", [{"a": object()}, {"a": {1, 2}}])
def test_what_is_no_json_is_refused_in_a_sentence(tmp_path, raw):
    batch = Batch((FetchedItem("1", ItemKind.COMMENT, "", AT, raw=raw),), None, False)
    with pytest.raises(ValueError, match="no JSON"):
        write(tmp_path, batch)
    assert left(tmp_path) == []


def test_what_is_nested_beyond_reading_is_refused_in_a_sentence(tmp_path):
    deep = {}
    for _ in range(100_000):
        deep = {"a": deep}
    batch = Batch((FetchedItem("1", ItemKind.COMMENT, "", AT, raw=deep),), None, False)
    with pytest.raises(ValueError, match="nested too deeply"):
        write(tmp_path, batch)


def test_a_time_without_a_zone_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no zone"):
        write(tmp_path, now=AT.replace(tzinfo=None))
