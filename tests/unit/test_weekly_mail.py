"""The head's weekly report as mail, text and HTML."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from mail_samples import ENVELOPE, FACEBOOK, HEAD, NOTHING, REDDIT, REPORT, WAITING, Page, at, hostile, squeezed

from alerts.report_render import otherwise, render_weekly, total, weekly_html, weekly_text
from alerts.weekly_report import AccountFigures, CategoryFigures, Coverage

EVERYTHING = (
    "Oakfield Primary School",
    "116 of 139 comments were answered in time. Reddit could not be read for 9 hours on Tuesday.",
    *("168 of 168", "671 of 672", "133"),
    *("158.9 of 168", "636 of 670", "14", "Tue 10 Nov 06:40 to 15:40 (9 h)"),
    "Direct messages are not watched: Facebook page, X (the account's setting); ",
    'Instagram (the policy forbids it, clause "Private messages").',
    "The policy promises an answer to direct messages: this program does not watch over that.",
    *("12", "Comment, Facebook page", "Mon 2 Nov 06:41", "Tue 3 Nov 06:41", "overdue"),
    *("131", "107 of 130 (82%)", "2 answered late", "3 found late", "4 needing no reply", "5 acted on"),
    *("1 withdrawn", "6 spam", "8 unanswered", "9 of 9", "116 of 139 (83%)", "138"),
    *("3 h 25 min", "19 h 36 min", "95th percentile"),
    *("Threat", "21", "20 of 21", "19 of 21", "Self harm", "2 of 3", "1 of 3"),
    *("Every comment gets a response within 24 hours.", "Monitoring", "Default 1.2", "England"),
    *("Europe/London", "Made Mon 16 Nov 07:30", "Mr Marsh, Mrs Okafor"),
    *("1234 entries, signed Mon 16 Nov 07:29.", f"evidence verify --printed {HEAD.printed}", f"key {HEAD.key}"),
)


def words_of(report):
    """What the text and what the HTML page say, spaces squeezed."""
    return squeezed(weekly_text(report)), squeezed(Page(weekly_html(report)).words)


def test_text_and_html_both_hold_every_figure():
    for words in words_of(REPORT):
        for said in EVERYTHING:
            assert said.lower() in words.lower(), said


def test_false_alarms_are_told_beside_the_flags_they_were_among():
    flagged = (
        CategoryFigures("threat", 21, 20, 19, false_alarms=1),
        CategoryFigures("hate", 8, 8, 8, false_alarms=5),
    )
    text, page = words_of(replace(REPORT, flagged=flagged))
    assert "21 flagged, 1 of them marked false alarm, 20 of 21 decided" in text
    assert "8 flagged, 5 of them marked false alarms, 8 of 8 decided" in text
    assert "21 flagged, 1 false alarm" in page
    assert "8 flagged, 5 false alarms" in page
    assert not any("false alarm" in words for words in words_of(REPORT))


def test_too_few_moderators_in_reach_are_told_on_top_while_it_is_so():
    few = 'Fewer than 2 moderators can be reached today (clause "A.5.4"): Reddit (1).'
    for words in words_of(replace(REPORT, too_few_moderators=few)):
        assert few in words
        assert words.index(REPORT.verdict) < words.index(few) < words.lower().index("how much of the week")
        assert "school-monitor accounts" in words
    assert not any("school-monitor accounts" in words for words in words_of(REPORT))


def test_the_mail_holds_the_same_text_and_page():
    message = email.message_from_bytes(render_weekly(REPORT, ENVELOPE).as_bytes(), policy=email.policy.default)
    text, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert text.replace("\r\n", "\n") == weekly_text(REPORT)
    assert "<svg" not in page, "mail programs show none"
    on_paper = re.sub(r"<div[^>]*><svg.*?</svg></div>", "", weekly_html(REPORT), flags=re.DOTALL)
    assert squeezed(Page(page).words) == squeezed(Page(on_paper).words)
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_subject_gives_the_week_and_the_answer():
    assert render_weekly(REPORT, ENVELOPE)["Subject"] == "Weekly report 9-15 Nov: 116 of 139 answered in time"


def test_a_week_of_nothing_is_still_a_report():
    assert render_weekly(NOTHING, ENVELOPE)["Subject"] == "Weekly report 9-15 Nov: nothing fell due"
    for words in words_of(NOTHING):
        assert "Nothing fell due this week." in words
        assert "none due" in words
        assert "No answers this week." in words
        assert "%" not in words
        assert "median" not in words


def test_a_week_in_which_nothing_could_be_read_does_not_look_like_a_quiet_one():
    blind = replace(NOTHING, coverage=(Coverage("Facebook page", 40, 0, (), 0.0, 168.0, 0),))
    assert render_weekly(blind, ENVELOPE)["Subject"] == "Weekly report 9-15 Nov: 1 account could not be read"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**12), st.integers(0, 10**12), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_whatever_the_figures_the_subject_has_at_most_60_characters(due, in_time, monday):
    figures = (replace(FACEBOOK, due=due, answered_in_time=in_time),)
    report = replace(NOTHING, figures=figures, first_day=monday, last_day=monday.fromordinal(monday.toordinal() + 6))
    subject = render_weekly(report, ENVELOPE)["Subject"]
    assert len(subject) <= 60
    assert subject.startswith("Weekly report ")


def test_below_twenty_answers_the_longest_wait_is_told_instead_of_a_percentile():
    for words in words_of(replace(REPORT, slowest_is_percentile=False)):
        assert "The longest wait was 19 h 36 min." in words
        assert "percentile" not in words


def test_that_messages_are_not_watched_is_said_only_when_so():
    for words in words_of(replace(REPORT, messages_unwatched=(), uncovered_promise="")):
        assert "essages" not in words


def test_that_a_network_counts_other_than_we_do_is_said_only_when_so():
    said = (
        "Comments the networks count and we do not hold: 2 on Facebook page. Post by post: school-monitor coverage."
    )
    for missing in (2, 0):
        first, second = REPORT.coverage
        for words in words_of(replace(REPORT, coverage=(replace(first, missing=missing), second))):
            assert (said in words) == bool(missing)
            assert "on Reddit" not in words


def test_the_report_never_says_today_because_it_is_read_again_later():
    fresh = replace(WAITING, received_at=at(16, 6, 0), due_at=at(16, 23, 59, 59))
    for words in words_of(replace(REPORT, unanswered=(fresh,))):
        assert "Mon 16 Nov, end of day" in words
        assert "today" not in words


def test_the_oldest_unanswered_are_shown_and_the_rest_counted():
    many = tuple(replace(WAITING, case=100 + i) for i in range(24))
    for words in words_of(replace(REPORT, unanswered=many, unanswered_now=24)):
        assert "(24)" in words
        assert "109" in words
        assert "110" not in words
        assert "and 14 more" in words


def test_a_week_without_signed_evidence_says_so():
    for words in words_of(NOTHING):
        assert "Nothing has been kept and signed yet." in words.replace("log: nothing", "log: Nothing")
        assert "--printed" not in words


def test_the_longest_root_and_key_stand_whole_on_every_page():
    longest = replace(HEAD, entries=2**63 - 1, printed=f"{2**63 - 1}:{'W' * 43}=")
    for words in words_of(replace(REPORT, evidence=longest)):
        assert f"--printed {longest.printed}" in words
        assert longest.key in words


def test_one_account_needs_no_total():
    for words in words_of(replace(REPORT, figures=(FACEBOOK,))):
        assert "All accounts" not in words


def test_the_total_adds_up_every_count():
    assert total((FACEBOOK, REDDIT)) == AccountFigures("All accounts", 138, 139, 116, 2, 3, 4, 5, 1, 6, 8)
    assert otherwise(REDDIT) == ("0 unanswered",)


def test_the_page_can_be_read_by_everyone_and_loads_nothing():
    page = Page(weekly_html(REPORT))
    names = [tag for tag, _ in page.tags]
    assert ("html", {"lang": "en-GB"}) in page.tags
    assert names.count("h1") == 1
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
    assert not {"img", "a", "link", "script", "iframe"} & set(names)
    assert "@media (prefers-color-scheme: dark)" in squeezed(weekly_html(REPORT))


def test_hostile_words_in_every_field_stay_words():
    report = hostile(REPORT)
    message = render_weekly(report, ENVELOPE)
    assert len(message.as_bytes()) < 100_000
    assert message["Bcc"] is None
    text, page = weekly_text(report), Page(weekly_html(report))
    assert not {"script", "img", "a"} & {tag for tag, _ in page.tags}
    for words in (text, page.words):
        assert not any(hidden in words for hidden in "\u202e\u202c\u200b\0")
        assert "{{ 7*7 }}" in words
    assert not any(line.startswith("Bcc") for line in text.splitlines())
