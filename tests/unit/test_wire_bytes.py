"""One item's own bytes are cut out of an answer exactly, and nobody else's words come with them."""

import copy
import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.fetched import Exchange
from connectors.redaction import REMOVED, Redactor
from monitor.evidence.wire_bytes import OTHERS, PageBytes, without_others

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
HALF_A_MEGABYTE = 500_000

words = st.text(st.characters(codec="utf-8"), max_size=12)
names = words.filter(lambda name: name not in {*OTHERS, "id"})
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
members = st.dictionaries(names, values, max_size=4)
styles = st.fixed_dictionaries(
    {
        "ensure_ascii": st.booleans(),
        "indent": st.sampled_from([None, 0, 2, "\t"]),
        "separators": st.sampled_from([None, (",", ":"), (" , ", " : ")]),
    }
)


def exchange(body):
    return Exchange("GET", "https://graph.example/comments", 200, {}, body, AT)


def find(body, raw, remote_id="1"):
    return PageBytes([exchange(body)]).find(raw, remote_id)


def page(*items, **style):
    return json.dumps({"data": list(items)}, **style).encode()


@given(others=st.lists(members, max_size=3), item=members, place=st.integers(0, 3), style=styles)
@example(others=[], item={"text": 'a "quote}", a \\ and [brackets]]'}, place=0, style={})
def test_an_item_is_the_very_bytes_between_its_brackets_however_the_page_is_written(others, item, place, style):
    raw = {"id": "1", **item}
    rows = [{"id": str(number), **other} for number, other in enumerate(others, 2)]
    rows.insert(place, raw)
    body = page(*rows, **style)
    found = find(body, json.loads(json.dumps(raw)))
    assert found.left_out == ()
    assert found.content == body[found.offset : found.offset + found.length]
    assert repr(json.loads(found.content)) == repr(raw)  # NaN is not equal to itself


@st.composite
def items_with_answers(draw):
    """An item with what others wrote at the top and one deeper, each member in any place."""
    planted = {name: [{"message": "WORDS OF SOMEONE ELSE"}] for name in draw(st.sets(st.sampled_from(OTHERS)))}
    inside = list((draw(members) | planted).items())
    outside = list((draw(members) | {"id": "1", "data": dict(draw(st.permutations(inside)))} | planted).items())
    return dict(draw(st.permutations(outside)))


@given(raw=items_with_answers(), style=styles)
def test_what_others_wrote_inside_an_item_is_cut_out_and_named(raw, style):
    body = page({"id": "2", "text": "before"}, raw, **style)
    found = find(body, json.loads(json.dumps(raw)))
    assert found.left_out == tuple(sorted(raw.keys() & set(OTHERS)))
    assert b"WORDS" not in found.content
    assert repr(json.loads(found.content)) == repr(without_others(raw))
    assert repr(json.loads(body[found.offset : found.offset + found.length])) == repr(raw)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (b'{"id":"1","comments":[],"likes":{}}', b'{"id":"1"}'),
        (b'{"comments":[],"likes":{},"id":"1"}', b'{"id":"1"}'),
        (b'{"comments":[],"id":"1" , "likes":{} }', b'{"id":"1"  }'),
        (b'{"comments":[{"comments":[]}],"id":"1","comments":[]}', b'{"id":"1"}'),
        (b'{"id":"1","comments":7,"replies":""}', b'{"id":"1","comments":7,"replies":""}'),
        (b'{"id":"1","x":{"replies":{"a":"}"}}}', b'{"id":"1","x":{}}'),
    ],
)
def test_what_is_left_is_json_wherever_the_cut_was(written, left):
    assert find(b"[" + written + b"]", json.loads(written)).content == left


@pytest.mark.parametrize("name", ["comments", "replies", "likes", "reactions", "crosspost_parent_list"])
def test_answers_reactions_and_posts_passed_on_count_as_what_others_wrote(name):
    raw = {"id": "1", name: [{"name": "Invented Parent"}]}
    assert find(page(raw), raw).content == b'{"id": "1"}'


