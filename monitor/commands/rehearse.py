"""`rehearse`: try a list, a policy or the models installed now over the stored history. Changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.commands.base import CommandFailed, Outcome, app_for
from monitor.commands.people import declare_viewer
from monitor.commands.sight import SAY_WHO, sight_of

if TYPE_CHECKING:
    from config.judging import CandidateList, JudgingSettings, ModelsUsed
    from config.policy import PolicyPack
    from monitor.rehearsal.figures import Figures
    from monitor.rehearsal.replay import Rehearsal, Replayed
    from monitor.wiring import App

EXAMPLE = "school-monitor rehearse new-words.toml --since 2026-09-01"
MOST_SHOWN = 1000


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "list",
        nargs="?",
        type=Path,
        metavar="LIST",
        help="a TOML file with allow, deny, thresholds or models as in [judging], added to what is configured; "
        "without it, what is installed now is compared with what was flagged then",
    )
    parser.add_argument("--models", choices=["full", "fast", "none"], help="models to try (default: as configured)")
    parser.add_argument("--policy", metavar="PACK", help="policy pack to try: it gives the severities")
    parser.add_argument("--since", type=_day, metavar="DAY", help="only comments written since then (2026-09-01)")
    parser.add_argument("--marked", action="store_true", help="only what was marked a false alarm, case by case")
    parser.add_argument(
        "--sample", type=_number, default=10, metavar="N", help="cases named of each kind (default: 10)"
    )
    parser.add_argument("--show-text", action="store_true", help="also print what the cases of the sample say")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a line for each flagged text, without words")
    declare_viewer(parser)


def run(args: Namespace) -> int:
    """Print what would change. 1 when something about it should be looked at first."""
    from monitor.commands.rehearse_printing import Tried, print_figures, print_marked, warnings
    from monitor.rehearsal.figures import Figures
    from monitor.rehearsal.own_names import OwnNames

    candidate = _candidate(args.list) if args.list else None
    app = app_for(args)
    judging = _tried(app.settings.judging, candidate, args.models)
    policy = _policy(args.policy, app)
    rehearsal = _rehearsal(app, judging, policy, compared=bool(candidate or args.models), args=args)
    names = OwnNames.of(app.settings, candidate.allow if candidate else ())
    figures = Figures(names, rehearsal.tried.own.deny, args.sample)
    marked = _replay(rehearsal, figures, args)
    tried = Tried(args.list.name if args.list else "", judging.models, policy.name, bool(rehearsal.today))
    print_figures(figures, tried, withheld=rehearsal.size()[1], with_text=args.show_text)
    if args.marked:
        print_marked(marked, app.settings.school.timezone)
    found = warnings(figures, names.flagged_alone(rehearsal.tried))
    if not args.by:
        print(SAY_WHO)
    print("\n".join(f"Look at this first: {each}" for each in found) or "Nothing about it looks wrong.")
    if args.csv:
        print(f"Written to {args.csv}")
    return Outcome.PROBLEMS if found else Outcome.DONE


def _replay(rehearsal: Rehearsal, figures: Figures, args: Namespace) -> list[Replayed]:
    """Count the whole history, write the file that was asked for. Returns what was marked a false alarm, if asked."""
    from monitor.commands.long_work import shown_progress
    from monitor.commands.rehearse_csv import written_to

    marked: list[Replayed] = []
    try:
        with shown_progress() as progress, written_to(args.csv) as write:
            for each in rehearsal.run(progress):
                figures.add(each)
                write(each)
                if args.marked and len(marked) < MOST_SHOWN:
                    marked.append(each)
    except OSError as failed:
        raise CommandFailed(f"--csv: {args.csv} cannot be written: {failed.strerror}", Outcome.USAGE) from None
    return marked


def _candidate(file: Path) -> CandidateList:
    from config.candidate import read_candidate
    from config.problems import ConfigurationProblems

    try:
        return read_candidate(file)
    except ConfigurationProblems as wrong:
        raise CommandFailed(f"the list cannot be used:\n{wrong}", Outcome.USAGE) from None


def _tried(settings: JudgingSettings, candidate: CandidateList | None, models: ModelsUsed | None) -> JudgingSettings:
    from monitor.language.school_judge import with_candidate

    tried = with_candidate(settings, candidate) if candidate else settings
    return tried.model_copy(update={"models": models}) if models else tried


def _policy(wanted: str | None, app: App) -> PolicyPack:
    from config.packs import pack_file, read_pack
    from config.problems import ConfigurationProblems

    try:
        return read_pack(pack_file(wanted, app.settings.path.parent)) if wanted else app.settings.policy
    except (ValueError, ConfigurationProblems) as unusable:
        raise CommandFailed(f"--policy: {unusable}", Outcome.USAGE) from None


def _rehearsal(app: App, tried: JudgingSettings, policy: PolicyPack, *, compared: bool, args: Namespace) -> Rehearsal:
    from monitor.language.school_judge import judge_for
    from monitor.rehearsal.replay import Rehearsal
    from monitor.store.rehearsed import Wanted

    zone = ZoneInfo(app.settings.school.timezone)
    since = datetime.combine(args.since, time(), zone) if args.since else None
    return Rehearsal(
        store=app.store,
        school_key=app.settings.school.key,
        policy=policy,
        tried=judge_for(tried),
        today=judge_for(app.settings.judging) if compared else None,
        wanted=Wanted(since, args.marked, sight_of(app, args).hidden),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f'a day is written 2026-09-01 (found "{text[:40]}")') from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and int(text) <= MOST_SHOWN):
        raise ArgumentTypeError(f'a number from 0 to {MOST_SHOWN} (found "{text[:40]}")')
    return int(text)
