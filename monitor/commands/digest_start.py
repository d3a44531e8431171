"""`digest start`: the morning digest again."""

from __future__ import annotations

from argparse import Namespace

from monitor.commands.base import Outcome, app_for
from monitor.commands.digest_stop import configure as configure
from monitor.commands.digest_stop import people, stops_of

EXAMPLE = 'school-monitor digest start --by "Mrs Ali"'


def run(args: Namespace) -> int:
    """Start it again; nothing changes where it was not stopped."""
    app = app_for(args)
    _, whose = people(args, app)
    stops_of(app).start(whose.email)
    print(f"{whose.name} gets the morning digest, from the next one on.")
    return Outcome.DONE
