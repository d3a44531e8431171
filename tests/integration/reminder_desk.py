"""A school that is reminded of what is owed an answer, and ways to let its time pass."""

from alert_desk import ALI, BEVAN, send, words
from desk import DAY, HOUR, MINUTE, NOW

from monitor.store import outbox

EVENING = NOW + 9 * HOUR
"""Tuesday, 18:00: mailing hours are over."""
FRIDAY = NOW + 3 * DAY
HELD = '[categories.abuse.hold]\nanswer = "hold"\n'
BOTH = [ALI, BEVAN]


def at_once(desk, moment):
    """Read and mail once, at this moment."""
    desk.clock.at = moment
    desk.read()
    send(desk)


def run(desk, begin, end, *, read=True):
    """The main job every quarter of an hour, as the daemon does it, from one moment to another."""
    desk.clock.at = begin
    while True:
        if read:
            desk.read()
        send(desk)
        if desk.clock.at + 15 * MINUTE > end:
            return
        desk.clock.at += 15 * MINUTE


def the_morning_passes(desk):
    """Tuesday morning: the digest is sent at eight."""
    at_once(desk, NOW - HOUR)


def sent(desk, kind):
    """(recipient, when) of each mail of a kind, in the order they left."""
    found = [(d.sent_at, d.recipient) for d in desk.deliveries(kind) if d.sent_at]
    return [(who, at) for at, who in sorted(found)]


def to_both(moment):
    return [(ALI, moment), (BEVAN, moment)]


def said(desk, subject_has, to=ALI):
    """The text of each mail to somebody with these words in its subject."""
    return [text for who, subject, text in words(desk) if who == to and subject_has in subject]


def subjects(desk, to=ALI):
    return [subject for who, subject, _ in words(desk) if who == to]


def outcomes(desk, kind):
    """Why mails of a kind were not sent; not of those that went with another."""
    return {d.outcome for d in desk.deliveries(kind) if d.closed_at and not d.outcome.startswith(outbox.WITH)}


def listed(text):
    """Numbers of the cases in a mail, as listed."""
    return [int(line.split()[2].rstrip(":")) for line in text.splitlines() if line.startswith("- Case ")]
