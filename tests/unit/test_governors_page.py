"""The governors' page as text, HTML, PDF and CSV."""

import csv
import io
import re
from dataclasses import fields, is_dataclass, replace

import pytest
from governors_samples import BREACHES, NOTHING, PAGE
from mail_samples import Page, hostile, squeezed

from alerts import governors_fields
from alerts.governors_fields import BreachLine, EqualityLine, OutgoingLine, Seen
from alerts.governors_pdf import governors_pdf
from alerts.governors_render import COLUMNS, governors_csv, governors_html, governors_text

EVERYTHING = (
    *("Oakfield Primary School", "Governors' page, autumn term 2026"),
    "740 comments came in. Answered in time: 605 of 628 (96%) that fell due. 5 were not answered.",
    "The review of the policy is overdue since 1 Sep 2026. Look at the equality check: religion or belief.",
    *("597 of 620 (96%)", "8 of 8", "9 answered late", "3 found late", "4 held", "Found late: already past due"),
    *("99%", "47%", "watched since 20 Oct 2026; not read for over a day 2 times, the longest for 3 days"),
    *("Insult", "6 of 23 (26%)", "9 hidden, 1 to 4 deleted, 5 nothing yet", "1 to 4 of 5", "1 to 4 advice awaited"),
    *("complaint 16", "Stages reached: discuss 6, written warning 1 to 4."),
    "6 raised: 3 acknowledged within the policy's minutes, 1 acknowledged later, ",
    *("1 settled before", "1 not acknowledged yet", "2 reached the last resort."),
    *("A child's first name and surname", "A tag of somebody"),
    *("religion or belief (look)", "9 of 40 (22%)", "1 to 4 of 12", "31 of 700 (4%)", "more than twice as often"),
    *(
        "mark the flags as false alarms",
        "school-monitor rehearse",
        "Too few to say: sexuality, Traveller communities.",
    ),
    *(
        "112 comments",
        "Its review is overdue: it was due by 1 Sep 2026.",
        "3 things not as the policy asks, 1 of them",
    ),
    *("61 pieces kept, 4 handed out", "about that person: fewer than five."),
    *(
        "Every comment gets a response within 24 hours.",
        "Monitoring",
        "Made 11 Jan 2027 08:05",
        "Made for one reader",
    ),
    "It holds no names, no words of any comment, no links and no case numbers.",
)


def words_of(page):
    """What the text and what the HTML page say, spaces squeezed."""
    return squeezed(governors_text(page)), squeezed(Page(governors_html(page)).words)


def test_text_and_html_both_hold_every_figure():
    for words in words_of(PAGE):
        for said in EVERYTHING:
            assert said.lower() in words.lower(), said


def test_a_term_of_nothing_is_a_page_too():
    for words in words_of(NOTHING):
        assert "0 comments came in, and none fell due." in words
        assert "It names no review date." in words
        assert "Too few comments name any group of people to say." in words
        assert "can be handed to anybody" in words
        assert not any(said in words for said in ("overdue", "kept out,", "Made for one reader", "twice as often"))


def test_a_page_of_a_running_term_says_so():
    for words in words_of(replace(PAGE, is_over=False)):
        assert "autumn term 2026, so far" in words


def test_nothing_that_stands_out_is_said_to_be_so():
    lines = tuple(replace(line, stands_out=False) for line in PAGE.equality.lines)
    for words in words_of(replace(PAGE, equality=replace(PAGE.equality, lines=lines))):
        assert "None of these is flagged, or wrongly flagged, more than twice as often" in words
        assert "(look)" not in words


@pytest.mark.parametrize(("due", "met", "said"), [(9, 8, "8 of 9 that fell due"), (10, 9, "9 of 10 (90%) that fell")])
def test_below_ten_there_is_no_percentage(due, met, said):
    figures = (replace(PAGE.figures[0], due=due, answered_in_time=met),)
    for words in words_of(replace(PAGE, figures=figures)):
        assert f"Answered in time: {said}" in words


def test_all_of_the_time_is_only_said_when_nothing_is_missing():
    for covered, said in ((2927.99, "99%"), (2928.0, "100%"), (0.0, "0%")):
        seen = (Seen("Reddit", covered, 2928.0, None, 0, 0.0),)
        figures = (replace(PAGE.figures[1], account="Reddit"),)
        for words in words_of(replace(PAGE, seen=seen, figures=figures)):
            assert re.search(rf"0 unanswered\W{{0,3}}(read: )?{said} ", words), words


