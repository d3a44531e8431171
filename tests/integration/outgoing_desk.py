"""A school that looks after its own words: lists of pupils, somebody who posts, and her manager."""

from __future__ import annotations

import email
import email.policy

from desk import DAY, HOUR, NOW, SCRIPTED, page
from sqlalchemy import update

from connectors.fetched import FetchedPost
from monitor.store import outgoing
from monitor.store.school_tables import Account

LINK = "https://www.facebook.com/100200300/posts/5001"
PUPIL = "Well done Ava Thompson for the tallest tower"
REGISTER = """
[[people]]
name = "Mr Boss"
email = "boss@oakfield.example"
roles = ["line_manager"]

[[people]]
name = "Miss Post"
email = "post@oakfield.example"
roles = ["staff"]
line_manager = "Mr Boss"

[[registered]]
account = "facebook"
posters = ["Miss Post"]

[outgoing]
pupils_file = "pupils.txt"
opted_out_file = "opted-out.txt"
"""
SCRIPTED_AND_REGISTER = SCRIPTED + REGISTER


def looked_after(desk):
    """The desk of a school with lists, a poster and her manager, watched since yesterday."""
    (desk.folder / "pupils.txt").write_text("Ava Thompson\nMason Hill\n")
    (desk.folder / "opted-out.txt").write_text("Maisie Green\n")
    desk.change(accounts=SCRIPTED_AND_REGISTER)
    with desk.store.writing() as tx:
        tx.execute(update(Account).values(added_at=NOW - DAY))
    return desk


def post(text, remote_id="5001", at=NOW - HOUR, **more):
    return FetchedPost(remote_id, text, at, LINK, **more)


def publish(desk, *posts, items=()):
    return desk.read_pages([page(*items, posts=tuple(posts))])


def rows(desk, *, settled=True):
    with desk.rows() as (tx, school, _):
        return list(outgoing.found(tx, school, settled=settled))


def kinds(desk, *, settled=False):
    return [row.kind for row in rows(desk, settled=settled)]


def send(desk):
    """Send what is due, and say what was sent: (recipient, subject, text) of each new mail."""
    before = set(desk.mails())
    result = desk.app.notifier.run()
    assert result.failures == []
    return [mail_read(each) for each in desk.mails() if each not in before]


def mail_read(path):
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return str(mail["To"]), str(mail["Subject"]), mail.get_body(("plain",)).get_content(), mail


def outgoing_mails(mails):
    return [each for each in mails if "of ours to look at" in each[1]]
