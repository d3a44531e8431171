"""Whatever a browser says over its pipe, it is bounded, and none of its words come out as ours."""

import json
import os
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.outside import devtools
from monitor.evidence.outside.devtools import BrowserFailed, DevTools


@contextmanager
def talking(said, on_event=lambda *_: None):
    """A conversation with a browser that has said `said` already and then hangs up, and what it was asked."""
    (asked, asks), (answers, saying) = os.pipe(), os.pipe()
    os.write(saying, said)
    os.close(saying)
    tools = DevTools(asks, answers, on_event)
    try:
        yield tools, lambda: [json.loads(each) for each in os.read(asked, 65536).split(b"\0")[:-1]]
    finally:
        for end in (asked, asks, answers):
            os.close(end)


def said(*messages):
    return b"".join(json.dumps(message).encode() + b"\0" for message in messages)


def test_an_answer_is_found_among_events_which_are_handed_on():
    events = []
    content = said({"method": "Page.a", "params": {"x": 1}}, {"id": 9}, {"id": 1, "result": {"y": 2}})
    with talking(content, lambda *event: events.append(event)) as (tools, asked):
        assert tools.call("Browser.getVersion") == {"y": 2}
        assert asked() == [{"id": 1, "method": "Browser.getVersion", "params": {}}]
    assert events == [("Page.a", {"x": 1})]


def test_after_attaching_every_question_names_its_page():
    with talking(b"") as (tools, asked):
        tools.session = "S"
        assert tools.send("Page.enable", {"a": 1}) == 1
        assert asked() == [{"id": 1, "method": "Page.enable", "params": {"a": 1}, "sessionId": "S"}]


def test_events_are_waited_for():
    seen = []
    with talking(said({"method": "a", "params": {}}, {"method": "b", "params": {}}), lambda *e: seen.append(e)) as (
        tools,
        _,
    ):
        tools.wait_until(lambda: len(seen) == 2)
    assert [name for name, _ in seen] == ["a", "b"]


@pytest.mark.parametrize(
    "content",
    [b"", b"no message\0", b'"text"\0', b"[]\0", b"\xff\0", b'{"id": 1, "error": {"message": "canary"}}\0',
     b'{"id": 1}\0', b'{"id": 1, "result": 5}\0', b'{"id": 1, "result": {}}', b"[" * 100_000 + b"\0"],
)  # fmt: skip
def test_anything_else_is_a_failure_in_our_words(content):
    with talking(content[:60_000]) as (tools, _), pytest.raises(BrowserFailed) as caught:
        tools.call("Browser.getVersion")
    assert "canary" not in str(caught.value)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_in_any_other_way(content):
    with talking(content) as (tools, _), pytest.raises(BrowserFailed):
        tools.wait_until(lambda: False)


def test_a_message_without_end_is_cut_off(monkeypatch):
    monkeypatch.setattr(devtools, "LARGEST_MESSAGE", 1000)
    with talking(b"x" * 5000) as (tools, _), pytest.raises(BrowserFailed, match="more than a page can need"):
        tools.wait_until(lambda: False)


def test_a_browser_that_has_gone_is_noticed_while_asking():
    asked, asks = os.pipe()
    os.close(asked)
    try:
        with pytest.raises(BrowserFailed, match="ended"):
            DevTools(asks, -1, lambda *_: None).send("Page.enable")
    finally:
        os.close(asks)