def test_what_the_connector_took_away_is_cut_out_as_well():
    body = page({"id": "1", "message": "hello", "summary": "private", "from": {"summary": "stays"}, "shares": 3})
    found = find(body, {"id": "1", "message": "hello", "from": {"summary": "stays"}})
    assert found.left_out == ("shares", "summary")
    assert json.loads(found.content) == {"id": "1", "message": "hello", "from": {"summary": "stays"}}


def test_an_answer_inside_another_item_is_found_by_itself():
    inner = {"kind": "t1", "data": {"name": "t1_b", "body": "inner"}}
    outer = {"kind": "t1", "data": {"name": "t1_a", "body": "outer", "replies": {"children": [inner]}}}
    body = page(outer)
    assert find(body, inner, "t1_b").content == json.dumps(inner).encode()
    assert b"inner" not in find(body, outer, "t1_a").content


def test_what_only_points_at_an_item_is_not_taken_for_it():
    answers = [{"id": str(number), "message": "yes", "parent": {"id": "1"}} for number in range(2, 50)]
    raw = {"id": "1", "message": "hello"}
    assert find(page(*answers, raw), raw).content == json.dumps(raw).encode()


def test_an_item_without_an_id_is_found_by_what_it_says():
    raw = {
        "message": "hello",
        "permalink_url": "https://www.facebook.com/1/posts/2/?comment_id=3",
        "from": {"id": "9"},
    }
    others = [raw | {"message": f"hello {number}", "permalink_url": f"{number}"} for number in range(20)]
    assert json.loads(find(page(*others, raw), raw, "2_3").content) == raw


def test_the_newest_answer_that_says_what_the_item_says_is_used():
    early, late = {"id": "1", "text": "as it was"}, {"id": "1", "text": "as it is"}
    exchanges = [exchange(page(each)) for each in (late, early, late, early, early)]
    assert PageBytes(exchanges).find(late, "1").exchange is exchanges[2]


@pytest.mark.parametrize(
    "held",
    [
        {"id": "1", "text": "other words"},
        {"id": "1"},
        {"id": "1", "text": 1},
        {"id": "1", "text": "hello", "n": 1},
        {"id": "1", "text": "hello", "n": True},
        {"id": "1", "text": "hello", "n": [1.0]},
        {"id": "1", "text": "hello", "n": {"a": 1.0}},
    ],
)
def test_bytes_that_say_anything_else_are_not_given(held):
    assert find(page(held), {"id": "1", "text": "hello", "n": 1.0}) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"<html>[{</html>",
        b'{"id":"1","text":"hel',
        b'{"id":"1","text":"hello"',
        b'{"id":"1","text":"hello"]',
        b'{"id":"1" "text":"hello"}',
        b'{"id":"1","text":"\\q"}',
        b'{"id":"1","text":"hello","comments":}',
        b'{"id":"1","text":"hello","more":}',
        b'[{"id":"1","text":"hello"}',
        b'"id":"1"',
        '{"id":"1","text":"hello"}'.encode("utf-16"),
        bytes(range(256)),
    ],
)
def test_an_answer_that_is_no_whole_json_holds_no_item(body):
    assert find(body, {"id": "1", "text": "hello"}) is None


def test_a_member_whose_name_is_made_of_json_itself_misleads_nobody():
    held = {"id": "1", ", ": 1, "a": "x", "b": ":{", ":": [":{"], '"': ":["}
    assert find(page(held), held).content == json.dumps(held).encode()
    found = find(page(held), {"id": "1"})
    assert found is None or json.loads(found.content) == {"id": "1"}


@given(st.binary() | st.text('{}[]":,\\ 1aid').map(str.encode))
def test_no_answer_makes_it_fail(body):
    found = find(body, {"id": "1"})
    assert found is None or json.loads(found.content) == {"id": "1"}


