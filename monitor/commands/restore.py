"""`restore`: bring a backup back, without what was erased since."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.filters import counted, plain
from monitor.commands.base import CommandFailed, Outcome, local, settings_for
from monitor.commands.long_work import shown_progress
from monitor.commands.people import acting, declare_actor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.settings import Settings
    from monitor.backup.restore import Restored
    from monitor.backup.restore_making import Made

EXAMPLE = (
    'school-monitor restore /mnt/backups/oakfield-20261126T221000Z --by "Mrs Ali" --why "the disk failed on Thursday"'
)
SHOWN = 20  # lines of one kind
LONGEST_LINE = 300


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("backup", type=Path, metavar="BACKUP", help="folder of the backup")
    declare_actor(parser, what="decided on it")
    parser.add_argument(
        "--in-place-of-existing",
        action="store_true",
        help="give database and evidence that are there another name; they are never deleted",
    )
    parser.add_argument(
        "--journal",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a copy of the journal of erasures (erasure-journal.jsonl) that was kept elsewhere; may be repeated",
    )


def run(args: Namespace) -> int:
    """Bring it back. 1 when nothing was restored, or when something in it needs a person."""
    from monitor.backup.restore import BackupDamaged, Restorer, Wanted
    from monitor.backup.restore_books import NotRestored
    from monitor.backup.restore_plan import RestoreUnderWay
    from monitor.clock import system_clock
    from monitor.evidence.backups.backup_folder import NotABackup
    from monitor.store.copying import CopyFailed, InUse
    from monitor.store.evidence_log import ClockSetBack

    settings = settings_for(args)
    actor = acting(args, settings)
    wanted = Wanted(args.backup.absolute(), args.in_place_of_existing, tuple(args.journal))
    try:
        with shown_progress() as progress:
            done = Restorer(settings, system_clock).run(wanted, actor, progress)
    except BackupDamaged as damaged:
        for problem in damaged.problems[:SHOWN]:
            print(f"PROBLEM  {plain(problem, LONGEST_LINE)}")
        found = counted(len(damaged.problems), "problem")
        raise CommandFailed(f"nothing was restored: the backup is not as it was written ({found})") from None
    except (NotABackup, NotRestored, RestoreUnderWay, InUse, CopyFailed, ClockSetBack, ValueError) as failed:
        raise CommandFailed(f"nothing was restored: {failed}") from None
    return _say(done, settings)


def _say(done: Restored, settings: Settings) -> int:
    for path in done.aside:
        print(f"Set aside, not deleted: {path}")
    if done.aside:
        print("Erasures do not reach what was set aside: delete it when you need it no more, within 35 days.")
    if done.made is None:
        print(f"The restore of {done.plan.backup} that had been cut off is finished. Nothing else was done.")
        return Outcome.DONE
    made = done.made
    print(f"Restored {done.plan.backup}. It is written in the evidence log that this was done, by whom and why.")
    for line in (*_since(made), *_erasures(made), *_next(made)):
        print(line)
    problems = [*_problems(made, settings)]
    if not done.has_key:
        problems.append(
            f"there is no signing key at {settings.signing_key}: put the copy from the safe there, or begin a new "
            "one with `school-monitor evidence new-key`"
        )
    for problem in problems:
        print(f"PROBLEM  {problem}")
    return Outcome.PROBLEMS if problems else Outcome.DONE


def _since(made: Made) -> Iterator[str]:
    if made.since is None:
        yield (
            "What was done since the backup is not known: there was no database that could be read. Ask the "
            "safeguarding lead which comments were marked MEDIA WITHHELD or put on hold since then."
        )
        yield (
            "The newest digest and the newest weekly report may reach people a second time, under the same "
            f"Message-ID; {counted(made.entered.mails, 'older mail')} that may have been sent will not be."
        )
        return
    yield (
        f"The replaced database had {counted(made.since.log.size, 'entry', 'entries')} in its evidence log. "
        f"{counted(made.entered.mails, 'mail')} dealt with since the backup will not be sent again. "
        f"{counted(made.entered.carried, 'mark or hold', 'marks and holds')} put on comments since: entered again."
    )
    if made.later:
        yield f"{counted(made.later, 'piece')} of evidence kept since the backup: only in what was set aside."


def _erasures(made: Made) -> Iterator[str]:
    if made.erased:
        yield f"{counted(made.erased, 'comment')} erased since the backup: erased once more, before anybody saw them."
    if made.foreign:
        yield f"{counted(made.foreign, 'erasure')} in the journal of another database: they do not concern this one."


def _next(made: Made) -> Iterator[str]:
    if made.others:
        yield f"The database is shared: {', '.join(made.others)} went back to the time of the backup as well."
    yield "Next: school-monitor evidence verify, then start the daemon. Comments made since are read again."


def _problems(made: Made, settings: Settings) -> Iterator[str]:
    for case in made.held:
        yield (
            f"case {case} was erased since the backup and is on legal hold in it, so it was left: lift the hold and "
            "erase it again, or keep it and say why"
        )
    for entry in made.entered.not_carried:
        what = "marked MEDIA WITHHELD or opened" if entry.kind == "media_gate" else f"given a {entry.kind}"
        yield (
            f"a comment that the backup does not hold (case {entry.case} as it was numbered) was {what} on "
            f"{local(entry.at, settings.school.timezone)}: do so again when it is read again"
        )
    for path in made.missing[:SHOWN]:
        yield f"{path}: the database names this evidence, and the backup has no folder of it"
    if more := len(made.missing[SHOWN:]):
        yield f"and {more} more pieces of evidence without a folder"
