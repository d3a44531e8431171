"""`queue`: what waits for a moderator, most pressing first."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from alerts.filters import counted, plain
from monitor.commands.base import Outcome, app_for, known_account, local
from monitor.commands.people import declare_viewer
from monitor.commands.printing import print_table
from monitor.commands.sight import sight_of
from monitor.rules.outstanding import taken_by
from monitor.rules.queue import Waiting
from monitor.words import category_words, kind_words, state_words

EXAMPLE = "school-monitor queue"


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--account", metavar="KEY", help="only this account")
    declare_viewer(parser)


def run(args: Namespace) -> int:
    """Print the list: no words of any comment, `show` gives those. 0 even when something waits."""
    app = app_for(args)
    zone, account = app.settings.school.timezone, known_account(app, args.account)
    sight = sight_of(app, args)
    entries = [e for e in app.reporter.waiting(app.clock(), sight.hidden) if account in {None, e.case.account}]
    if entries:
        _print(entries, zone)
    else:
        print("Nothing waits.")
    for line in sight.note():
        print(line)
    if withheld := app.reporter.withheld(sight.hidden):
        print(f"Not shown: {counted(len(withheld), 'case is', 'cases are')} withheld, with the safeguarding lead.")
    return Outcome.DONE


def _print(entries: Sequence[Waiting], zone: str) -> None:
    print_table(
        ("case", "account", "what", "received", "answer by", "state", "flags"),
        (
            (
                e.case.id,
                e.case.account_label,
                kind_words(e.case.kind),
                local(e.case.created_at, zone),
                local(e.case.due_at, zone) if e.needs_reply and e.case.due_at else "-",
                state_words(e.answer.state),
                ", ".join(dict.fromkeys(category_words(flag.category) for flag in e.flags)) or "-",
            )
            for e in entries
        ),
    )
    for entry in entries:
        if also := _also(entry):
            print(f"Case {entry.case.id}: {'; '.join(also)}")
    print(f"{counted(len(entries), 'case waits', 'cases wait')}. One case whole: school-monitor show CASE")


def _also(entry: Waiting) -> list[str]:
    """What else is to be done, by which clause nobody answers it, who looks after it."""
    held = [f'not to be answered (clause "{plain(entry.case.facts.hold, 120)}")'] if entry.is_held else []
    taken = taken_by(entry.case)
    return [*held, *entry.case.to_do, *([f"taken by {plain(taken, 100)}"] if taken else [])]
