"""Every command, tried on a demonstration's folder as the README suggests, and used wrongly."""

import csv
import io
import json
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import costs
import pytest
from books import CONFIGURATION, deadlines, export, rows
from processes import Running, run_bytes, school_monitor

from config.policy import CATEGORIES
from monitor.__main__ import COMMANDS
from monitor.demo.play import OUTAGE_DAY
from monitor.demo.workplace import TIMEZONE
from monitor.rules.slots import week_name

EXPORT_KEYS = (
    "network",
    "account",
    "remote_id",
    "author_id",
    "is_own",
    "text",
    "created_at",
    "parent_id",
    "state",
    "answered_at",
    "versions",
)


def ask(folder, *words, given=""):
    return school_monitor(*words, "--config", folder / CONFIGURATION, given=given)


def case_of(folder, demo, beginning):
    """Number of the case of the first comment that begins like this."""
    account, message = next(
        (account, message)
        for account, world in demo.worlds.items()
        for message in world.messages
        if message.text.startswith(beginning)
    )
    return deadlines(folder)[account, message.id][0]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_has_an_example(command):
    done = school_monitor(command, "--help")
    assert (done.status, done.err) == (0, "")
    assert "Example: " in done.out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_comes_before_the_libraries_of_the_daemon_could_be_imported(command):
    # Three times, as somebody else may take the processor from either of the two.
    assert any(costs.of_help(command) < costs.of_the_libraries() for _ in range(3))


def test_help_lists_every_command():
    done = school_monitor("--help")
    assert done.status == 0
    assert set(re.findall(r"(?m)^    ([a-z-]+)(?: |$)", done.out)) >= set(COMMANDS)


def test_queue_lists_what_waits_without_a_word_of_any_comment(oakfield, pristine):
    done = ask(oakfield, "queue")
    assert (done.status, done.err) == (0, "")
    texts = [m.text for world in pristine.worlds.values() for m in world.messages if len(m.text) > 15]
    assert not [text for text in texts if text in done.out]
    cases = [line.split("│")[1].strip() for line in done.out.splitlines() if line.startswith("│")]
    numbers = [int(case) for case in cases if case]
    assert len(numbers) == len(set(numbers)) > 5
    assert f"{len(numbers)} cases wait." in done.out
    flagged = {case for (case,) in rows(oakfield, "select distinct comment_id from flag")}
    assert flagged <= set(numbers)


def test_queue_of_one_account_lists_only_that(oakfield):
    done = ask(oakfield, "queue", "--account", "x")
    assert done.status == 0
    assert "X account" in done.out
    assert "Facebook page" not in done.out


def test_show_gives_the_text_and_names_what_is_hidden_in_it(oakfield, pristine):
    done = ask(oakfield, "show", case_of(oakfield, pristine, "\u202e"))
    assert (done.status, done.err) == (0, "")
    assert "<U+202E RIGHT-TO-LEFT OVERRIDE>sloof" in done.out
    assert "i<U+200B ZERO WIDTH SPACE>d<U+200B ZERO WIDTH SPACE>i" in done.out
    assert not [char for char in done.out if char in "\u202e\u202c\u200b"]
    assert "Why this deadline" in done.out
    assert "insult (serious)" in done.out


def test_a_decision_is_added_to_those_before_and_shown(oakfield_to_change, pristine):
    folder = oakfield_to_change
    case = case_of(folder, pristine, "\u202e")
    for action, why in (("hide", "it is an insult"), ("report", "seen again")):
        done = ask(folder, "decide", case, action, "--by", "Mrs Ali", "--why", why, "--version", "1")
        assert (done.status, done.err) == (0, "")
    book = rows(folder, 'select comment_id, action, "by", why from decision order by id')
    assert book == [(case, "hide", "Mrs Ali", "it is an insult"), (case, "report", "Mrs Ali", "seen again")]
    shown = ask(folder, "show", case).out
    assert shown.index("hide, on version 1: it is an insult") < shown.index("report, on version 1: seen again")


def test_a_false_alarm_is_shown_at_its_flags_waits_no_more_and_can_be_rehearsed(oakfield_to_change, pristine):
    folder = oakfield_to_change
    case = case_of(folder, pristine, "\u202e")
    done = ask(folder, "decide", case, "false_alarm", "--by", "Mrs Ali", "--why", "a joke", "--version", "1")
    assert (done.status, done.err) == (0, "")
    assert "marked as a false alarm by Mrs Ali" in ask(folder, "show", case).out
    rehearsed = ask(folder, "rehearse", "--marked", "--models", "none")
    assert rehearsed.err == ""
    assert "Replayed 1 text: what is installed now, models none" in rehearsed.out
    assert "Of 1 text marked as false alarms" in rehearsed.out
    words = [m.text for world in pristine.worlds.values() for m in world.messages if len(m.text) > 15]
    assert not [text for text in words if text in rehearsed.out]


