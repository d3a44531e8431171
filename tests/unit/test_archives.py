"""Reading what people download from their accounts. Everything in these files is invented."""

import json
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.archives import json_lines, meta, reading, reddit_csv, x_archive
from connectors.archives.reading import ArchiveUnusable, Found, LeftOut, read_archive
from connectors.archives.values import iso_time, mended, unix_time
from connectors.fetched import FetchedItem, ItemKind, Quarantined, Shown

US = "100200300"
AT = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)


def tweets(*posts):
    return b"window.YTD.tweets.part0 = " + json.dumps([{"tweet": each} for each in posts]).encode()


def tweet(post_id="1857000000000000002", to="1857000000000000001", **more):
    made = {
        "id_str": post_id,
        "full_text": "@parent_7 At nine &amp; not before",
        "created_at": "Wed Nov 18 09:30:00 +0000 2026",
        "in_reply_to_status_id_str": to,
        "in_reply_to_user_id_str": "7007",
    }
    return made | more


def test_a_reply_in_xs_archive_is_ours_with_its_own_id_and_time():
    (item,) = x_archive.read("data/tweets.js", tweets(tweet()), US)
    assert (item.remote_id, item.parent_remote_id, item.author_id) == (
        "1857000000000000002",
        "1857000000000000001",
        US,
    )
    assert (item.text, item.created_at, item.addressed_to) == ("@parent_7 At nine & not before", AT, ("7007",))


def test_a_post_of_our_own_that_answers_nobody_is_no_item():
    assert x_archive.read("data/tweets-part1.js", tweets(tweet(to=None)), US) == []


@pytest.mark.parametrize("broken", [{"created_at": "soon"}, {"full_text": None}, {"id_str": "../me"}])
def test_a_broken_post_is_kept_aside_with_a_reason(broken):
    (kept,) = x_archive.read("tweets.js", tweets(tweet(**broken)), US)
    assert isinstance(kept, Quarantined)


def test_other_scripts_are_no_files_of_xs_archive():
    assert x_archive.read("data/tweets.js", b"window.alert(1)", US) is None
    assert x_archive.read("data/app.js", tweets(tweet()), US) is None


FACEBOOK = {
    "comments_v2": [
        {
            "timestamp": 1794994200,
            "title": "Oakfield replied to a comment.",
            "data": [{"comment": {"timestamp": 1794994200, "comment": "The caf\u00c3\u00a9 opens at nine"}}],
        }
    ]
}
INSTAGRAM = [
    {
        "string_map_data": {
            "Comment": {"value": "Well done \u00f0\u009f\u008e\u0089"},
            "Time": {"timestamp": 1794994200},
        }
    }
]


def test_metas_text_is_mended_and_its_time_read():
    (item,) = meta.read("comments_and_reactions/comments.json", json.dumps(FACEBOOK).encode(), US)
    assert (item.text, item.created_at, item.author_id) == ("The café opens at nine", AT, US)
    (item,) = meta.read("comments/post_comments_1.json", json.dumps(INSTAGRAM).encode(), US)
    assert (item.text, item.created_at) == ("Well done 🎉", AT)


def test_a_comment_without_an_id_gets_the_same_one_each_time():
    content = json.dumps(FACEBOOK).encode()
    (first,), (again,) = meta.read("comments.json", content, US), meta.read("comments.json", content, US)
    assert first.remote_id == again.remote_id
    assert first.remote_id.startswith("import:")


