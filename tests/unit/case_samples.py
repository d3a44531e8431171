"""Cases made by hand, for rules that only look at facts."""

from datetime import UTC, datetime, timedelta
from itertools import count

from config.policy import ResponseRule
from monitor.model import Action, ActionFact, Case, Category, Facts, Flag, Presence, ReplyBy, ReplyFact, ReplyKind

NOW = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_numbers = count(1)


def a_flag(severity="concern", category=Category.ABUSE):
    return Flag(category, severity, 1.0, "words/1", 0, 3, "Insults or belittles somebody.")


def reply(at, gone_at=None):
    return ReplyFact(at, ReplyBy.SCHOOL, ReplyKind.REPLY, gone_at)


def action(at, what, note="because"):
    return ActionFact(at, Action(what), note)


RULE = ResponseRule()


def a_case(created_at=NOW - 3 * DAY, due_in=DAY, *, account="facebook", flags=(), number=None, rule=RULE, **facts):
    """A comment due `due_in` after it was written (None: no reply owed), read again after that."""
    known = {"last_read_at": NOW, "first_seen_at": created_at, "last_seen_at": NOW} | facts
    return Case(
        id=next(_numbers) if number is None else number,
        account=account,
        account_label=account.title(),
        network="facebook_page",
        kind="comment",
        remote_id="c1",
        permalink="",
        author_id="88001",
        author_name="Invented Parent",
        text="Hello",
        version=1,
        earlier=(),
        created_at=created_at,
        shown=Presence.VISIBLE,
        post_text="",
        post_remote_id="post",
        parent_remote_id=None,
        attachments=(),
        due_at=None if due_in is None else created_at + due_in,
        derivation=(),
        policy="default 1",
        clause="Monitoring",
        rule=rule,
        facts=Facts(**known),
        flags=flags,
        decisions=(),
        evidence=(),
    )
