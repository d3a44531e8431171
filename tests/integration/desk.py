"""One school's monitor on a database of its own, with a clock that stands still and connectors that obey."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from config.loading import load_settings
from connectors.base import AccountState, Batch, Capabilities, Verdict
from connectors.fetched import Exchange, FetchedItem, ItemKind
from monitor.allotment import Allotment
from monitor.clock import SetClock
from monitor.collect import Collector
from monitor.ledger_line import LedgerBook
from monitor.store import cases, ledger
from monitor.store.base import Base
from monitor.store.delivery_tables import Delivery
from monitor.store.evidence_tables import Snapshot
from monitor.store.item_tables import Answer, Comment, Item
from monitor.store.reading_tables import Read
from monitor.store.school_tables import School
from monitor.wiring import build_app

NOW = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
"""A Tuesday morning, after the digest."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SCHOOL = "100200300"
PARENT, OTHER = "88001", "88002"

TOKEN = "plantedTokenOfOakfield/0123456789"
INSULT = "You are a stupid idiot"

SCRIPTED = """
[[accounts]]
key = "facebook"
label = "Facebook page"
network = "facebook_page"
page_id = "100200300"
access_token_env = "TOKEN"
api_url = "http://127.0.0.1:9"
"""

_CONFIGURATION = """
[school]
name = "Oakfield Primary School"
key = "oakfield"
last_resort = "chair@governors.example"
{school}

[mail]
{mail}

[[people]]
name = "Mrs Ali"
email = "ali@oakfield.example"
roles = ["moderator"]

[[people]]
name = "Mr Bevan"
email = "bevan@oakfield.example"
roles = ["moderator"]

[[people]]
name = "Ms Okafor"
email = "head@oakfield.example"
roles = ["head"]

{accounts}

[judging]
{judging}

[response]
{response}
"""
BY_LISTS = 'models = "none"'
FOLDER_MAIL = 'transport = "folder"\nsender = "monitor@oakfield.example"'


def item(remote_id, text="Hello there", *, by=PARENT, at=NOW - HOUR, under=None, post="post", **more):
    """One message as a connector hands it over."""
    kind = ItemKind.REPLY if under else ItemKind.COMMENT
    wanted = {"kind": kind, "author_name": f"Name of {by}", "raw": {"id": remote_id, "message": text}}
    return FetchedItem(
        remote_id=remote_id,
        text=text,
        created_at=at,
        post_remote_id=post,
        parent_remote_id=under,
        author_id=by,
        **(wanted | more),
    )


def page(*items, last=True, cursor=None, **more):
    """One page of a stream."""
    body = json.dumps({"data": [dict(each.raw) for each in items]}, default=repr).encode()
    headers = {"Date": "Tue, 10 Nov 2026 08:59:57 GMT"}
    exchange = Exchange("GET", "https://graph.facebook.com/feed", 200, headers, body, NOW)
    return Batch(tuple(items), cursor, last, exchanges=(exchange,), **more)


class Scripted:
    """A connector that hands over the given pages, stream by stream; an exception among them is raised."""

    network = "facebook_page"

    def __init__(self, streams, verdicts=None, own_ids=frozenset({SCHOOL}), **can):
        self.streams, self.verdicts, self.own_ids = streams, verdicts or {}, own_ids
        self.capabilities = Capabilities(tuple(streams), shows_hidden=True, **can)
        self.asked, self.cursors, self.looked_for = [], [], []

    def check(self):
        self.asked.append("check")
        if isinstance(self.own_ids, Exception):
            raise self.own_ids
        return AccountState(self.own_ids, "Oakfield Primary School")

    def fetch(self, stream, cursor, budget):
        self.asked.append(stream)
        self.cursors.append(cursor)
        for each in self.streams[stream]:
            budget.spend()
            if isinstance(each, Exception):
                raise each
            yield each

    def verify(self, remote_ids, budget):
        self.asked.append("verify")
        self.looked_for.append(list(remote_ids))
        budget.spend()
        return {remote_id: self.verdicts.get(remote_id, Verdict.UNKNOWN) for remote_id in remote_ids}


def emptied(store):
    """The same store with nothing in it: a store used again has its statements compiled already.

    What the database refuses to have deleted goes as well, and its refusals are put back afterwards.
    """
    with store.writing() as tx:
        guards = tx.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in guards:
            tx.execute(text(f"DROP TRIGGER {name}"))
        for table in reversed(Base.metadata.sorted_tables):
            tx.execute(table.delete())
        for _, words in guards:
            tx.execute(text(words))
    return store


