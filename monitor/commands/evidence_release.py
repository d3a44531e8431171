"""`evidence release`: end a legal hold."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from monitor.commands import evidence_hold
from monitor.commands.base import Outcome

EXAMPLE = 'school-monitor evidence release 12 --by "Ms Okafor" --why "the police closed crime 42/26"'


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    evidence_hold.configure(parser)


def run(args: Namespace) -> int:
    """End the hold, and enter that in the evidence log."""
    entry = evidence_hold.changed(args, held=False)
    print(
        f"The hold on case {args.case} is lifted (entry {entry} of the evidence log). Its term counts again; what "
        "was agreed to and stopped by the hold is erased at the next start."
    )
    return Outcome.DONE
