"""What every mail and report prints goes through these filters."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.filters import (
    SchoolTime,
    command,
    counted,
    duration,
    hours,
    listed,
    neutralised,
    period,
    plain,
    share,
    words,
)

LONDON = ZoneInfo("Europe/London")
MONDAY_MORNING = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
TIMES = SchoolTime(LONDON, MONDAY_MORNING)


def at(day, hour, minute, second=0, month=11, year=2026):
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@given(st.text(st.characters(), max_size=300), st.integers(2, 100))
def test_plain_text_is_one_bounded_line_that_no_second_pass_changes(text, most):
    once = plain(text, most)
    assert len(once) <= most
    assert once == plain(once, most)
    assert not any(c in once for c in "\r\n\t\0\u202e\u2066\u200b\ufeff")
    once.encode("utf-8")


def test_bidirectional_overrides_zero_width_and_blank_letters_are_left_out():
    assert plain("ab\u202ec\u200bd\u2066e\u3164f\ufeff\U000e0041") == "abcdef"


def test_broken_surrogates_are_left_out():
    assert plain("a\ud83db") == "ab"


def test_line_breaks_of_every_kind_become_one_space():
    assert plain("a\r\nb\u2028c\x0b d\te") == "a b c d e"


def test_ten_thousand_characters_are_cut_and_say_so():
    assert plain("x" * 10_000, 20) == "x" * 19 + "…"


def test_letters_beyond_ascii_stay():
    assert plain("Ysgol Tŷ Brŷn ਪੰਜਾਬ 🏫") == "Ysgol Tŷ Brŷn ਪੰਜਾਬ 🏫"


@pytest.mark.parametrize("sign", list("=+-@\t\r\n＝＋－＠"))
def test_whatever_a_spreadsheet_would_run_is_neutralised(sign):
    assert neutralised(f"{sign}1+1") == f"'{sign}1+1"


def test_an_ordinary_word_is_not_touched_by_the_formula_filter():
    assert neutralised("Facebook page = ours") == "Facebook page = ours"
    assert neutralised("") == ""


def test_today_is_said_only_of_the_day_of_the_mail():
    assert TIMES.moment(at(16, 6, 40)) == "today 06:40"
    assert TIMES.moment(at(13, 15, 58)) == "Fri 13 Nov 15:58"


def test_a_report_read_again_later_never_says_today():
    assert SchoolTime(LONDON, MONDAY_MORNING, today=False).moment(at(16, 6, 40)) == "Mon 16 Nov 06:40"


def test_another_year_is_named():
    assert TIMES.moment(at(14, 15, 58, year=2025)) == "Fri 14 Nov 2025 15:58"


def test_the_last_second_of_a_day_reads_end_of_day():
    assert TIMES.deadline(at(16, 23, 59, 59)) == "today, end of day"
    assert TIMES.deadline(at(17, 23, 59, 59)) == "Tue 17 Nov, end of day"
    assert TIMES.deadline(at(17, 23, 59, 58)) == "Tue 17 Nov 23:59"


def test_in_summer_the_day_ends_an_hour_earlier_in_utc():
    july = SchoolTime(LONDON, at(13, 8, 0, month=7))
    assert july.deadline(at(14, 22, 59, 59, month=7)) == "Tue 14 Jul, end of day"
    assert july.moment(at(10, 23, 30, month=7)) == "Sat 11 Jul 00:30"


def test_a_subject_names_the_weekday_only_while_it_is_clear_which_one():
    assert TIMES.brief(at(16, 9, 0)) == "09:00"
    assert TIMES.brief(at(21, 15, 58)) == "Sat 15:58"
    assert TIMES.brief(at(23, 15, 58)) == "23 Nov 15:58"
    assert TIMES.brief(at(17, 23, 59, 59)) == "end of Tue"
    assert TIMES.brief(at(16, 23, 59, 59)) == "end of today"


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        TIMES.moment(datetime(2026, 11, 16, 8, 0))  # noqa: DTZ001


def test_a_stretch_over_the_autumn_clock_change_counts_the_hours_that_passed():
    october = SchoolTime(LONDON, at(26, 8, 0, month=10))
    begin, end = at(24, 23, 0, month=10), at(25, 2, 0, month=10)
    assert october.stretch(begin, end) == "Sun 25 Oct 00:00 to 02:00 (3 h)"


def test_an_html_time_carries_the_moment_with_its_offset_and_escapes_its_text():
    tag = TIMES.tag("<b>", at(13, 15, 58))
    assert tag == '<time datetime="2026-11-13T15:58:00+00:00">&lt;b&gt;</time>'


@given(st.floats(0, 1000, allow_nan=False))
def test_hours_are_never_rounded_up(number):
    assert float(hours(number)) <= number + 1e-6


def test_a_week_with_a_gap_of_a_minute_is_not_a_whole_week():
    assert hours(168 - 1 / 60) == "167.9"
    assert hours(168.0) == "168"


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "under 1 min"), (0.4, "24 min"), (9, "9 h"), (3.43, "3 h 25 min"), (75.5, "75 h 30 min")],
)
def test_durations_are_said_in_hours_and_minutes(number, said):
    assert duration(number) == said


def test_no_percentage_is_given_below_ten():
    assert share(3, 4) == "3 of 4"
    assert share(9, 10) == "9 of 10 (90%)"


def test_nothing_due_is_said_in_words():
    assert share(0, 0) == "none due"


def test_one_hundred_percent_is_said_only_when_nothing_is_missing():
    assert share(999, 1000) == "999 of 1000 (99%)"
    assert share(1000, 1000) == "1000 of 1000 (100%)"


def test_a_period_names_the_month_once_unless_it_spans_two():
    assert period(date(2026, 11, 9), date(2026, 11, 15)) == "9-15 Nov"
    assert period(date(2026, 12, 28), date(2027, 1, 3)) == "28 Dec-3 Jan"


def test_numbers_agree_with_their_nouns():
    assert counted(1, "comment") == "1 comment"
    assert counted(0, "comment") == "0 comments"


def test_a_long_list_of_categories_is_cut_and_counted():
    assert listed(("threat", "self_harm")) == "threat, self harm"
    assert listed(("x",) * 30).endswith("and 18 more")
    assert words("self_harm") == "self harm"


def test_a_command_is_never_broken_within_an_option_and_stays_words():
    shown = command('school-monitor show 41 --by "Ms <b>Okafor</b>" --why "x"')
    assert '<span class="whole">--by</span>' in shown
    assert "&lt;b&gt;Okafor&lt;/b&gt;" in shown
    assert re.sub(r"</?span[^>]*>", "", shown).startswith("school-monitor show 41 --by &#34;Ms")
