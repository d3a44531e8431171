"""The head is accused: nothing the program prints or writes for the head tells of it, whatever is asked.

Every command is in one of the tables below; a new one fails here until somebody has said how it keeps out whom a case
is about.
"""

import json
import re
from contextlib import closing
from dataclasses import replace
from importlib import import_module

import pytest
from desk import MINUTE, OTHER, item
from kept_out_desk import (
    AUTHOR,
    BY,
    DSL,
    HEAD,
    HEADS,
    MODERATOR,
    NAME,
    NEVER_THERE,
    NUMBER,
    WHY,
    school_of,
    the_head_is_accused,
    told,
    traces_in,
)
from picture_samples import png

from monitor.__main__ import COMMANDS
from monitor.governing import Governing
from monitor.rules.terms import latest_term
from monitor.store import evidence_rows
from monitor.store.engine import open_store

EXPLAINED = (
    *("account/facebook/received", "account/facebook/unanswered", "account/facebook/held", "unanswered_now"),
    *("trend/2026-W46/received", "trend/2026-W46/answered_in_time", "coverage/facebook/stored", "evidence/entries"),
    *("category", "load", "coverage/facebook/reads"),
)
"""Numbers of the weekly report, each of which is looked behind."""
LISTS = {
    "queue": [BY, ()],
    "export": [BY],
    "coverage": [()],
    "health": [BY, ()],
    "report": [
        (*which, "--format", form, *by)
        for which in (("weekly", "--week", "2026-W46"), ("governors", "--so-far"))
        for form in ("text", "html", "csv", "pdf")
        for by in (BY, ())
    ],
    "report ": [
        ("weekly", "--week", "2026-W46", *more, *by)
        for more in (
            ("--format", "xlsx", "--output", "OUT.xlsx"),
            ("--as-of-now",),
            ("--explain", "list"),
            *(("--explain", name) for name in EXPLAINED),
        )
        for by in (BY, ())
    ],
    "rehearse": [("--show-text", "--sample", "100", *BY), ("--show-text",), ("--csv", "OUT.csv", *BY)],
    "evidence list": [BY, ("--format", "json", *BY), ()],
    "evidence verify": [BY, ()],
    "evidence export": [("--since", "2026-01-01T00:00:00Z", "--output", "OUT.zip", *WHY)],
    "subject-access": [
        (NAME, "--output", "OUT.zip", *WHY),
        (AUTHOR, "--output", "OUT.zip", *WHY),
        (f"Name of {OTHER}", "--output", "OUT.zip", *WHY),
        ("Okafor", "--output", "OUT.zip", *WHY),
    ],
    "retention preview": [BY, ("--format", "json", *BY), ()],
    "retention run": [("0000", *WHY)],
    "erase": [("--list", *BY), ("--list",), ("--approve", "all", *WHY), ("--cancel", "all", *WHY)],
    "poll": [()],
    "tick": [()],
}  # fmt: skip
"""What shows several cases: nothing in what is printed or written is a trace."""

OF_ONE_CASE = {
    "show": [("CASE", *BY), ("CASE",)],
    "decide": [("CASE", "take", *WHY)],
    "acknowledge": [("CASE", *BY)],
    "keep-out": [("CASE", HEAD, "--lift", *WHY), ("CASE", "Mr Bevan", *WHY), ("CASE", "--others", "--lift", *WHY)],
    "erase": [("CASE", *WHY)],
    "evidence show": [("--case", "CASE", *WHY), ("ENTRY", *WHY)],
    "evidence list": [("--case", "CASE", *BY), ("--case", "CASE")],
    "evidence verify": [("--case", "CASE", *BY)],
    "evidence export": [("--case", "CASE", "--output", "OUT.zip", *WHY)],
    "evidence hold": [("CASE", *WHY)],
    "evidence release": [("CASE", *WHY)],
    "evidence share": [("ENTRY", "--with", "PC 1", *WHY)],
    "evidence add": [("CASE", "PICTURE", *WHY)],
    "evidence open-media": [("CASE", *WHY)],
    "evidence withhold": [("CASE", *WHY)],
    "subject-access": [("--case", "CASE", "--output", "OUT.zip", *WHY)],
}
"""What is told one case: the answer is, word for word, that for a number there never was."""

