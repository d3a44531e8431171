"""`evidence export`: a bundle for the police or the local authority, which they can verify themselves."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from alerts.filters import counted, plain
from monitor.commands.base import CommandFailed, Outcome, app_for, case_number
from monitor.commands.handing_out import MAY_HAND_OUT, declare_output, numbers, refuse_unusable
from monitor.commands.options import aware_moment
from monitor.commands.people import acting, declare_actor
from monitor.commands.sight import sight_of

if TYPE_CHECKING:
    from monitor.disclosure.bundle import Bundler
    from monitor.disclosure.bundle_request import Exported, Wanted
    from monitor.wiring import App

EXAMPLE = (
    'school-monitor evidence export --case 12 --output case-12.zip --by "Ms Okafor" --why "crime 42/26" '
    '--to "PC 1234, Thames Valley Police"'
)
LONGEST_RECEIVER = 300


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--case", type=case_number, metavar="CASE", help="all evidence of this case")
    parser.add_argument("--since", type=aware_moment, metavar="TIME", help="all captured since then (with offset)")
    parser.add_argument("--until", type=aware_moment, metavar="TIME", help="with --since: only what before then")
    declare_output(parser)
    declare_actor(parser, what="hands it out; needs the role head or safeguarding")
    parser.add_argument("--to", metavar="WHOM", help="who receives it; recorded as passed on")
    parser.add_argument(
        "--black-out", action="store_true", help="black out other people's names; the originals stay at the school"
    )
    parser.add_argument(
        "--also-black-out",
        nargs="+",
        default=[],
        metavar="NAME",
        help="further names to black out, as they are written",
    )


def run(args: Namespace) -> int:
    """Enter the export in the log, then make the bundle. 1 when a record in it is not as it was kept."""
    from monitor.custody.log import KeyReplaced
    from monitor.custody.media_gate import Withheld
    from monitor.disclosure.bundle_request import NotExported
    from monitor.evidence.handing_out.bag import BagRefused
    from monitor.evidence.log.signing import KeyUnusable
    from monitor.store.evidence_log import ClockSetBack

    wanted = _wanted(args)
    refuse_unusable(args.output)
    app = app_for(args)
    actor = acting(args, app.settings, MAY_HAND_OUT)
    wanted = replace(wanted, hidden=sight_of(app, args).hidden)
    app.cards.run()
    try:
        exported = bundler(app).export(wanted, args.output, actor)
    except (NotExported, Withheld, ClockSetBack, KeyReplaced, KeyUnusable, BagRefused) as refused:
        raise CommandFailed(str(refused)) from None
    except OSError as failed:
        raise CommandFailed(
            f"the bundle could not be written ({failed.strerror or failed}); the log says that it was asked for"
        ) from None
    print("\n".join(_told(args, exported)))
    return Outcome.PROBLEMS if exported.problems else Outcome.DONE


def bundler(app: App) -> Bundler:
    """Makes bundles for the school of this app."""
    from monitor.commands.custody_lines import custody_line
    from monitor.disclosure.bundle import Bundler

    settings = app.settings
    return Bundler(
        store=app.store,
        school=app.capturer.school,
        sealer=app.sealer,
        clock=app.clock,
        leads=settings.names("safeguarding"),
        staff=tuple(person.name for person in settings.people),
        roots={each.url: settings.path.parent / each.ca_file for each in settings.timestamps},
        in_words=partial(custody_line, timezone=settings.school.timezone),
    )


def _wanted(args: Namespace) -> Wanted:
    from monitor.disclosure.bundle_request import Wanted

    if (args.case is None) == (args.since is None):
        raise CommandFailed("say which evidence: either --case, or --since with --until if you like", Outcome.USAGE)
    if args.until is not None and (args.since is None or args.until <= args.since):
        raise CommandFailed("--until goes with --since and is a later moment", Outcome.USAGE)
    if args.also_black_out and not args.black_out:
        raise CommandFailed("--also-black-out goes with --black-out", Outcome.USAGE)
    to = plain(args.to or "", LONGEST_RECEIVER).strip()
    if args.to is not None and not to:
        raise CommandFailed("--to must not be empty: say who receives it", Outcome.USAGE)
    also = tuple(args.also_black_out)
    return Wanted(args.case, args.since, args.until, to or None, args.black_out, also)


def _told(args: Namespace, exported: Exported) -> list[str]:
    """What a person who hands it out has to know."""
    lines = [
        f"{args.output}: {counted(exported.records, 'record')} of {counted(len(exported.cases), 'case')}. "
        "README-HOW-TO-VERIFY.txt inside says how anybody can check it.",
        f"Fingerprint of the signing key, as in the weekly reports: {exported.fingerprint}",
    ]
    if exported.left_out:
        lines.append(f"Left out, because MEDIA WITHHELD: case {numbers(exported.left_out)}.")
    if args.black_out:
        lines += [
            f"Blacked out in {counted(len(exported.sealed), 'record')}; the originals stay here, sealed.",
            "Read the copies before you pass them on: a name that nobody gave, in the middle of a sentence, stays.",
        ]
    lines += [f"PROBLEM  {problem}; school-monitor evidence verify says more" for problem in exported.problems]
    lines.append("Pass it on by hand or through the receiver's portal, not by ordinary e-mail.")
    return lines
