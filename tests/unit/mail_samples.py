"""A digest and a weekly report of an invented school, the same made hostile, and ways to read a mail back."""

import email
import email.policy
import re
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from html.parser import HTMLParser

from weekly_samples import FACEBOOK, HEAD, NOTHING, REDDIT, REPORT, WAITING  # noqa: F401  read from here by others

from alerts.messages import Alarm, Blind, Digest, Expiring, Failing, Line, Recovery
from alerts.render import Envelope, render_alarm, render_digest, render_expiring, render_recovery


def at(day, hour, minute, second=0):
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


OVERDUE = Line(12, "Facebook page", "Comment", at(13, 6, 41), at(14, 6, 41), "overdue")
MAYBE = Line(17, "X", "Mention", at(13, 15, 58), at(14, 15, 58), "may be overdue, not read since 06:40")
TO_ANSWER = Line(21, "Facebook page", "Comment", at(14, 10, 12), at(17, 23, 59, 59), "answer by")
FLAGGED = Line(19, "Reddit", "Reply", at(14, 22, 5), None, "waiting", ("threat", "self_harm"), "urgent")
BLIND = Blind("Instagram", at(16, 6, 40), "signed out")

DIGEST = Digest(
    school="Oakfield Primary School",
    timezone="Europe/London",
    now=at(16, 8, 0),
    recipient="Mrs Ali",
    to_answer=(TO_ANSWER,),
    overdue=(OVERDUE, MAYBE),
    flagged=(FLAGGED,),
    blind=(BLIND,),
    read_until=at(16, 6, 35),
    rule_in_words="Every comment gets a response within 24 hours.",
    clause="Monitoring",
    policy="Default 1.2",
    shown=10,
)
EMPTY = replace(DIGEST, to_answer=(), overdue=(), flagged=(), blind=())
ENVELOPE = Envelope(
    sender="monitor@oakfield.example",
    sender_name="Oakfield Primary School",
    reply_to="office@oakfield.example",
    recipient="ali@oakfield.example",
    message_id="<0123456789abcdef@oakfield.example>",
    list_id="alerts.oakfield.monitor",
    date=at(16, 8, 0),
)
FAILING = Failing(
    what="Facebook no longer takes our credentials.",
    streams=("comments", "visitor_posts"),
    since=at(16, 6, 40),
    why="Facebook Page, account: the access token no longer works. A person must issue a new one",
    until=None,
    steps=(
        "Sign in to Meta Business settings as somebody who administers the school's business.",
        "Make a new token.",
        'Put it where access_token_env points, in the [[accounts]] table with key = "facebook".',
    ),
)
SILENT = Failing(
    "A part of the account is not being read.", ("ratings",), None, "timed out", until=at(16, 9, 0), steps=("Wait.",)
)
ALARM = Alarm(
    school="Oakfield Primary School",
    timezone="Europe/London",
    now=at(16, 7, 17),
    recipient="it@oakfield.example",
    account="Facebook page",
    headline="Needs new credentials",
    failing=(FAILING, SILENT),
    configuration="/etc/school-monitor.toml",
    stands_in=False,
)
RECOVERY = Recovery(
    school="Oakfield Primary School",
    timezone="Europe/London",
    now=at(16, 11, 30),
    recipient="it@oakfield.example",
    account="Facebook page",
    over=(("Facebook no longer takes our credentials.", at(16, 7, 15), at(16, 11, 30)),),
    unread=((at(16, 6, 40), at(16, 11, 30)),),
    still=(),
)
EXPIRING = Expiring(
    school="Oakfield Primary School",
    timezone="Europe/London",
    now=at(16, 8, 0),
    recipient="it@oakfield.example",
    account="Instagram",
    expires_at=at(23, 15, 0),
    steps=("Sign in.", "Make a new token."),
    configuration="/etc/school-monitor.toml",
    stands_in=False,
)
HOSTILE = (
    "\u202egnp\u202c\u200b\r\nBcc: all@elsewhere.example\r\n<script>alert(1)</script><img src=x> "
    '{{ 7*7 }} #text(red)[x] $ * _ ` \\ \'"><a href="https://evil.example"> =1+1 \ud83d \x00 😀 中 ' + "W" * 10_000
)


def hostile(value):
    """The same message with hostile words in every field that holds words, however deep."""
    if isinstance(value, tuple):
        return tuple(hostile(inner) for inner in value)
    if isinstance(value, str):
        return HOSTILE
    if is_dataclass(value):
        changed = {f.name: hostile(getattr(value, f.name)) for f in fields(value) if f.name != "timezone"}
        return replace(value, **changed)
    return value


def parsed(message):
    return email.message_from_bytes(message.as_bytes(), policy=email.policy.default)


class Page(HTMLParser):
    """Every tag with its attributes, and the words between."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data

    def count(self, name):
        return sum(tag == name for tag, _ in self.tags)


def squeezed(text):
    return re.sub(r"\s+", " ", text)


QUOTED = replace(
    TO_ANSWER, words="J. S.: “When does the f••••• gate open? Nobody answers the telephone, hxxps://gate[.]exa…”"
)
STOP_URL = "https://monitor.oakfield.example/unsubscribe/" + "Zk3" * 14 + "x"


def samples():
    """Mails as they are sent, for pictures and for tests of their form."""
    many = tuple(replace(TO_ANSWER, case=100 + number) for number in range(14))
    return {
        "digest": render_digest(
            replace(DIGEST, recipient="ali@oakfield.example"), replace(ENVELOPE, stop_url=STOP_URL)
        ),
        "digest-masked": render_digest(replace(DIGEST, overdue=(), flagged=(), to_answer=(QUOTED, *many)), ENVELOPE),
        "alarm": render_alarm(ALARM, ENVELOPE),
        "recovery": render_recovery(RECOVERY, ENVELOPE),
        "recovery-in-part": render_recovery(replace(RECOVERY, still=("Its ratings are not read.",)), ENVELOPE),
        "expiry": render_expiring(EXPIRING, ENVELOPE),
    }