@given(st.text())
def test_text_that_was_written_as_latin_1_is_mended_and_other_text_left_alone(text):
    encoded = text.encode("utf-8", "surrogatepass")
    if all(not 0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        assert mended(encoded.decode("latin-1")) == text


REDDIT = """id,permalink,date,ip,subreddit,gildings,link,parent,body,media
abc123,/r/x/,2026-11-18 09:30:00 UTC,10.0.0.1,a,0,https://reddit.com/comments/fair01/x/,abc122,"At nine,
not before",
abc124,,2026-11-18 09:31:00 UTC,10.0.0.1,a,0,https://www.reddit.com/r/a/comments/fair01/x/,,Top level,
,,2026-11-18 09:31:00 UTC,,a,0,,,No id,
abc125,,last week,,a,0,,,No time,
"""


def test_reddits_comments_keep_their_ids_and_parents_and_lose_their_address():
    below, top, *broken = reddit_csv.read("comments.csv", REDDIT.encode(), "t2_oakfield")
    assert (below.remote_id, below.parent_remote_id, below.post_remote_id) == ("t1_abc123", "t1_abc122", "t3_fair01")
    assert (below.text, below.created_at) == ("At nine,\nnot before", AT)
    assert (top.kind, top.parent_remote_id) == (ItemKind.COMMENT, None)
    assert all(isinstance(each, Quarantined) for each in broken)
    assert "10.0.0.1" not in repr([below, top, *broken])


def test_lines_need_words_and_a_time_and_take_the_rest_where_it_is():
    lines = [
        {
            "remote_id": "c1",
            "text": "When?",
            "created_at": "2026-11-18T09:30:00Z",
            "author_id": "7",
            "state": "hidden",
        },
        {"text": "Friday.", "created_at": "2026-11-18T10:30:00+01:00", "is_own": True, "parent_id": "c1"},
        {"text": "no time"},
        ["no", "object"],
    ]
    content = "\n".join(map(json.dumps, lines)) + "\nnot json\n\n"
    asked, answered, *broken = json_lines.read("old.jsonl", content.encode(), US)
    assert (asked.remote_id, asked.shown, asked.author_id) == ("c1", Shown.HIDDEN, "7")
    assert (answered.author_id, answered.kind, answered.created_at) == (US, ItemKind.REPLY, AT)
    assert ["line" in each.reason for each in broken] == [True, True, True]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["tweet", "comments_v2", "data", "comment", "timestamp", "string_map_data", "Time", "id_str"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from(["tweets.js", "comments.json", "comments.csv", "a.jsonl"]))
def test_nothing_in_a_file_makes_reading_it_fail(payload, name):
    content = json.dumps(payload).encode()
    for read in reading.FORMATS.values():
        for head in (b"", b"window.YTD.tweets.part0 = "):
            for each in read(name, head + content, US) or ():
                assert isinstance(each, FetchedItem | Quarantined)


@given(st.binary(max_size=300), st.sampled_from(["tweets.js", "comments.json", "comments.csv", "a.jsonl"]))
def test_no_bytes_make_reading_fail(content, name):
    for read in reading.FORMATS.values():
        for each in read(name, content, US) or ():
            assert isinstance(each, FetchedItem | Quarantined)


@given(st.integers() | st.floats() | st.text() | st.booleans() | st.none())
def test_a_time_is_aware_and_plausible_or_none(value):
    for moment in (unix_time(value), iso_time(value)):
        assert moment is None or (moment.tzinfo is not None and 2000 <= moment.year < 2100)


def archive(folder, **files):
    path = folder / "download.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def test_a_zip_and_the_folder_it_unpacks_to_hold_the_same(tmp_path):
    files = {
        "data/tweets.js": tweets(tweet()),
        "data/ads.js": b"window.YTD.ad.part0 = []",
        "assets/a.png": b"\x89PNG",
    }
    path = archive(tmp_path, **files)
    folder = tmp_path / "unpacked"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (from_zip,), (from_folder,) = read_archive(path, US), read_archive(folder, US)
    assert from_zip == from_folder
    assert isinstance(from_zip, Found)
    assert (from_zip.format, len(from_zip.batches[0].items)) == ("x", 1)


def test_a_member_that_unpacks_without_end_is_left_out_and_the_rest_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_MEMBER", 1 << 20)
    path = archive(tmp_path, **{"a/tweets.js": b" " * (64 << 20), "b/tweets.js": tweets(tweet())})
    large, fine = read_archive(path, US)
    assert isinstance(large, LeftOut)
    assert large.name == "a/tweets.js"
    assert isinstance(fine, Found)


def test_a_damaged_zip_is_told_in_a_sentence(tmp_path):
    path = archive(tmp_path, **{"data/tweets.js": tweets(tweet()) * 50})
    content = bytearray(path.read_bytes())
    content[60:90] = b"\0" * 30
    path.write_bytes(content)
    (left,) = read_archive(path, US)
    assert isinstance(left, LeftOut)
    path.write_bytes(bytes(content[: len(content) - 30]) + b"PK\5\6" + b"\xff" * 18)
    with pytest.raises(ArchiveUnusable):
        list(read_archive(path, US))


def test_a_link_in_a_folder_is_not_followed(tmp_path):
    (tmp_path / "secret.jsonl").write_text(json.dumps({"text": "x", "created_at": "2026-11-18T09:30:00Z"}))
    folder = tmp_path / "unpacked"
    folder.mkdir()
    (folder / "tweets.jsonl").symlink_to(tmp_path / "secret.jsonl")
    assert list(read_archive(folder, US)) == []


def test_many_items_come_in_portions_of_which_only_the_last_is_the_end(tmp_path):
    lines = "\n".join(
        json.dumps({"id": str(n), "text": "x", "created_at": "2026-11-18T09:30:00Z"}) for n in range(450)
    )
    (tmp_path / "a.jsonl").write_text(lines)
    (found,) = read_archive(tmp_path / "a.jsonl", US)
    assert [len(batch.items) for batch in found.batches] == [200, 200, 50]
    assert [batch.complete for batch in found.batches] == [False, False, True]
