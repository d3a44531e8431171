"""Mails of an invented school about nobody listening."""

from dataclasses import replace

from mail_samples import ENVELOPE, at

from alerts.listening import DidNotRun, NotReached, render_did_not_run, render_not_reached

NOT_REACHED = NotReached(
    school="Oakfield Primary School",
    timezone="Europe/London",
    now=at(16, 9, 15),
    recipient="it@oakfield.example",
    name="Mrs Ali",
    since=at(16, 8, 1),
    why="the server says that there is no such address",
)
REACHED_AGAIN = replace(NOT_REACHED, over_at=at(16, 9, 10))
DID_NOT_RUN = DidNotRun(
    school="Oakfield Primary School",
    timezone="Europe/London",
    now=at(16, 8, 0),
    recipient="it@oakfield.example",
    since=at(13, 16, 2),
    until=at(16, 7, 55),
    left_out=(),
)
LONG_AGO = replace(DID_NOT_RUN, left_out=("2026-W38", "2026-W39"))


def samples():
    """Every mail there is about it, by name."""
    return {
        "unreachable": render_not_reached(NOT_REACHED, ENVELOPE),
        "unreachable_over": render_not_reached(REACHED_AGAIN, ENVELOPE),
        "downtime": render_did_not_run(DID_NOT_RUN, ENVELOPE),
        "downtime_long": render_did_not_run(LONG_AGO, ENVELOPE),
    }
