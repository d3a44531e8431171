"""`demo`: the main job on a fictional school with stand-in networks."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

EXAMPLE = "school-monitor demo --dir demo"
NEEDS_CONFIG = False


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--dir", type=Path, metavar="D", help="folder to work in (default: demo, or demo-replay)")
    parser.add_argument("--serve", action="store_true", help="keep the stand-in networks up until Ctrl-C")
    parser.add_argument(
        "--replay",
        type=Path,
        metavar="FOLDER",
        help="serve recorded payloads from FOLDER/facebook, FOLDER/x and FOLDER/reddit instead",
    )


def run(args: Namespace) -> int:
    """Live through a fortnight, or through recorded payloads, then say what happened and where everything lies."""
    from monitor.commands.demo_run import live_through, replay_recorded

    if args.replay:
        return replay_recorded(args.replay, args.dir or Path("demo-replay"))
    return live_through(args.dir or Path("demo"), serve=args.serve)
