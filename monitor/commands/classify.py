"""`classify`: flags for texts given as JSON lines, with the school's policy pack or the default one."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from config.packs import pack_file, read_pack
from config.policy import PolicyPack
from config.problems import ConfigurationProblems
from monitor.commands.base import CommandFailed, Outcome
from monitor.commands.lines import LONGEST_LINE, bounded
from monitor.language.flags import judge
from monitor.model import OFFENSIVE

EXAMPLE = """echo '{"id": "1", "text": "You are an idiot"}' | school-monitor classify"""
NEEDS_CONFIG = False


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--policy", default="default", metavar="PACK", help="policy pack that gives severities")


def run(args: Namespace) -> int:
    """Read {"id", "text"} lines, write one answer a line in the same order. 1 when a line could not be read."""
    try:
        pack = read_pack(pack_file(args.policy, Path()))
    except (ValueError, ConfigurationProblems) as unusable:
        raise CommandFailed(f"--policy: {unusable}", Outcome.USAGE) from None
    outcome = Outcome.DONE
    for line in bounded(sys.stdin.buffer):
        answer = _answer(line, pack)
        outcome = Outcome.PROBLEMS if "error" in answer else outcome
        print(json.dumps(answer), flush=True)
    return outcome


def _answer(line: bytes | None, pack: PolicyPack) -> dict[str, Any]:
    if line is None:
        return {"id": None, "error": f"the line is longer than {LONGEST_LINE} bytes, the most that is accepted"}
    try:
        asked = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {"id": None, "error": "the line is not JSON; one object a line is expected"}
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        found = asked.get("id") if isinstance(asked, dict) else None
        return {"id": found, "error": 'the line needs "text", a string'}
    flags = judge(asked["text"], pack)
    scores: dict[str, float] = {"offensive": max((f.score for f in flags if f.category in OFFENSIVE), default=0.0)}
    for flag in flags:
        scores[flag.category.value] = max(flag.score, scores.get(flag.category.value, 0.0))
    return {"id": asked.get("id"), "scores": scores, "flags": [_public(asdict(flag)) for flag in flags]}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")  # and would make the answer none either


def _public(flag: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flag.items() if name not in {"clause", "version"}}
