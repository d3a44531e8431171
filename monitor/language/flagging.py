"""What was found in a text as flags: as severe as the school's policy says, or more where the finding itself is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.policy import PolicyPack
from monitor.language.finding import RISING
from monitor.model import Flag

if TYPE_CHECKING:
    from monitor.language.judging import Found, Judgement


def flags_of(judgement: Judgement, policy: PolicyPack) -> tuple[Flag, ...]:
    """One flag for each finding, in the order of the findings, with the clause of the policy it falls under."""
    return tuple(_flag(found, policy) for found in judgement.found)


def _flag(found: Found, policy: PolicyPack) -> Flag:
    finding = found.finding
    rule = policy.categories.get(finding.category)
    return Flag(
        category=finding.category,
        severity=max(finding.severity, rule.severity if rule else "note", key=RISING.index),
        score=finding.score,
        detector=found.detector,
        start=finding.start,
        end=finding.end,
        reason=finding.reason,
        clause=rule.clause if rule else "",
    )
