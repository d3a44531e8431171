"""statement-draft.txt of a bundle: a draft statement about business records, with blanks for a person to fill in.

It says how records come about and what these are, and neither quotes nor judges a word of anybody. In England and
Wales such a record made in the course of an occupation can be given in evidence (Criminal Justice Act 2003, s. 117).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template
from textwrap import fill
from typing import Any

from monitor.evidence.card.card import moment_words
from monitor.evidence.card.plain_text import named_line
from monitor.evidence.handing_out.how_to_verify import TEXTS

WIDTH = 112
_NUMBERED = re.compile(r"\s*[0-9]+\.  ")
_BLACKED_OUT = (
    " Names of other people are blacked out in copies, which schedule 1 names; the originals are kept at the school."
)


@dataclass(frozen=True)
class Record:
    """One snapshot or exhibit. `facts`: its capture.json or exhibit.json. `digest`: of its manifest; None: sealed."""

    position: int
    kind: str
    case: int
    digest: str | None
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Statement:
    """What the draft says. `reference`: what it is about. `made`: who made the bundle, when, why and for whom.

    `size` and `fingerprint`: of the log and its signing key. `custody`: what was done with the records, in lines.
    """

    school: str
    timezone: str
    reference: str
    program: str
    size: int
    fingerprint: str
    made: str
    records: Sequence[Record]
    custody: Sequence[str]
    blacked_out: bool


def draft_statement(statement: Statement) -> bytes:
    """The draft, in UTF-8."""
    plain = {name: named_line(str(value)) for name, value in vars(statement).items()}
    filled = Template((TEXTS / "statement-draft.txt").read_text("utf-8")).substitute(
        plain
        | {
            "blacked_out": _BLACKED_OUT if statement.blacked_out else "",
            "records": "\n".join(map(_record, statement.records)),
            "custody": "\n".join(map(named_line, statement.custody)),
        }
    )
    return "\n\n".join(map(_wrapped, filled.split("\n\n"))).encode()


def _record(record: Record) -> str:
    facts = record.facts
    lines = [f"Entry {record.position}: {record.kind.replace('_', ' ')}, case {record.case}"]
    known = {
        "where": _where(facts),
        "posted": _moment(facts.get("created_at")),
        "received": _moment(facts.get("received_at")),
        "kept": _moment(facts.get("captured_at")) or str(facts.get("added_at") or ""),
        "clock": _clock(facts.get("clock_ahead_seconds")) if "captured_at" in facts else "",
        "why": str(facts.get("trigger") or facts.get("why") or ""),
        "by": str(facts.get("triggered_by") or facts.get("by") or ""),
        "digest": record.digest or "the original is sealed at the school; here is a copy, blacked out",
    }
    lines += [f"    {name:10}{named_line(value)}" for name, value in known.items() if value]
    return "\n".join(lines) + "\n"


def _where(facts: Mapping[str, Any]) -> str:
    if "account_label" not in facts:
        return ""
    return f"{facts['account_label']} ({facts['network']}), version {facts['version']} of a {facts['kind']}"


def _moment(both: Any) -> str:
    if not isinstance(both, Mapping):
        return ""
    words = moment_words(both)
    return f"{words['local']} = {words['utc']}" if words["utc"] else words["local"]


def _clock(ahead: Any) -> str:
    if not isinstance(ahead, int | float):
        return "the network told no time"
    if abs(ahead) < 1:
        return "the school's clock agreed with the network's to the second"
    return f"the school's clock was {abs(ahead):,.0f} s {'ahead of' if ahead > 0 else 'behind'} the network's"


def _wrapped(paragraph: str) -> str:
    """A numbered paragraph in lines of `WIDTH`; anything else as it is."""
    if not _NUMBERED.match(paragraph):
        return paragraph
    number, _, words = paragraph.strip().partition("  ")
    before = paragraph[: len(paragraph) - len(paragraph.lstrip())]
    return before + fill(" ".join(words.split()), WIDTH, initial_indent=f"{number}  ", subsequent_indent="    ")