def test_the_page_can_be_read_by_everyone_and_loads_nothing():
    page = Page(governors_html(PAGE))
    names = [tag for tag, _ in page.tags]
    assert ("html", {"lang": "en-GB"}) in page.tags
    assert names.count("h1") == names.count("title") == 1
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
    assert not {"img", "a", "link", "script", "iframe"} & set(names)


def test_there_is_no_field_for_a_name_a_link_a_case_or_words():
    named = {field.name for each in vars(governors_fields).values() if is_dataclass(each) for field in fields(each)}
    for told in named:
        assert not re.search(r"author|person|people|case|link|url|text|recipient", told), told


def pages_in(pdf):
    return max(int(n) for n in re.findall(rb"/Type\s*/Pages.*?/Count\s+(\d+)", pdf, re.DOTALL))


def test_the_pdf_is_one_tagged_page_and_the_same_bytes_every_time():
    pdf = governors_pdf(PAGE)
    assert pages_in(pdf) == pages_in(governors_pdf(NOTHING)) == 1
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid" in pdf
    assert pdf == governors_pdf(PAGE)


def test_the_fullest_page_is_still_one():
    done = tuple((what, "1 to 4") for what in ("hidden", "deleted", "reported", "blocked"))
    full = replace(
        PAGE,
        figures=tuple(replace(PAGE.figures[0], account=f"Account {i}") for i in range(9)),
        seen=tuple(replace(PAGE.seen[1], account=f"Account {i}") for i in range(9)),
        breaches=tuple(BreachLine(f"category {i}", "123", "45", "45 of 123 (36%)", done) for i in range(11)),
        no_breaches=tuple((f"category {i}", "16") for i in range(5)),
        stages=tuple((f"stage_number_{i}", "1 to 4") for i in range(6)),
        outgoing=tuple(OutgoingLine("somebody on the list of those not to be shown", "7", "6") for i in range(7)),
        equality=replace(
            PAGE.equality,
            lines=tuple(EqualityLine(f"group {i}", 400, "55", "44", i > 5) for i in range(9)),
            too_few=(),
        ),
    )
    assert pages_in(governors_pdf(full)) == 1


def test_hostile_words_stop_no_format_and_stay_where_they_belong():
    nasty = hostile(PAGE)
    assert governors_pdf(nasty).startswith(b"%PDF-")
    assert "<script" not in governors_html(nasty)
    for row in csv.reader(io.StringIO(governors_csv(nasty), newline="")):
        assert len(row) == len(COLUMNS)
        assert not any(c in cell for cell in row for c in "\r\n\u202e\0")


def figures_of(page):
    rows = list(csv.DictReader(io.StringIO(governors_csv(page), newline="")))
    assert {row["term"] for row in rows} == {page.name}
    return {(row["record"], row["name"], row["figure"]): row["value"] for row in rows}


def test_the_csv_holds_one_figure_a_line_and_small_counts_as_little_as_the_page():
    found = figures_of(PAGE)
    assert found["account", "Facebook page", "answered in time"] == "597"
    assert found["coverage", "Reddit", "watched since"] == "2026-10-20"
    assert found["breach", "insult", "deleted"] == "1 to 4"
    assert found["breach", "threat", "flagged"] == "1 to 4"
    assert found["no breach", "complaint", "flagged"] == "16"
    assert found["stage", "written_warning", "reached"] == "1 to 4"
    assert found["urgent", "", "last resort"] == "2"
    assert found["outgoing", "a tag of somebody", "found"] == "1 to 4"
    assert found["equality", "religion or belief", "stands out"] == "yes"
    assert found["equality", "sexuality", "comments"] == "too few to say"
    assert found["page", "", "review overdue"] == "yes"
    assert found["page", "", "cases with somebody kept out"] == "fewer than five"
    assert figures_of(NOTHING)["page", "", "cases with somebody kept out"] == "not counted"


@pytest.mark.parametrize("sign", list("=+-@"))
def test_no_cell_of_the_csv_is_a_formula(sign):
    formula = f"{sign}HYPERLINK(1)"
    told = governors_csv(
        replace(
            PAGE,
            name="2026-autumn",
            policy=formula,
            breaches=(replace(BREACHES[0], category=formula),),
            figures=(replace(PAGE.figures[0], account=formula),),
        )
    )
    cells = [cell for row in csv.reader(io.StringIO(told, newline="")) for cell in row]
    assert f"'{formula}" in cells
    assert not any(cell[:1] in set("=+-@") for cell in cells)
