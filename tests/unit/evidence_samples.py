"""An invented capture for tests of evidence. Any fact can be replaced."""

from datetime import UTC, datetime, timedelta

from connectors.fetched import Attachment
from monitor.evidence.card.card import Withheld, card_content
from monitor.evidence.card.card_text import Alphabet
from monitor.evidence.card.snapshot_facts import read_facts
from monitor.evidence.snapshot import Capture, Received, ThreadLine

POSTED = datetime(2026, 7, 14, 18, 42, 11, tzinfo=UTC)
SEEN = POSTED + timedelta(minutes=13)


def a_received(**changes):
    facts = {
        "method": "GET",
        "url": "https://graph.example/1000/comments",
        "status": 200,
        "headers": {"Date": "Tue, 14 Jul 2026 18:55:11 GMT"},
        "received_at": SEEN,
        "body_digest": "0" * 64,
        "body_length": 4000,
        "offset": 120,
    }
    return Received(**{**facts, **changes})


def a_capture(**changes):
    facts = {
        "school_key": "oakfield",
        "school_name": "Oakfield Primary School",
        "timezone": "Europe/London",
        "account_key": "facebook",
        "account_label": "Facebook page",
        "network": "facebook_page",
        "remote_id": "1000_2000",
        "permalink": "https://www.facebook.example/oakfield/posts/1000?comment_id=2000",
        "kind": "comment",
        "author_name": "Gary Pretend",
        "author_id": "5000",
        "text": "You are clowns, Zoë",
        "created_at": POSTED,
        "captured_at": SEEN + timedelta(seconds=2),
        "first_seen_at": SEEN,
        "version": 1,
        "trigger": "Flagged by the word list.",
        "triggered_by": "the program",
        "program_version": "school-social-monitor 0.1.0",
        "environment": "Python 3.11",
        "config_hash": "sha256:00",
        "raw": '{"id": "1000_2000", "message": "You are clowns, Zo\\u00eb"}',
        "received": a_received(),
        "post_id": "1000",
        "post_text": "The gate opens at 8:40.",
        "thread": (ThreadLine("someone else", POSTED - timedelta(minutes=5), "It was shut."),),
        "attachments": (Attachment("photo", "https://cdn.example/1.jpg"),),
    }
    return Capture(**{**facts, **changes})


def a_withheld(**changes):
    facts = {
        "route": "the designated safeguarding lead, who calls the police on 101 or 999",
        "marked_at": SEEN + timedelta(hours=2),
        "case": 12,
    }
    return Withheld(**{**facts, **changes})


def content_of(directory, alphabet=Alphabet.ALL):
    return card_content(read_facts(directory), alphabet)


def words_of(drawn):
    return "\n".join("".join(piece["text"] for piece in line) for line in drawn["lines"]).replace("\u200b", "")
