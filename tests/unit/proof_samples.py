"""A test mail as it looks."""

from datetime import UTC, datetime

from alerts.proof import Proof, render_proof
from alerts.render import Envelope, make_message_id

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
TEST = Proof(
    school="Ysgol Tŷ Brŷn",
    timezone="Europe/London",
    now=NOW,
    recipient="Mrs Ali",
    code="048213",
    until=datetime(2026, 12, 4, 23, 59, tzinfo=UTC),
)


def samples():
    envelope = Envelope(
        sender="monitor@oakfield.example",
        sender_name="Ysgol Tŷ Brŷn monitor",
        reply_to=None,
        recipient="ali@oakfield.example",
        message_id=make_message_id("oakfield", "proof", "2026-11-27", "ali@oakfield.example", "oakfield.example"),
        list_id="alerts.oakfield.monitor",
        date=NOW,
    )
    return {"proof": render_proof(TEST, envelope)}
