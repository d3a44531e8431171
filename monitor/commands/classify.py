"""`classify`: scores and flags for texts given as JSON lines, judged with the school's own words or without."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.commands.base import CommandFailed, Outcome, settings_for
from monitor.commands.lines import LONGEST_LINE, waiting

if TYPE_CHECKING:
    from config.policy import PolicyPack
    from monitor.language.judging import Judge, Judgement

EXAMPLE = """echo '{"id": "1", "text": "You are an idiot"}' | school-monitor classify"""
NEEDS_CONFIG = False
TOGETHER = 64  # lines judged at once where so many are waiting
PLACES = 4  # of a score
SHOWN = ("category", "severity", "score", "detector", "start", "end", "reason")


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--models", choices=["full", "fast", "none"], help="models to use (default: full)")
    parser.add_argument("--policy", metavar="PACK", help="policy pack that gives severities (default: default)")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="judge with this school's own words, thresholds and policy"
    )


def run(args: Namespace) -> int:
    """Read {"id", "text"} lines, write one answer a line in the same order. 1 when a line could not be read.

    What is waiting is judged together, which is faster; a line typed by hand is answered at once.
    """
    judge, policy = _judge(args)
    outcome = Outcome.DONE
    for lines in waiting(sys.stdin.buffer, TOGETHER):
        for answer in _answers([_asked(line) for line in lines], judge, policy):
            outcome = Outcome.PROBLEMS if "error" in answer else outcome
            print(json.dumps(answer), flush=True)
    return outcome


def _judge(args: Namespace) -> tuple[Judge, PolicyPack]:
    from config.judging import JudgingSettings
    from config.packs import pack_file, read_pack
    from config.problems import ConfigurationProblems
    from monitor.language.school_judge import judge_for

    settings = settings_for(args) if args.config else None
    folder = settings.path.parent if settings else Path()
    try:
        if args.policy or not settings:
            policy = read_pack(pack_file(args.policy or "default", folder))
        else:
            policy = settings.policy
    except (ValueError, ConfigurationProblems) as unusable:
        raise CommandFailed(f"--policy: {unusable}", Outcome.USAGE) from None
    return judge_for(settings.judging if settings else JudgingSettings(), args.models), policy


@dataclass(frozen=True)
class _Asked:
    """A line: what is to be judged, or why it cannot be."""

    id: Any
    text: str = ""
    error: str = ""


def _asked(line: bytes | None) -> _Asked:
    if line is None:
        return _Asked(None, error=f"the line is longer than {LONGEST_LINE} bytes, the most that is accepted")
    try:
        asked = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return _Asked(None, error="the line is not JSON; one object a line is expected")
    found = asked.get("id") if isinstance(asked, dict) else None
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        return _Asked(found, error='the line needs "text", a string')
    return _Asked(found, asked["text"])


def _answers(asked: Sequence[_Asked], judge: Judge, policy: PolicyPack) -> Iterator[dict[str, Any]]:
    judgements = iter(judge.assess_all([each.text for each in asked if not each.error]))
    for each in asked:
        yield {"id": each.id, "error": each.error} if each.error else _answer(each.id, next(judgements), policy)


def _answer(line_id: object, judgement: Judgement, policy: PolicyPack) -> dict[str, Any]:
    from monitor.language.flagging import flags_of

    return {
        "id": line_id,
        "scores": {name: round(float(score), PLACES) for name, score in judgement.scores.items()},
        "flags": [_shown({name: getattr(flag, name) for name in SHOWN}) for flag in flags_of(judgement, policy)],
    }


def _shown(flag: dict[str, Any]) -> dict[str, Any]:
    return flag | {"score": round(float(flag["score"]), PLACES)}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")  # and would make the answer none either
