"""`school-monitor due`: JSON lines in, one deadline out for each, with its derivation.

Each answer is written and flushed before the next line is read, so that another program can hold a conversation.
A line that cannot be answered gets a line with `error` in its place, and the rest is answered.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from typing import Any, BinaryIO, TextIO

from monitor.commands.due_wire import BadLine, Question, read_object, read_question
from monitor.commands.lines import LONGEST_LINE, bounded
from monitor.rules.response import due_at
from monitor.rules.state import response_state
from monitor.rules.wording import utc_in_words

EXAMPLE = (
    """echo '{"case": "1", "received_at": "2026-11-14T12:00:00Z", "timezone": "Europe/London", "policy": {}}' """
    "| school-monitor due"
)
NEEDS_CONFIG = False


def configure(parser: ArgumentParser) -> None:
    """There are no options: each line brings its own policy."""


def run(args: Namespace) -> int:
    """Answer standard input on standard output."""
    return answer_lines(sys.stdin.buffer, sys.stdout)


def answer_lines(lines: BinaryIO, out: TextIO) -> int:
    """Answer every line of `lines`, in order. Returns 0, or 1 when there was a line that could not be answered."""
    status = 0
    for line in bounded(lines):
        answer = _answer(line)
        if "error" in answer:
            status = 1
        out.write(json.dumps(answer) + "\n")
        out.flush()
    return status


def _answer(line: bytes | None) -> dict[str, Any]:
    case = None
    try:
        if line is None:
            raise BadLine(f"the line is longer than {LONGEST_LINE} bytes, the most that is accepted")
        found = read_object(line)
        case = found.get("case") if isinstance(found.get("case"), str) else None
        return {"case": case, **_deadline(read_question(found))}
    except ValueError as wrong:  # what the wire and the rules refuse, each in one sentence of ours
        return {"case": case, "error": str(wrong)}


def _deadline(question: Question) -> dict[str, Any]:
    facts = question.facts.facts()
    deadline = due_at(question.received_at, question.timezone, question.policy, facts)
    due, steps, state = deadline.due_at, list(deadline.steps), None
    if question.facts.now is not None:
        answer = response_state(question.received_at, due, facts, question.policy, question.facts.now)
        state = answer.state.value
        steps.insert(-1, f"{state.replace('_', ' ')}: {answer.because}")
    return {"due_at": None if due is None else utc_in_words(due), "state": state, "steps": steps}
