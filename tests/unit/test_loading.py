"""The configuration file and its policy pack are read as they are meant."""

import os
from datetime import date

import pytest
from configuration_file import ENVIRON, GOOD, TOKEN, changed, load, told

from config.loading import load_settings, warnings
from config.packs import POLICIES
from config.policy import ResponseRule
from config.problems import ConfigurationProblems

MAIL = 'transport = "smtp"\nhost = "mail.example"'
PACK = (POLICIES / "default.toml").read_text("utf-8")


def test_a_small_file_gets_every_default(tmp_path):
    loaded = load(tmp_path, GOOD)
    assert loaded.path == tmp_path / "school-monitor.toml"
    assert loaded.school.timezone == "Europe/London"
    assert loaded.accounts[0].access_token.get_secret_value() == TOKEN
    assert loaded.policy.id == "default"
    assert loaded.rule == ResponseRule()
    assert loaded.evidence_folder == tmp_path / "evidence"


def test_the_schools_own_response_keys_lie_on_top_of_the_pack(tmp_path):
    pack = PACK.replace("hours = 24", "hours = 48\nlike_counts = true")
    loaded = load(
        tmp_path, changed('key = "oakfield"', 'key = "oakfield"\npolicy = "own.toml"') + "hours = 12", own=pack
    )
    assert loaded.policy.response.hours == 48
    assert loaded.rule == loaded.policy.response.model_copy(update={"hours": 12})
    assert loaded.rule.like_counts is True


def test_no_bank_holidays_at_all_is_written_none_as_toml_has_no_null(tmp_path):
    assert load(tmp_path, GOOD + 'region = "none"').rule.region is None


def test_days_and_times_may_be_written_with_or_without_quotes(tmp_path):
    quoted = load(tmp_path, GOOD + 'inset = ["2026-12-24"]\nnext_day_due = "16:00"')
    assert quoted.rule == load(tmp_path, GOOD + "inset = [2026-12-24]\nnext_day_due = 16:00:00").rule


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path):
    assert load(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()).school.key == "oakfield"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[school]\nname = " + TOKEN, " line 2: not readable as TOML: Invalid value"),
        ("[school]\nname = 'a'\nname = 'b'", " line 3: not readable as TOML: a key or a table is written a second"),
        ("[mail]\n[mail]", " line 2: not readable as TOML: a table is written a second time"),
        ("a = 'b'\n\nb = '" + TOKEN, " line 3: not readable as TOML: "),
        ('folder = "C:\\mails"', " line 1: not readable as TOML: a backslash in a text"),
        ("a = " + "[" * 5000, ": not readable as TOML: brackets are nested too deeply"),
        ("a = " + "9" * 5000, ": not readable as TOML: a number is far too long"),
        (b"name = '\xff'", ": is not UTF-8 text (byte 9). Save it again as UTF-8"),
        (GOOD.encode("utf-16"), ": is not UTF-8 text"),
        ("#" * (1 << 20) + "\n", ": cannot be read: it is larger than 1024 KB"),
    ],
)
def test_a_file_that_is_no_toml_is_one_problem_that_quotes_nothing(tmp_path, text, expected):
    problems = told(tmp_path, text)
    assert len(problems) == 1
    assert problems[0].startswith(f"school-monitor.toml{expected}")
    assert TOKEN not in problems[0]


def test_a_missing_file_says_where_it_was_looked_for_and_what_to_do(tmp_path):
    with pytest.raises(ConfigurationProblems, match="there is no such file") as wrong:
        load_settings(tmp_path / "none.toml", {})
    assert str(tmp_path) in str(wrong.value)
    assert "config/example.toml" in str(wrong.value)


def test_a_folder_in_place_of_the_file_is_told_as_such(tmp_path):
    with pytest.raises(ConfigurationProblems, match="it is a folder, not a file"):
        load_settings(tmp_path, {})


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may read every file")
def test_a_file_we_may_not_read_is_told_as_such(tmp_path):
    load(tmp_path, GOOD)
    tmp_path.joinpath("school-monitor.toml").chmod(0)
    with pytest.raises(ConfigurationProblems, match="this user may not read it"):
        load_settings(tmp_path / "school-monitor.toml", ENVIRON)


def test_a_misspelt_policy_is_told_with_the_ones_there_are(tmp_path):
    assert told(tmp_path, changed('key = "oakfield"', 'key = "oakfield"\npolicy = "walterhalls"')) == [
        (
            "school-monitor.toml line 4: school.policy must be one of carey, default, hasland, heathcoat, king-offa, "
            'walter-halls (found "walterhalls"). Did you mean "walter-halls"?'
        )
    ]


