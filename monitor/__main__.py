"""The command line: `school-monitor COMMAND --config FILE`.

Exit status: 0 done, 1 found problems, 2 wrong usage or configuration. Only the module of the command that was asked
for is imported, so that a small command starts fast.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from monitor.commands.base import CommandFailed, Outcome

CONFIG = "--config"
COMMANDS = {
    "demo": "the main job on a fictional school, with stand-in networks on this machine",
    "init": "write a first configuration by questions",
    "check": "test configuration, credentials, mail and clock; explain a deadline or a policy; compare two policies",
    "poll": "read the accounts once, now",
    "tick": "run whatever is due once and stop (for cron)",
    "run": "the daemon: read, judge and mail until told to stop",
    "queue": "what waits for a moderator, most pressing first",
    "show": "one case whole",
    "acknowledge": "say that you have an urgent case in hand, so that nobody else is told",
    "decide": "record what a moderator did",
    "outgoing": "what was found in the school's own posts and replies: list, settle, report a mistake",
    "keep-out": "keep somebody out of a case that is about them, or let them in again",
    "report": "the weekly report for the head, and a page for the governors on each term",
    "coverage": "what was read when, and what was not",
    "accounts": "the register of accounts, held against the policy; status 1 when something is missing",
    "digest": "stop your morning digest, or start it again",
    "console": "the web pages: on which somebody stops their digest",
    "health": "on one screen, whether all is well; status 1 when something is wrong",
    "export": "everything stored, one comment or reply a line",
    "import": "take in what was downloaded from an account, or JSON lines",
    "evidence": "the evidence log: list, show, verify, export and more",
    "subject-access": "what is held on one person, for that person, with others masked",
    "retention": "what is due to be erased by the school's own terms: preview and run",
    "erase": "erase comments for good; with evidence, a second person has to agree",
    "backup": "copy database, evidence and configuration to a folder, while the daemon goes on",
    "restore": "bring a backup back, without what was erased since",
    "due": "deadlines for cases given as JSON lines",
    "classify": "scores and flags for texts given as JSON lines",
    "rehearse": "try words, thresholds or models over the stored history before they go live",
}

MODULES = {"import": "import_archive"}
"""Commands whose module cannot bear their name."""


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        parser = _parser(list(_words(arguments)))
        args = parser.parse_args(arguments)
        if args.command is None:
            parser.print_help()
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


def _words(arguments: Sequence[str]) -> Iterator[str]:
    """The arguments that are no options: command and sub-command come first among them."""
    left = iter(arguments)
    for each in left:
        if each == CONFIG:
            next(left, None)
        elif not each.startswith("-"):
            yield each


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser for a command line with these words."""
    parser = argparse.ArgumentParser(
        prog="school-monitor",
        description="Watches a school's own social accounts: nothing unseen, nothing unanswered too long.",
        epilog="Example: school-monitor queue --config school-monitor.toml",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('school-social-monitor')}")
    _add_commands(parser, COMMANDS, words, "monitor.commands.")
    return parser


def _add_commands(
    parser: argparse.ArgumentParser, summaries: Mapping[str, str], words: Sequence[str], beginning: str
) -> None:
    """Name every command, and declare the options of the one that was asked for.

    `beginning`: how the names of their modules begin. A module with COMMANDS of its own has sub-commands.
    """
    nested = beginning.endswith("_")
    commands = parser.add_subparsers(
        dest="subcommand" if nested else "command", metavar="COMMAND", title="commands", required=nested
    )
    for each, summary in summaries.items():
        command = commands.add_parser(
            each,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if words[:1] != [each]:
            continue
        name = beginning + MODULES.get(each, each).replace("-", "_")
        module = import_module(name)
        command.epilog = f"Example: {module.EXAMPLE}"
        if getattr(module, "NEEDS_CONFIG", True):
            _add_config(command, default=argparse.SUPPRESS if nested else None)
        if hasattr(module, "COMMANDS"):
            _add_commands(command, module.COMMANDS, words[1:], f"{name}_")
        else:
            module.configure(command)
            command.set_defaults(run=module.run)


def _add_config(command: argparse.ArgumentParser, default: str | None) -> None:
    command.add_argument(
        CONFIG,
        type=Path,
        default=default,
        metavar="FILE",
        help="configuration file (default: $SCHOOL_MONITOR_CONFIG, then ./school-monitor.toml)",
    )


if __name__ == "__main__":
    sys.exit(main())