def test_bytes_that_are_no_utf_8_read_as_the_connector_read_them():
    body = b'{"data": [{"id": "1", "text": "caf\xe9 \xf0\x9f\x98"}]}'
    assert find(body, {"id": "1", "text": "caf\ufffd \ufffd"}).content == body[10:-2]


def test_half_a_surrogate_pair_is_kept_as_it_was_sent():
    body = b'[{"id": "1", "text": "\\ud83d \\u0000"}]'
    assert find(body, {"id": "1", "text": "\ud83d \0"}).content == body[1:-1]


def test_a_credential_that_was_taken_out_of_the_answer_alone_does_not_hide_the_item():
    raw = {"id": "1", "text": "look: https://x.example/?access_token=abc123&n=1 and client_secret=zzz too"}
    body = Redactor().body(page(raw))
    found = find(body, raw)
    assert found.content == body[10:-2]
    assert b"abc123" not in found.content
    assert REMOVED.encode() in found.content


def test_bytes_that_still_hold_a_credential_which_the_item_is_without_are_not_given():
    redactor = Redactor(["very/secret"])
    body = redactor.body(b'[{"id": "1", "text": "mine is very\\u002fsecret"}]')
    raw = redactor.payload(json.loads(body)[0])
    assert raw["text"] == f"mine is {REMOVED}"
    assert find(body, raw) is None


@given(kept=st.text(f"ab{REMOVED[0]}", max_size=6), hidden=st.lists(st.text("abx", max_size=3), max_size=3))
def test_whatever_was_taken_out_of_a_text_the_rest_must_agree(kept, hidden):
    bytes_say, item_says = kept, kept
    for secret in hidden:
        bytes_say, item_says = bytes_say + REMOVED + kept, item_says + secret + kept
    body = page({"id": "1", "text": bytes_say})
    assert find(body, {"id": "1", "text": item_says}) is not None
    assert find(body, {"id": "1", "text": f"{item_says}?"}) is None or bytes_say.endswith(REMOVED)


@pytest.mark.parametrize(
    "piece",
    [
        b"[",
        b'{"a":',
        b"]",
        b"[],",
        b'"',
        b'\\"',
        b'"",',
        b" ",
        b'{"id":"1"},',
        b'"id":',
        b'"id":"1",',
        b'{"comments":[]},',
    ],
)
@pytest.mark.parametrize("start", [b"", b'{"id":"1","a":['])
def test_half_a_megabyte_of_anything_is_looked_through_in_seconds(start, piece):
    body = start + piece * (HALF_A_MEGABYTE // len(piece))
    began = time.process_time()
    assert find(body, {"id": "1", "text": "hello"}) is None
    assert time.process_time() - began < 5  # going over the rest again at every step would take hours


def test_an_id_that_every_object_around_it_has_as_well_is_not_looked_for_for_ever():
    body = b'{"id":"1","a":' * 400 + b"[" + b"0," * 200_000 + b"0]" + b"}" * 400
    began = time.process_time()
    assert find(body, {"id": "1", "text": "hello"}) is None
    assert time.process_time() - began < 10


def test_an_item_nested_as_deep_as_a_connector_can_read_never_makes_it_fail():
    deep = "end"
    for _ in range(900):
        deep = {"more": [deep]}
    raw = {"id": "1", "deep": deep}
    body = b'[{"id": "1", "deep": ' + b'{"more": [' * 900 + b'"end"' + b"]}" * 900 + b"}]"
    assert find(body, raw) is None
    assert without_others(raw).keys() == raw.keys()


@given(raw=items_with_answers())
def test_leaving_out_what_others_wrote_changes_nothing_else(raw):
    before = copy.deepcopy(raw)
    left = without_others(raw)
    assert repr(raw) == repr(before)
    assert left.keys() == raw.keys() - set(OTHERS)
    assert "WORDS" not in repr(left)
    assert repr(without_others(left)) == repr(left)
