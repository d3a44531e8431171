"""The words of a mail or a report, from its templates in `templates/<name>/`: subject, plain text, HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from alerts import filters
from alerts.weekly_report import Coverage, HeldBack, Unwatched

LONGEST_SUBJECT = 60


def subject(name: str, values: Mapping[str, Any]) -> str:
    """One line of at most 60 characters."""
    return filters.plain(_templates().get_template(f"{name}/subject.txt").render(values), LONGEST_SUBJECT)


def text(name: str, values: Mapping[str, Any]) -> str:
    """The whole as plain text, complete in itself."""
    page = _templates().get_template(f"{name}/body.txt")
    return page.render(values, subject=subject(name, values)).strip() + "\n"


def html(name: str, values: Mapping[str, Any]) -> str:
    """The whole as one HTML page with all styles inside."""
    page = _templates().get_template(f"{name}/body.html").render(values, subject=subject(name, values))
    # The rules for dark screens live in @media and must survive; nothing is ever fetched.
    return css_inline.inline(page, keep_at_rules=True, load_remote_stylesheets=False)


def counts_differ(coverage: tuple[Coverage, ...]) -> str:
    """Where networks count more than we hold, in one sentence; empty: nowhere."""
    short = [f"{each.missing} on {filters.label(each.account)}" for each in coverage if each.missing]
    if not short:
        return ""
    said = f"Comments the networks count and we do not hold: {', '.join(short)}."
    return f"{said} Post by post: school-monitor coverage."


def not_watched(unwatched: tuple[Unwatched, ...]) -> str:
    """Where direct messages are not watched and why, in one sentence; empty: nowhere."""
    reasons = (f"{filters.named(each.accounts)} ({filters.plain(each.why)})" for each in unwatched)
    return f"Direct messages are not watched: {'; '.join(reasons)}." if unwatched else ""


def held_back(held: HeldBack) -> str:
    """How much nobody was to answer under one clause, in a sentence."""
    due = f"{filters.counted(held.fell_due, 'comment')} fell due this week"
    waits = f"{filters.counted(held.waiting, 'waits', 'wait')} for a decision now" if held.waiting else ""
    return f'Clause "{filters.label(held.clause)}": {", ".join(filter(None, [due, waits]))}.'


def before_advice(cases: tuple[int, ...]) -> str:
    """Which cases were taken down too early, in one sentence; empty: none."""
    if not cases:
        return ""
    named = ", ".join(f"case {number}" for number in cases)
    return f"Hidden, or no longer visible to us, before advice was recorded: {named}."


class _MayQuote(Protocol):
    @property
    def words(self) -> str: ...


def what_it_holds(cases: Iterable[_MayQuote]) -> str:
    """What a mail that tells of these cases holds of people's words, in a sentence for its end."""
    if any(case.words for case in cases):
        return (
            "This mail holds the beginnings of comments, because the school has set it so, and no names of their "
            "authors. It is not to be passed on."
        )
    return "This mail holds no words of any comment and no names of their authors."


@cache
def _templates() -> Environment:
    """Whatever a template prints is made visible plain text first; in .html templates it is escaped as well."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_visible,
    )
    functions = (
        filters.label,
        filters.listed,
        filters.named,
        filters.words,
        filters.capital,
        filters.uncapital,
        filters.command,
        filters.counted,
        filters.hours,
        filters.duration,
        counts_differ,
        not_watched,
        held_back,
        before_advice,
        what_it_holds,
    )
    environment.filters.update({function.__name__: function for function in functions})
    environment.filters.update(with_place=_with_place, in_brackets=_in_brackets)
    environment.globals.update(period=filters.period, share=filters.share)
    return environment


def _visible(value: object) -> object:
    """What Jinja prints for one expression. Markup comes from our own templates and `SchoolTime.tag` only."""
    return filters.plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _with_place(headline: str, place: str) -> str:
    """The headline with the account behind it, where both fit in a subject: half a name helps nobody."""
    whole = f"{headline.strip()} - {filters.label(place)}"
    return whole if place and len(whole) <= LONGEST_SUBJECT else headline


def _in_brackets(headline: str, place: str) -> str:
    """The headline with the account in brackets, where both fit in a subject."""
    whole = f"{headline.strip()} ({filters.label(place)})"
    return whole if place and len(whole) <= LONGEST_SUBJECT else headline