ELSEWHERE = {
    "demo": "a school of its own, made up",
    "init": "writes a configuration; reads no case",
    "check": "tests configuration and credentials; reads no case",
    "run": "does what tick does, until stopped",
    "import": "prints counts; what it takes in is judged as what is read",
    "backup": "copies the whole books for whoever keeps the computer; shows no case",
    "restore": "brings them back; counts, and prints no case",
    "due": "answers about lines it is given",
    "classify": "answers about lines it is given",
    "accounts": "the register of accounts; reads no case",
    "digest stop": "about the mail of one person; reads no case",
    "digest start": "the same",
    "console": "serves the page on which somebody stops their digest; shows no case",
    "outgoing list": "the school's own posts and replies, by number and kind",
    "outgoing settle": "the same",
    "outgoing report": "the same",
    "evidence new-key": "about the signing key; reads no case",
}
"""Commands that show no case, and why."""


def all_commands():
    for name in COMMANDS:
        module = import_module(f"monitor.commands.{ {'import': 'import_archive'}.get(name, name).replace('-', '_') }")
        yield from (f"{name} {below}" for below in module.COMMANDS) if hasattr(module, "COMMANDS") else (name,)


def test_every_command_says_how_it_keeps_out_whom_a_case_is_about():
    known = {*(name.strip() for name in LISTS), *OF_ONE_CASE, *ELSEWHERE}
    assert set(all_commands()) <= known, "new: say in this file what it tells somebody a case is about"


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """The head is accused, and a comment of no harm stands beside it; nobody has looked yet.

    Its books are its own: other tests empty those they share.
    """
    folder = tmp_path_factory.mktemp("school")
    with pytest.MonkeyPatch.context() as patch, closing(open_store(f"sqlite:///{folder / 'books.db'}")) as store:
        desk = school_of(folder, store, patch)
        the_head_is_accused(desk)
        desk.later(15 * MINUTE)
        desk.read(item("c3", "idiot, once more", by=OTHER, under="c0", at=desk.clock() - MINUTE))
        desk.app.cards.run()
        patch.setattr("monitor.wiring.egress", lambda _settings: None)
        yield desk


def position_of(desk, number):
    with desk.rows() as (tx, row, _):
        return evidence_rows.kept(tx, row, case=number)[0].position


LISTED = [(command, words) for command, calls in LISTS.items() for words in calls]


@pytest.mark.parametrize(("command", "words"), LISTED, ids=[f"{c} {' '.join(w)}" for c, w in LISTED])
def test_no_list_report_or_bundle_for_the_head_holds_a_trace(school, monkeypatch, capfd, tmp_path, command, words):
    said = told(school, monkeypatch, capfd, command, words, tmp_path)
    assert traces_in(said) == [], said[:3000]


def test_the_list_of_everything_names_no_comment_that_another_would_point_at(school, monkeypatch, capfd, tmp_path):
    rows = [json.loads(line) for line in told(school, monkeypatch, capfd, "export", BY, tmp_path).split("\n") if line]
    assert {row["remote_id"]: row["parent_id"] for row in rows}["c5"] is None


def test_the_same_lists_hold_it_for_the_safeguarding_lead(school, monkeypatch, capfd, tmp_path):
    """Else the test above would show nothing."""
    by = ("--by", DSL, "--why", "my duty")
    assert str(NUMBER) in told(school, monkeypatch, capfd, "queue", by[:2], tmp_path)
    assert traces_in(told(school, monkeypatch, capfd, "export", by[:2], tmp_path))
    assert traces_in(told(school, monkeypatch, capfd, "evidence list", by[:2], tmp_path))
    assert traces_in(told(school, monkeypatch, capfd, "show", (str(NUMBER), *by[:2]), tmp_path))
    bundle = ("--since", "2026-01-01T00:00:00Z", "--output", "OUT.zip", *by)
    assert traces_in(told(school, monkeypatch, capfd, "evidence export", bundle, tmp_path))
    assert traces_in(told(school, monkeypatch, capfd, "subject-access", (NAME, "--output", "OUT.zip", *by), tmp_path))
    assert traces_in(told(school, monkeypatch, capfd, "rehearse", ("--csv", "OUT.csv", *by[:2]), tmp_path))


CALLS = [(command, words) for command, calls in OF_ONE_CASE.items() for words in calls]