def test_where_nothing_was_flagged_there_is_no_false_alarm(oakfield_to_change):
    folder = oakfield_to_change
    unflagged = "select id from item where type = 'comment' and id not in (select comment_id from flag) limit 1"
    ((case,),) = rows(folder, unflagged)
    done = ask(folder, "decide", case, "false_alarm", "--by", "Mrs Ali", "--why", "x", "--version", "1")
    assert (done.status, done.out) == (1, "")
    assert "none to confirm or reject" in done.err


def test_a_decision_on_a_version_that_was_edited_since_is_refused(oakfield_to_change):
    folder = oakfield_to_change
    ((case,),) = rows(folder, "select item_id from version where number = 2 order by item_id limit 1")
    done = ask(folder, "decide", case, "no_reply_needed", "--by", "Mrs Ali", "--why", "all well", "--version", "1")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"school-monitor: case {case} was edited: you saw version 1, it now stands at 2")
    assert rows(folder, "select count(*) from decision") == [(0,)]


def test_the_weekly_report_comes_as_text_page_print_and_table(oakfield, tmp_path):
    file = tmp_path / "report.txt"
    text = ask(oakfield, "report", "weekly", "--output", file)
    page = ask(oakfield, "report", "weekly", "--format", "html")
    table = ask(oakfield, "report", "weekly", "--format", "csv")
    pdf = run_bytes("report", "weekly", "--format", "pdf", "--config", oakfield / CONFIGURATION)
    assert (text.status, text.out) == (0, f"Written to {file}\n")
    assert file.read_text().startswith("Oakfield Primary School\nWeekly report")
    assert (page.status, page.out[:15].lower()) == (0, "<!doctype html>")
    figures = list(csv.DictReader(io.StringIO(table.out)))
    accounts = [row["account"] for row in figures if row["record"] == "account"]
    assert accounts == ["Facebook page", "X account", "Reddit"]
    assert (pdf.returncode, pdf.stderr, pdf.stdout[:5]) == (0, b"", b"%PDF-")


def test_coverage_names_the_day_on_which_x_could_not_be_read(oakfield, pristine):
    day = (pristine.anchor - timedelta(days=OUTAGE_DAY)).astimezone(ZoneInfo(TIMEZONE)).date()
    done = ask(oakfield, "coverage", "--week", week_name(day))
    assert (done.status, done.err) == (1, "")
    assert f"X account: not read from {day:%a} {day.day} {day:%b %Y} 07:35 to" in done.out


def test_export_gives_the_agreed_keys_and_can_be_narrowed(oakfield, pristine):
    lines = [json.loads(line) for line in export(oakfield).splitlines()]
    assert {tuple(line) for line in lines} == {EXPORT_KEYS}
    since = (pristine.anchor - timedelta(days=3)).isoformat()
    narrowed = ask(oakfield, "export", "--account", "x", "--since", since)
    expected = [line for line in lines if line["account"] == "x" and line["created_at"][:19] >= since[:19]]
    assert [json.loads(line) for line in narrowed.out.splitlines()] == expected != []


def test_check_says_which_accounts_cannot_be_reached(oakfield):
    done = ask(oakfield, "check")
    assert (done.status, done.err) == (1, "")
    states = [(line.split()[0], line.partition(":")[0].split()[1]) for line in done.out.splitlines()]
    assert [what for state, what in states if state == "FAIL"] == ["account", "account", "account"]
    assert {what for state, what in states if state == "ok"} >= {"configuration", "database", "evidence", "mail"}
    assert "cannot be reached" in done.out


def test_check_explains_a_deadline_step_by_step(oakfield):
    done = ask(oakfield, "check", "--explain", "2026-11-14 12:00")
    assert (done.status, done.err) == (0, "")
    steps = done.out.splitlines()
    assert "received Sat 14 Nov 2026 12:00 Europe/London: at a weekend" in steps
    assert steps[-1].startswith("due Mon 16 Nov 2026 23:59:59")


def test_served_networks_let_every_other_command_be_tried(oakfield_to_change, tmp_path):
    folder = oakfield_to_change
    with Running(tmp_path / "log", "demo", "--dir", folder, "--serve") as demo:
        demo.wait_for_words("Ctrl-C stops them.")
        checked, polled = ask(folder, "check"), ask(folder, "poll")
        demo.tell_to_stop()
        assert demo.finish().status == 0
    assert checked.status == 0, checked.said
    assert checked.out.count("signed in as") == 3
    assert polled.status == 0, polled.said


def test_due_answers_every_line_it_can_and_names_the_bad_one():
    good = {"case": "1", "received_at": "2026-11-14T12:00:00Z", "timezone": "Europe/London", "policy": {}}
    done = school_monitor("due", given=f"nonsense\n{json.dumps(good)}\n")
    bad, answer = map(json.loads, done.out.splitlines())
    assert (done.status, done.err) == (1, "")
    assert bad["error"]
    assert (answer["case"], answer["due_at"]) == ("1", "2026-11-16T23:59:59Z")


