"""Twelve weeks as a picture of bars: SVG that a screen reader reads and that says everything without colour.

Bars of received comments are outlined and empty, those of answers in time are filled with stripes, and every number
is printed. A week of which nothing is known has no bar and no 0, but words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from markupsafe import Markup, escape

from alerts.filters import label
from alerts.weekly_report import TrendWeek

_WIDTH, _HEIGHT, _BASE, _TOP = 600, 132, 112, 22
_BAR = 16
FILLED, OUTLINE, INK = "#1d70b8", "#4c565e", "#1d2328"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SANS = "Arial, Helvetica, sans-serif"


def trend_svg(trend: tuple[TrendWeek, ...], fonts: str = SANS) -> Markup:
    """The picture; empty where there is no week. `fonts`: families it is lettered in."""
    if not trend:
        return Markup("")
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="trend-title trend-desc" '
        'viewBox="0 0 {w} {h}" width="{w}" height="{h}" style="max-width: 100%; height: auto" font-family="{fonts}">'
        '<title id="trend-title">Comments received and answered in time, week by week</title>'
        '<desc id="trend-desc">{desc}</desc>'
        '<defs><pattern id="stripes" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="5" height="5" fill="#ffffff"/>'
        '<rect width="3.4" height="5" fill="{blue}"/></pattern></defs>{parts}</svg>'
    ).format(
        w=_WIDTH,
        h=_HEIGHT,
        fonts=fonts,
        desc=in_words(trend),
        blue=FILLED,
        parts=Markup("").join([*_legend(), *_weeks(trend)]),
    )


def short_day(day: date) -> str:
    """ "9 Nov"."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def in_words(trend: tuple[TrendWeek, ...]) -> str:
    """The same figures in sentences."""
    return " ".join(f"Week of {short_day(each.first_day)}: {_said(each)}." for each in trend)


def _said(week: TrendWeek) -> str:
    if _known(week):
        return f"{week.received} received, {week.answered_in_time} answered in time"
    return label(week.why_not)


def heights(trend: tuple[TrendWeek, ...], most: float) -> list[tuple[float, float] | None]:
    """How high the two bars of each week are, where the highest is `most`; None: no bar."""
    top = max((max(each.received or 0, each.answered_in_time or 0) for each in trend), default=0) or 1
    return [
        ((each.received or 0) / top * most, (each.answered_in_time or 0) / top * most) if _known(each) else None
        for each in trend
    ]


def _known(week: TrendWeek) -> bool:
    return week.received is not None and week.answered_in_time is not None


def _legend() -> Iterator[Markup]:
    yield Markup('<rect x="2" y="3" width="12" height="10" fill="none" stroke="{}"/>').format(OUTLINE)
    yield _text(20, 12, "received", anchor="start")
    yield Markup('<rect x="92" y="3" width="12" height="10" fill="url(#stripes)" stroke="{}"/>').format(FILLED)
    yield _text(110, 12, "answered in time", anchor="start")


def _weeks(trend: tuple[TrendWeek, ...]) -> Iterator[Markup]:
    step = _WIDTH / len(trend)
    yield Markup('<path d="M0 {y}H{w}" stroke="{c}" stroke-width="1"/>').format(y=_BASE, w=_WIDTH, c=OUTLINE)
    for number, (week, high) in enumerate(zip(trend, heights(trend, _BASE - _TOP - 14), strict=True)):
        middle = (number + 0.5) * step
        yield _text(middle, _BASE + 15, short_day(week.first_day))
        if high is None:
            yield from _no_data(middle, week.why_not)
            continue
        for left, bar, fill, edge, value in (
            (middle - _BAR - 1, high[0], "none", OUTLINE, week.received),
            (middle + 1, high[1], "url(#stripes)", FILLED, week.answered_in_time),
        ):
            yield Markup(
                '<rect x="{x:.1f}" y="{y:.1f}" width="{w}" height="{h:.1f}" fill="{f}" stroke="{e}"/>'
            ).format(x=left, y=_BASE - bar, w=_BAR, h=bar, f=fill, e=edge)
            yield _text(left + _BAR / 2, _BASE - bar - 3, str(value), size=9)


def _no_data(middle: float, why: str) -> Iterator[Markup]:
    words = label(why).split()
    for line, word in enumerate(words):
        yield _text(middle, _BASE - 6 - 11 * (len(words) - 1 - line), word, size=9, colour=OUTLINE)


def _text(x: float, y: float, words: str, *, size: int = 11, anchor: str = "middle", colour: str = INK) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" font-size="{}" text-anchor="{}" fill="{}">{}</text>').format(
        x, y, size, anchor, colour, escape(words)
    )