@pytest.mark.parametrize(("command", "words"), CALLS, ids=[f"{c} {' '.join(w)}" for c, w in CALLS])
def test_the_case_is_answered_in_the_words_of_a_number_there_never_was(
    school, monkeypatch, capfd, tmp_path, command, words
):
    picture = tmp_path / "print.png"
    picture.write_bytes(png(4, 4))

    def said(case, entry):
        swapped = [str({"CASE": case, "ENTRY": entry, "PICTURE": picture}.get(word, word)) for word in words]
        answer = told(school, monkeypatch, capfd, command, swapped, tmp_path)
        return re.sub(rf"(?<!\d)({case}|{entry})(?!\d)", "N", answer)

    entry = 77_000 + position_of(school, NUMBER)
    real = said(NUMBER, position_of(school, NUMBER)) if "ENTRY" in words else said(NUMBER, entry)
    never = said(NEVER_THERE, entry)
    if command == "evidence verify":
        real, never = (re.sub(r"(?m)^Checked .*? entries", "Checked", each) for each in (real, never))
    assert real == never
    assert traces_in(real) == []


@pytest.mark.parametrize("beside", ["c0", "c3", "c4", "c5"])
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("show", ("CASE", *BY)),
        ("evidence show", ("--case", "CASE", *WHY)),
        ("evidence export", ("--case", "CASE", "--output", "OUT.zip", *WHY)),
        ("evidence export", ("--case", "CASE", "--black-out", "--output", "OUT.zip", *WHY)),
        ("subject-access", ("--case", "CASE", "--output", "OUT.zip", *WHY)),
    ],
)
def test_what_is_shown_of_its_neighbours_holds_no_trace(school, monkeypatch, capfd, tmp_path, command, words, beside):
    number = str(school.cases()[beside].id)
    said = told(school, monkeypatch, capfd, command, [number if word == "CASE" else word for word in words], tmp_path)
    assert traces_in(said) == [], said[:3000]
    assert "idiot" in said or "OUT.zip" in said


def test_verify_counts_as_much_evidence_as_the_list_shows(school, monkeypatch, capfd, tmp_path):
    def counts(by):
        verified = told(school, monkeypatch, capfd, "evidence verify", by, tmp_path)
        listed = told(school, monkeypatch, capfd, "evidence list", ("--format", "json", *by), tmp_path)
        return int(re.search(r"(\d+) snapshots? and exhibits|(\d+) snapshot or", verified)[1]), listed.count(
            '"entry"'
        )

    hers, leads, nobodys = (counts(by) for by in (BY, ("--by", DSL), ()))
    assert hers[0] == hers[1] == nobodys[0] == nobodys[1]
    assert leads[0] == leads[1] == hers[0] + 2, "the case and what is said of her under it"


def test_the_figures_of_the_report_are_those_of_a_week_without_it(school):
    """But for the comments received, which anybody can count on the page."""
    now = school.clock()
    hers, leads = (school.app.reporter.weekly("2026-W46", now, who) for who in (HEADS, "dsl@oakfield.example"))
    nobodys = school.app.reporter.weekly("2026-W46", now)
    assert [row.received for row in hers.figures] == [row.received for row in leads.figures]
    assert "allegation" not in str(hers.flagged)
    assert "allegation" in str(leads.flagged)
    assert hers.flagged == nobodys.flagged
    assert NUMBER not in {line.case for line in hers.unanswered}
    assert traces_in(repr(hers)) == traces_in(repr(nobodys)) == []


def test_the_figures_of_the_governors_page_are_those_of_a_term_without_it(school):
    """But for the comments received, and those among them that have words: both can be counted on the page."""
    app, now = school.app, school.clock()
    governing = Governing(app.store, app.settings, app.school)
    term = latest_term(now, app.settings.school.timezone, running=True)
    people = {person.name: person for person in app.settings.people}
    hers, nobodys, leads = (governing.page(term, now, people.get(name)) for name in (HEAD, "", DSL))
    assert "allegation" in str(leads.breaches)
    assert "allegation" not in str(hers.breaches) + str(nobodys.breaches)
    assert replace(hers, for_everybody=True, kept_out="") == nobodys
    assert leads.kept_out == hers.kept_out == "fewer than five"
    assert [row.received for row in hers.figures] == [row.received for row in leads.figures]
    assert traces_in(repr(hers)) == traces_in(repr(nobodys)) == []


def test_an_export_for_nobody_in_particular_is_everything_stored_and_says_so(school, monkeypatch, capfd, tmp_path):
    said = told(school, monkeypatch, capfd, "export", (), tmp_path)
    assert traces_in(said)
    assert "cases that are not for everybody among it" in said


def test_a_moderator_who_is_not_told_sees_as_little_as_the_head(school, monkeypatch, capfd, tmp_path):
    by = ("--by", MODERATOR)
    for command in ("queue", "export", "evidence list"):
        assert traces_in(told(school, monkeypatch, capfd, command, by, tmp_path)) == []
