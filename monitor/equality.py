"""The equality check of one term: comments held against the words that name groups of people."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from alerts.governors_fields import EqualityCheck, EqualityLine
from monitor.language.identity import IDENTITY_GROUPS, groups_named
from monitor.model import Case
from monitor.rules import equality
from monitor.rules.equality import Hits
from monitor.rules.governors import blurred


def equality_check(received: Iterable[Case], hidden: Collection[int]) -> EqualityCheck:
    """The check over these comments, every version of them.

    `hidden`: what was made of these counts for nothing; that they name somebody, anybody can read on the page itself.
    """
    found, wordless = [], 0
    for case in received:
        texts = [text for text in (case.text, *(each.text for each in case.earlier)) if text.strip()]
        if texts:
            found.append(equality.said(case, groups_named(*texts), is_hidden=case.id in hidden))
        else:
            wordless += 1
    check = equality.equality(found, IDENTITY_GROUPS)
    enough = {group: hits for group, hits in check.groups.items() if hits.comments >= equality.ENOUGH}
    return EqualityCheck(
        lines=tuple(_equality_line(group, hits, check.others) for group, hits in enough.items()),
        others=_equality_line("none of these groups", check.others, check.others),
        too_few=tuple(group for group in check.groups if group not in enough),
        wordless=wordless,
    )


def _equality_line(group: str, hits: Hits, others: Hits) -> EqualityLine:
    return EqualityLine(
        group=group,
        comments=hits.comments,
        flagged=blurred(hits.flagged),
        false_alarms=blurred(hits.false_alarms),
        stands_out=equality.stands_out(hits, others),
    )