class Desk:
    """The monitor of Oakfield Primary School in `folder`. `accounts`, `response`, `mail`, `school`, `judging`: TOML.

    `store`: an empty one to use in place of a database in the folder. Words are judged by lists and patterns alone
    unless `judging` says otherwise: what a model makes of a comment is no matter of these tests.
    """

    def __init__(
        self,
        folder,
        accounts=SCRIPTED,
        response="",
        mail=FOLDER_MAIL,
        school="",
        judging=BY_LISTS,
        now=NOW,
        store=None,
    ):
        self.folder, self.clock, self._given = folder, SetClock(now), store
        self._parts = {
            "accounts": accounts,
            "response": response,
            "mail": mail,
            "school": school,
            "judging": judging,
        }
        self.app = None
        self.change()

    def change(self, **parts):
        """Start again with some tables of the configuration changed."""
        self._parts |= parts
        file = self.folder / "school-monitor.toml"
        file.write_text(_CONFIGURATION.format(**self._parts))
        self.close()
        self.settings = load_settings(file, {"TOKEN": TOKEN})
        with pytest.MonkeyPatch.context() as patch:
            if self._given:
                patch.setattr("monitor.wiring.open_store", lambda _: self._given)
            self.app = build_app(self.settings, self.clock)
        self.store = self.app.store

    def close(self):
        if self.app and not self._given:
            self.app.store.close()

    def later(self, by):
        """Let time pass."""
        self.clock.at += by

    def collector(self, connector, **options):
        wanted = {"allotment": Allotment(100), "next_run_in": 15 * MINUTE, "account_key": "facebook"} | options
        wanted.setdefault("care", self.app.care)
        book = LedgerBook(self.store, "oakfield", wanted.pop("account_key"), self.clock)
        return Collector(book=book, connector=connector, judge=self.app.judge, **wanted)

    def read(self, *items, **options):
        """One run over one page with these items."""
        return self.read_pages([page(*items)], **options)

    def read_pages(self, pages, verdicts=None, **options):
        """One run over one stream with these pages."""
        return self.collector(Scripted({"comments": pages}, verdicts), **options).run()

    def run(self, key="facebook", should_stop=lambda: False):
        """One run with the real connector of an account."""
        account = next(each for each in self.settings.accounts if each.key == key)
        return self.app.collector(account, should_stop).run()

    @contextmanager
    def rows(self):
        """A reading transaction with the school and its first account."""
        with self.store.reading() as tx:
            school = tx.scalars(select(School)).one()
            yield tx, school, ledger.accounts_of(tx, school)[0]

    def account(self, key="facebook"):
        with self.rows() as (tx, school, _):
            return ledger.account_by_key(tx, school, key)

    def cases(self):
        """Every comment, by its remote id."""
        with self.rows() as (tx, school, _):
            return {case.remote_id: case for case in cases.every_case(tx, school, self.settings.policy)}

    def items(self):
        """Every item, by its remote id, with its versions."""
        with self.rows() as (tx, _, __):
            found = {each.remote_id: each for each in tx.scalars(select(Item))}
            for each in found.values():
                assert each.versions
            return found

    def reads(self, stream=None):
        with self.rows() as (tx, _, __):
            return [each for each in tx.scalars(select(Read).order_by(Read.id)) if stream in {None, each.stream}]

    def all_of(self, table):
        with self.rows() as (tx, _, __):
            return list(tx.scalars(select(table)))

    def deliveries(self, kind=None):
        with self.rows() as (tx, _, __):
            found = tx.scalars(select(Delivery).order_by(Delivery.id))
            return [each for each in found if kind in {None, each.kind}]

    def snapshots(self):
        return self.all_of(Snapshot)

    def answers(self):
        """Which reply answers which comment, by remote ids."""
        with self.rows() as (tx, _, __):
            names = dict(tx.execute(select(Item.id, Item.remote_id)).all())
            return {(names[a.reply_id], names[a.comment_id]) for a in tx.scalars(select(Answer))}

    def comment_ids(self):
        with self.rows() as (tx, _, __):
            return set(tx.scalars(select(Comment.remote_id)))

    def last_complete_read(self, key="facebook"):
        with self.rows() as (tx, school, _):
            return ledger.last_complete_read(tx, ledger.account_by_key(tx, school, key))

    def mails(self):
        """The mails in the folder, by recipient."""
        folder = self.folder / "mails"
        return sorted(folder.glob("*.eml")) if folder.exists() else []
