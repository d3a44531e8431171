"""A report and what is behind it as JSON and back. No name of anybody is written: staff stand as digests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from alerts.weekly_report import TrendWeek, WeeklyReport
from monitor.weekly.behind import Behind
from monitor.weekly.gathering import Gathered
from monitor.weekly.workload import who_key

GONE = "somebody no longer here"


def written(gathered: Gathered) -> str:
    """The JSON of a report, the same text for the same report."""
    report = _without_names(gathered.report)
    behind = gathered.behind
    whole = {
        "report": _plain(report),
        "cases": behind.cases,
        "amounts": behind.amounts,
        "posts": behind.posts,
        "kinds": gathered.kinds,
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def read_back(text: str, people: Mapping[str, str]) -> Gathered:
    """The report again. `people`: names of staff by `who_key`; whoever is not among them stays nameless."""
    whole = json.loads(text)
    report = _built(WeeklyReport, whole["report"])
    behind = Behind(
        {key: tuple(ids) for key, ids in whole["cases"].items()},
        {key: tuple((number, amount) for number, amount in rows) for key, rows in whole["amounts"].items()},
        {key: tuple((at, counted, held) for at, counted, held in rows) for key, rows in whole["posts"].items()},
    )
    kinds = {name: tuple(ids) for name, ids in whole["kinds"].items()}
    return Gathered(_with_names(report, people), behind, kinds)


@dataclass(frozen=True)
class Told:
    """What of an earlier report the next ones need: its own place in the trend, how every comment was counted, and
    the changes it told of."""

    week: str
    own: TrendWeek | None
    kinds: Mapping[str, tuple[int, ...]]
    changes: tuple[tuple[str, str, tuple[int, ...]], ...]
    """Week, figure it is counted under since, cases."""


def counted(gathered: Gathered) -> str:
    """The JSON of that: eleven of them are read for every new report, and the whole of none."""
    report, behind = gathered.report, gathered.behind
    whole = {
        "week": report.week,
        "own": _plain(report.trend[-1]) if report.trend else None,
        "kinds": gathered.kinds,
        "changes": [
            (each.week, each.now, behind.cases.get(change_key(each.week, each.was, each.now), ()))
            for each in report.changes
        ],
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"))


def told(text: str) -> Told:
    """Read back what `counted` wrote."""
    whole = json.loads(text)
    return Told(
        week=str(whole["week"]),
        own=_built(TrendWeek, whole["own"]) if whole["own"] else None,
        kinds={name: tuple(ids) for name, ids in whole["kinds"].items()},
        changes=tuple((week, now, tuple(ids)) for week, now, ids in whole["changes"]),
    )


def change_key(week: str, was: str, now: str) -> str:
    """The name of the number of comments that changed so."""
    return f"earlier/{week}/{was}/{now}/comments".replace(" ", "-")


def _without_names(report: WeeklyReport) -> WeeklyReport:
    return replace(
        report,
        unanswered=tuple(
            replace(line, holder=who_key(line.holder) if line.holder else "") for line in report.unanswered
        ),
        load=tuple(replace(line, person=line.key) for line in report.load),
        recipients=tuple(who_key(person) for person in report.recipients),
    )


def _with_names(report: WeeklyReport, people: Mapping[str, str]) -> WeeklyReport:
    def named(key: str) -> str:
        return people.get(key, GONE) if key else ""

    load = [replace(line, person=named(line.key)) for line in report.load]
    return replace(
        report,
        unanswered=tuple(replace(line, holder=named(line.holder)) for line in report.unanswered),
        load=tuple(sorted(load, key=lambda line: line.person.casefold())),
        recipients=tuple(named(each) for each in report.recipients),
    )


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _built(kind: Any, value: Any) -> Any:
    """`value` as this type, the other way round. What an older version did not write keeps its default."""
    if get_origin(kind) is UnionType:
        return (
            None if value is None else _built(next(each for each in get_args(kind) if each is not type(None)), value)
        )
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        if parts[-1] is Ellipsis:
            return tuple(_built(parts[0], each) for each in value)
        return tuple(_built(part, each) for part, each in zip(parts, value, strict=True))
    if is_dataclass(kind):
        make = cast(Any, kind)
        hints = _hints(make)
        return make(**{name: _built(hints[name], each) for name, each in value.items() if name in hints})
    if kind in {datetime, date}:
        return kind.fromisoformat(value)
    return value
