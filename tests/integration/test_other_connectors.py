"""A connector of somebody else's: the one in docs/connectors.md, as it stands there."""

import json
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from desk import NOW

from connectors.errors import Forbidden
from monitor.connecting import build_connector
from monitor.demo.server import StandIn, json_response
from monitor.round import read_account
from monitor.store import archive, ledger

DOCS = Path(__file__).parents[2] / "docs" / "connectors.md"
TOKEN = "plantedTokenOfOakfield/0123456789"
ACCOUNT = """
[[accounts]]
network = "other"
connector = "forum"
key = "forum"
label = "Parents' forum"
identity = "oakfield"
api_url = "{url}"
token_env = "TOKEN"
"""


class ForumServer(StandIn):
    """The forum of the page."""

    messages = [
        {"id": "m1", "author": "p7", "at": (NOW - timedelta(hours=3)).isoformat(), "text": "When is the fair?"},
        {
            "id": "m2",
            "author": "us",
            "at": (NOW - timedelta(hours=2)).isoformat(),
            "text": "Friday.",
            "answers": "m1",
        },
        {"id": "m3", "author": "p8", "text": "no time"},
        "not a message",
    ]

    def answer(self, request):
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return json_response({}, 401)
        if request.path == "/me":
            return json_response({"id": "us", "name": "Oakfield"})
        if request.path == "/topics/oakfield":
            return json_response(self.messages)
        there = {m["id"] for m in self.messages if isinstance(m, dict)}
        return json_response({}, 200 if request.path.rpartition("/")[2] in there else 404)


def written_in_the_docs():
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    return code


@pytest.fixture
def installed(monkeypatch):
    """The connector, found by its entry point."""
    module = {}
    exec(compile(written_in_the_docs(), str(DOCS), "exec"), module)

    def entry_points(group):
        assert group == "school_social_monitor.connectors"
        return [SimpleNamespace(name="forum", load=lambda: module["Forum"])]

    monkeypatch.setattr("monitor.other_connectors.entry_points", entry_points)


@pytest.fixture
def forum(desk, installed):
    with ForumServer(desk.clock) as server:
        desk.change(accounts=ACCOUNT.format(url=server.url))
        yield server


def test_the_example_takes_less_than_a_hundred_lines():
    assert len(written_in_the_docs().splitlines()) < 100


def test_the_example_reads_keeps_and_answers(desk, forum):
    result = desk.run("forum")
    assert (result.complete, result.new, result.quarantined) == (True, 2, 2)
    with desk.store.reading() as tx:
        rows = list(archive.everything(tx, ledger.enrolled_school(tx, "oakfield"), None, None))
    assert [(row["remote_id"], row["is_own"]) for row in rows] == [("m1", False), ("m2", True)]
    assert rows[0]["answered_at"] is not None


def test_the_example_notices_a_deletion(desk, forum):
    desk.run("forum")
    forum.messages = forum.messages[1:]
    for _ in range(8):
        desk.later(timedelta(minutes=15))
        desk.run("forum")
    assert desk.items()["m1"].gone_at is not None


def test_its_token_is_not_written_anywhere(desk, forum):
    forum.fault = lambda request, _: json_response({"error": f"bad {TOKEN}"}, 401)
    result = desk.run("forum")
    assert TOKEN not in json.dumps(result.failures)
    assert not any(TOKEN.encode() in file.read_bytes() for file in desk.folder.rglob("*") if file.is_file())


def test_a_connector_that_is_not_installed_is_told_with_those_that_are(desk, installed):
    desk.change(
        accounts=ACCOUNT.format(url="http://127.0.0.1:9").replace('connector = "forum"', 'connector = "chat"')
    )
    with pytest.raises(Forbidden, match=r"no connector called chat is installed \(installed: forum\)"):
        build_connector(desk.settings.accounts[0], desk.settings, desk.clock)


def test_a_connector_that_cannot_be_started_is_told_without_its_words(desk, monkeypatch):
    def broken(connection):
        raise ValueError(connection.token)

    entry = SimpleNamespace(name="forum", load=lambda: broken)
    monkeypatch.setattr("monitor.other_connectors.entry_points", lambda group: [entry])
    desk.change(accounts=ACCOUNT.format(url="http://127.0.0.1:9"))
    with pytest.raises(Forbidden, match="ValueError") as told:
        build_connector(desk.settings.accounts[0], desk.settings, desk.clock)
    assert TOKEN not in str(told.value)
    result = read_account(desk.app, desk.settings.accounts[0])
    assert (result.complete, result.failures) == (False, [f"forum: {told.value}"])
