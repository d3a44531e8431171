"""Twelve weeks as a picture that says everything without colour."""

import re
from xml.etree import ElementTree

from weekly_samples import REPORT, TREND

from alerts.report_chart import heights, trend_svg
from alerts.weekly_report import TrendWeek

NAMES = {"svg": "http://www.w3.org/2000/svg"}


def drawn(trend):
    return ElementTree.fromstring(trend_svg(trend))


def test_the_picture_has_a_role_a_title_and_the_figures_in_words():
    svg = drawn(TREND)
    assert svg.get("role") == "img"
    named = svg.get("aria-labelledby").split()
    assert [svg.find(f".//*[@id='{name}']").tag.rpartition("}")[2] for name in named] == ["title", "desc"]
    words = svg.find("svg:desc", NAMES).text
    assert "Week of 9 Nov: 138 received, 116 answered in time." in words
    assert "Week of 28 Sep: not read." in words


def test_every_number_is_printed_and_no_bar_differs_by_colour_alone():
    svg = drawn(TREND)
    printed = [text.text for text in svg.findall("svg:text", NAMES)]
    for week in TREND:
        if week.received is not None:
            assert {str(week.received), str(week.answered_in_time)} <= set(printed)
    fills = {rect.get("fill") for rect in svg.findall("svg:rect", NAMES)}
    assert fills == {"none", "url(#stripes)"}


def test_what_is_not_known_has_no_bar_and_no_nought():
    unknown = tuple(TrendWeek(f"2026-W{n}", TREND[0].first_day, None, None, "not read") for n in range(10, 13))
    svg = drawn(unknown)
    assert "0" not in [text.text for text in svg.findall("svg:text", NAMES)]
    assert heights(unknown, 100) == [None, None, None]
    assert len(svg.findall("svg:rect", NAMES)) == 2, "the legend's, and no bar"


def test_a_week_of_nothing_is_a_bar_of_no_height_with_its_nought_printed():
    svg = drawn((TrendWeek("2026-W46", TREND[0].first_day, 0, 0),))
    assert [text.text for text in svg.findall("svg:text", NAMES)].count("0") == 2


def test_hostile_words_stay_words():
    evil = (TrendWeek("2026-W46", TREND[0].first_day, None, None, '<script>alert(1)</script>"&'),)
    assert "<script" not in trend_svg(evil)
    assert drawn(evil).tag.endswith("svg")


def test_no_picture_where_there_is_no_week():
    assert trend_svg(()) == ""
    assert not re.search("<svg", trend_svg(REPORT.trend[:0]))