def test_classify_answers_line_by_line_in_order():
    lines = ['{"id": "a", "text": "What a lovely day"}', "nonsense", '{"id": "b", "text": "You are an idiot"}']
    lines.append('{"id": NaN, "text": "not JSON either"}')
    done = school_monitor("classify", given="\n".join(lines) + "\n")
    polite, bad, rude, no_json = map(json.loads, done.out.splitlines())
    assert (done.status, done.err) == (1, "")
    assert (polite["id"], polite["flags"]) == ("a", [])
    assert polite["scores"]["offensive"] < 0.5 <= rude["scores"]["offensive"]
    assert set(polite["scores"]) == set(rude["scores"]) == {"offensive", *CATEGORIES}
    assert "error" in bad
    assert "error" in no_json
    assert rude["id"] == "b"
    assert "abuse" in [flag["category"] for flag in rude["flags"]]
    assert set(rude["flags"][0]) == {"category", "severity", "score", "detector", "start", "end", "reason"}


WRONG = [
    (),
    ("nonsense",),
    ("demo", "--dir", "FILE"),
    ("demo", "--replay", "nowhere"),
    ("check", "--explain", "nonsense"),
    ("poll", "--account", "nosuch"),
    ("tick", "--bogus"),
    ("run", "--bogus"),
    ("queue", "--account", "nosuch"),
    ("show", "x"),
    ("show", "9" * 30),
    ("decide", "1", "nonsense", "--by", "a", "--why", "b"),
    ("decide", "1", "hide", "--by", " ", "--why", "b"),
    ("report", "monthly"),
    ("report", "weekly", "--output", "nowhere/report.txt"),
    ("coverage", "--week", "nonsense"),
    ("export", "--since", "yesterday"),
    ("export", "--account", "nosuch"),
    ("due", "--bogus"),
    ("classify", "--policy", "nosuch"),
    ("classify", "--config", "nowhere.toml"),
    ("rehearse", "nowhere.toml"),
    ("rehearse", "--since", "yesterday"),
    ("rehearse", "--models", "huge"),
]


@pytest.mark.parametrize("words", WRONG, ids=lambda words: " ".join(words) or "nothing")
def test_a_wrong_use_is_answered_with_a_sentence(oakfield, tmp_path, words):
    file = tmp_path / "FILE"
    file.touch()
    configured = words and words[0] not in {"nonsense", "demo", "due", "classify"}
    where = ("--config", oakfield / CONFIGURATION) if configured else ()
    done = school_monitor(*words, *where, cwd=tmp_path)
    assert done.status == 2, done.said
    assert "Traceback" not in done.said
    if words:
        assert done.out == ""
        assert any(line.startswith("school-monitor") for line in done.err.splitlines())


def test_a_case_that_does_not_exist_is_a_problem_and_says_where_to_look(oakfield):
    for words in (("show", "99999", "--by", "Mrs Ali"), ("decide", "99999", "hide", "--by", "Mrs Ali", "--why", "b")):
        done = ask(oakfield, *words)
        assert (done.status, done.out) == (1, "")
        assert done.err == "school-monitor: there is no case 99999; school-monitor queue lists what waits\n"


def test_a_demonstration_never_writes_over_a_real_configuration(tmp_path):
    real = tmp_path / CONFIGURATION
    real.write_text("# the school's own\n")
    done = school_monitor("demo", "--dir", tmp_path)
    assert (done.status, done.out) == (2, "")
    assert real.read_text() == "# the school's own\n"
    assert list(tmp_path.iterdir()) == [real]


def test_every_mistake_in_a_configuration_is_told_at_once_and_no_secret(oakfield_to_change):
    folder = oakfield_to_change
    token = (folder / "secrets" / "x").read_text()
    mistakes = {
        'timezone = "Europe/London"': 'timezone = "Europe/Londn"',
        'transport = "folder"': 'transport = "foldr"',
        'email = "ali@oakfield.example"': 'email = "ali at oakfield"',
        'bearer_token_file = "secrets/x"': f'bearer_token = "{token}"',
        'label = "Facebook page"': 'lable = "Facebook page"',
        'refresh_token_file = "secrets/reddit"': 'refresh_token_file = "secrets/nowhere"',
    }
    configuration = folder / CONFIGURATION
    text = configuration.read_text()
    lines = []
    for right, wrong in mistakes.items():
        lines.append(text[: text.index(right)].count("\n") + 1)
        text = text.replace(right, wrong, 1)
    configuration.write_text(text)
    done = ask(folder, "queue")
    assert (done.status, done.out) == (2, "")
    assert all(f"{CONFIGURATION} line {line}: " in done.err for line in lines), done.err
    assert 'Did you mean "folder"?' in done.err
    assert 'Did you mean "label"?' in done.err
    assert token not in done.err
    assert "Traceback" not in done.err
