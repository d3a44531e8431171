"""An invented capture for tests of evidence. Any fact can be replaced."""

from datetime import UTC, datetime, timedelta

from connectors.base import Attachment, Exchange
from monitor.evidence.snapshot import Capture, ThreadLine

POSTED = datetime(2026, 7, 14, 18, 42, 11, tzinfo=UTC)


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
        "captured_at": POSTED + timedelta(minutes=13),
        "first_seen_at": POSTED + timedelta(minutes=13),
        "version": 1,
        "trigger": "Flagged by the word list.",
        "program_version": "school-social-monitor 0.1.0",
        "config_hash": "sha256:00",
        "post_id": "1000",
        "post_text": "The gate opens at 8:40.",
        "thread": (ThreadLine("someone else", POSTED - timedelta(minutes=5), "It was shut."),),
        "attachments": (Attachment("photo", "https://cdn.example/1.jpg"),),
        "exchanges": (
            Exchange("GET", "https://graph.example/1000/comments", 200, {"Date": "now"}, b'{"data": [\xff]}', POSTED),
        ),
    }
    return Capture(**{**facts, **changes})
