"""The command line: `school-monitor COMMAND --config FILE`.

Exit status: 0 done, 1 found problems, 2 wrong usage or configuration. Only the module of the command that was asked
for is imported, so that a small command starts fast.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from monitor.commands.base import CommandFailed, Outcome

COMMANDS = {
    "demo": "the main job on a fictional school, with stand-in networks on this machine",
    "check": "test the configuration, the credentials, the mail and the clock; explain one deadline",
    "poll": "read the accounts once, now",
    "tick": "run whatever is due once and stop (for cron)",
    "run": "the daemon: read, judge and mail until told to stop",
    "queue": "what waits for a moderator, most pressing first",
    "show": "one case whole",
    "decide": "record what a moderator did",
    "report": "the weekly report",
    "coverage": "what was read when, and what was not",
    "export": "everything stored, one comment or reply a line",
    "due": "deadlines for cases given as JSON lines",
    "classify": "flags for texts given as JSON lines",
}


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    name = next((word for word in arguments if not word.startswith("-")), None)
    try:
        args = _parser(name).parse_args(arguments)
        if args.command is None:
            _parser(None).print_help()
            return Outcome.USAGE
        return int(args.run(args))
    except CommandFailed as failed:
        print(f"school-monitor: {failed}", file=sys.stderr)
        return failed.outcome
    except BrokenPipeError:
        # The reader of our output went away (`| head`). Nothing is wrong with what we did.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Outcome.DONE
    except OSError as failed:
        print(f"school-monitor: cannot write or read: {failed.strerror or type(failed).__name__}", file=sys.stderr)
        return Outcome.PROBLEMS
    except KeyboardInterrupt:
        print("school-monitor: stopped", file=sys.stderr)
        return Outcome.PROBLEMS
    except Exception as unforeseen:
        # The last net. A traceback could quote a comment or a token, so only kind and place are told.
        from monitor.logs import where

        kind = f"{type(unforeseen).__name__} at {where(unforeseen)}"
        said = f"stopped on a fault of this program or its disk ({kind}); please report it"
        print(f"school-monitor: {said}", file=sys.stderr)
        return Outcome.PROBLEMS


def _parser(name: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="school-monitor",
        description="Watches a school's own social accounts: nothing unseen, nothing unanswered too long.",
        epilog="Example: school-monitor queue --config school-monitor.toml",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('school-social-monitor')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for each, summary in COMMANDS.items():
        command = commands.add_parser(
            each,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if each == name:
            module = import_module(f"monitor.commands.{each}")
            command.epilog = f"Example: {module.EXAMPLE}"
            module.configure(command)
            command.set_defaults(run=module.run)
            if getattr(module, "NEEDS_CONFIG", True):
                command.add_argument(
                    "--config",
                    type=Path,
                    default=None,
                    metavar="FILE",
                    help="configuration file (default: $SCHOOL_MONITOR_CONFIG, then ./school-monitor.toml)",
                )
    return parser


if __name__ == "__main__":
    sys.exit(main())