def test_a_missing_pack_file_is_told_under_its_own_name(tmp_path):
    problem = told(tmp_path, changed('key = "oakfield"', 'key = "oakfield"\npolicy = "own.toml"'))[0]
    assert problem.startswith("own.toml: cannot be read: there is no such file")
    assert "school.policy" in problem


def test_problems_of_a_pack_are_told_with_its_file_and_line_beside_those_of_the_configuration(tmp_path):
    pack = PACK.replace("hours = 24", "hour = 24").replace("[categories.spam]", "[categories.spma]")
    question = "[categories.question]\n"
    pack = pack.replace(f'{question}severity = "note"\nclause = "Monitoring"\n', question)
    text = changed('key = "oakfield"', 'key = "OAK"\npolicy = "own.toml"')
    problems = told(tmp_path, text, own=pack)

    def line(words):
        return pack[: pack.index(words)].count("\n") + 1

    assert problems[0].startswith("school-monitor.toml line 3: school.key")
    assert problems[1:] == [
        f'own.toml line {line("hour =")}: response.hour is not a setting. Did you mean "hours"?',
        f'own.toml line {line("[categories.spma]")}: categories.spma is not a category. Did you mean "spam"?',
        (
            f"own.toml line {line('[categories.question]')}: categories.question.severity is missing; "
            "it belongs in [categories.question]"
        ),
        (
            f"own.toml line {line('[categories.question]')}: categories.question.clause is missing; "
            "it belongs in [categories.question]"
        ),
    ]


def test_a_pack_that_forgets_a_category_is_refused(tmp_path):
    pack = PACK[: PACK.index("[categories.question]")]
    problems = told(tmp_path, changed('key = "oakfield"', 'key = "oakfield"\npolicy = "own.toml"'), own=pack)
    assert len(problems) == 1
    assert "[categories.question] is missing" in problems[0]


TODAY = date(2026, 11, 20)


def moderators(*names):
    return "".join(f'[[people]]\nname = "{n}"\nemail = "{n}@a.example"\nroles = ["moderator"]\n' for n in names)


def test_two_moderators_a_mail_server_and_a_fresh_policy_leave_nothing_to_warn_of(tmp_path):
    loaded = load(tmp_path, changed('transport = "folder"', MAIL).replace("[response]", moderators("ada")))
    assert warnings(loaded, TODAY) == ()


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        (changed("[school]", '[school]\npolicy = "walter-halls"'), TODAY, "to be reviewed by 30 September 2024"),
        (GOOD, date(2027, 9, 2), "to be reviewed by 01 September 2027"),
        (GOOD, TODAY, "Only one moderator is named"),
        (GOOD + 'no_reply_needed = ["spam_auto"]', TODAY, "spam_auto"),
        (GOOD, date(2030, 1, 1), "Bank holidays are known to be right up to 2030"),
        (GOOD, TODAY, "written to the folder mails and sent to nobody"),
    ],
)
def test_what_should_be_put_right_is_warned_of(tmp_path, text, today, expected):
    assert any(expected in warning for warning in warnings(load(tmp_path, text), today))


def test_a_policy_is_not_overdue_on_its_review_day(tmp_path):
    assert not any("reviewed" in warning for warning in warnings(load(tmp_path, GOOD), date(2027, 9, 1)))


def test_without_a_last_resort_somebody_is_it_all_the_same_and_check_says_who(tmp_path):
    text = changed('last_resort = "chair@governors.example"\n', "")
    governors = '[[people]]\nname = "Max"\nemail = "max@oakfield.example"\nroles = ["chair_of_governors"]\n'
    assert load(tmp_path, text).last_resort == "jo@oakfield.example"
    loaded = load(tmp_path, text.replace("[[people]]", f"{governors}[[people]]", 1))
    assert loaded.last_resort == "max@oakfield.example"
    assert any("it is told to max@oakfield.example" in warning for warning in warnings(loaded, TODAY))


def test_a_password_in_the_databases_address_is_refused_and_not_repeated(tmp_path):
    address = 'database = "postgresql+psycopg://monitor:hunter2secret@db.school.example/books"'
    (problem,) = told(tmp_path, changed("[mail]", f"[storage]\n{address}\n[mail]"))
    assert "storage.database" in problem
    assert ".pgpass" in problem
    assert "hunter2secret" not in problem


def test_an_address_of_a_database_without_a_password_is_fine(tmp_path):
    address = 'database = "postgresql+psycopg://monitor@db.school.example:5432/books"'
    loaded = load(tmp_path, changed("[mail]", f"[storage]\n{address}\n[mail]"))
    assert loaded.database_url.endswith("@db.school.example:5432/books")
