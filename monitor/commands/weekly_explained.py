"""What is behind a number of the weekly report, on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alerts.filters import SchoolTime, label, plain
from alerts.report_numbers import numbers

if TYPE_CHECKING:
    from alerts.weekly_report import CommentRow, Explanation, WeeklyReport
    from monitor.weekly.explaining import Explainer

LIST = "list"
MOST_AT_ONCE = 12
"""Numbers that are explained in one answer; more are only named."""


def explained(explainer: Explainer, asked: str) -> str:
    """The answer to `--explain ASKED`. Raises NoSuchNumber."""
    found = explainer.figures() if asked == LIST else explainer.wanted(asked)
    report = explainer.gathered.report
    times = SchoolTime(ZoneInfo(report.timezone), report.made_at, today=False)
    if asked == LIST or len(found) > MOST_AT_ONCE:
        names = [f"{shown(each.value):>9}  {each.key}  ({label(each.said)})" for each in found]
        return "\n".join(
            [f"{len(found)} numbers in the report of {report.week}. One of them: --explain NAME", *names, ""]
        )
    return "\n".join("\n".join(_lines(explainer.explain(each), times)) for each in found)


def differences(now: WeeklyReport, sent: WeeklyReport | None) -> list[str]:
    """Which numbers are others now than in the report that was sent."""
    if sent is None or sent.as_sent is None:
        return ["This report was not sent, as far as you may see it: there is nothing to compare it with."]
    times = SchoolTime(ZoneInfo(now.timezone), now.made_at, today=False)
    then = {each.key: each for each in numbers(sent)}
    today = {each.key: each for each in numbers(now)}
    lines = []
    for key in dict.fromkeys([*then, *today]):
        was, is_now = (shown(side[key].value) if key in side else "nothing" for side in (then, today))
        if was != is_now:
            lines.append(f"  {label((today.get(key) or then[key]).said)} ({key}): {was} when sent, {is_now} now")
    head = f"Counted anew. Sent on {times.moment(sent.as_sent)}"
    return [f"{head}; these numbers differ:", *lines] if lines else [f"{head}; every number is still the same."]


def shown(value: float) -> str:
    """A number as it is printed in a list."""
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"


def _lines(found: Explanation, times: SchoolTime) -> Iterator[str]:
    yield f"{shown(found.value)}: {label(found.said)} ({found.key})"
    for row in found.comments:
        yield from _of_comment(row, times)
    for said, adds in found.lines:
        yield f"  {plain(said)}" + ("" if found.how == "count" else f": {shown(adds)}")
    yield f"  = {_result(found)}"
    if abs(found.worked_out - found.value) > 1e-6:
        yield f"  When the report was sent it was {shown(found.value)}: the books have changed since."
    yield ""


def _of_comment(row: CommentRow, times: SchoolTime) -> Iterator[str]:
    number = "" if row.case is None else f"case {row.case}: "
    head = f"  {number}{label(row.what)}, {label(row.account)}, received {times.moment(row.received_at)}"
    if row.due_at:
        head += f", due {times.deadline(row.due_at)}"
    yield head
    if row.state:
        was = f" (when sent: {plain(row.was)})" if row.was else ""
        yield f"    {plain(row.state)}{was}: {plain(row.because)}"
    if row.answered_at:
        yield f"    answered {times.moment(row.answered_at)}: {plain(row.answered_by)}"
    if row.hours is not None:
        yield f"    {row.hours:.2f}"


def _result(found: Explanation) -> str:
    match found.how:
        case "count":
            return shown(found.worked_out)
        case "sum":
            return f"{shown(found.worked_out)}, all of these together"
        case "days":
            return f"{shown(found.worked_out)} whole days, of the oldest"
        case how:
            return f"{shown(found.worked_out)} hours, the {how} of these"
