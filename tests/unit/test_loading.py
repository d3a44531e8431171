"""The configuration file is read as it is meant, and everything wrong with it is told at once."""

import os
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.checking import PATTERNS
from config.loading import load_settings, warnings
from config.packs import POLICIES
from config.policy import PolicyPack, ResponseRule
from config.problems import ConfigurationProblems
from config.settings import ConfigurationFile

TOKEN = "EAABsbCS1iHgBO4711zzzZZZ"
ENVIRON = {"FB_TOKEN": TOKEN}

GOOD = """\
[school]
name = "Oakfield Primary School"
key = "oakfield"

[mail]
transport = "folder"
sender = "monitor@oakfield.example"

[[people]]
name = "Jo"
email = "jo@oakfield.example"
roles = ["moderator", "head"]

[[accounts]]
network = "facebook_page"
key = "facebook"
label = "Facebook page"
page_id = "1001"
access_token_env = "FB_TOKEN"

[response]
"""

PACK = (POLICIES / "default.toml").read_text("utf-8")


@pytest.fixture
def load(tmp_path):
    def load(text, environ=ENVIRON, **files):
        for name, content in files.items():
            tmp_path.joinpath(f"{name}.toml").write_text(content, "utf-8")
        file = tmp_path / "school-monitor.toml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return load_settings(file, environ)

    return load


@pytest.fixture
def told(load):
    """The problems told about a text, one line each."""

    def told(text, environ=ENVIRON, **files):
        with pytest.raises(ConfigurationProblems) as wrong:
            load(text, environ, **files)
        assert str(wrong.value).splitlines() == [str(problem) for problem in wrong.value.problems]
        return str(wrong.value).splitlines()

    return told


def changed(old, new):
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def test_a_small_file_gets_every_default(load, tmp_path):
    loaded = load(GOOD)
    assert loaded.path == tmp_path / "school-monitor.toml"
    assert loaded.school.timezone == "Europe/London"
    assert loaded.accounts[0].access_token.get_secret_value() == TOKEN
    assert loaded.policy.id == "default"
    assert loaded.rule == ResponseRule()
    assert loaded.evidence_folder == tmp_path / "evidence"


def test_the_schools_own_response_keys_lie_on_top_of_the_pack(load):
    pack = PACK.replace("hours = 24", "hours = 48\nlike_counts = true")
    loaded = load(changed('key = "oakfield"', 'key = "oakfield"\npolicy = "own.toml"') + "hours = 12", own=pack)
    assert loaded.policy.response.hours == 48
    assert loaded.rule == loaded.policy.response.model_copy(update={"hours": 12})
    assert loaded.rule.like_counts is True


def test_no_bank_holidays_at_all_is_written_none_as_toml_has_no_null(load):
    assert load(GOOD + 'region = "none"').rule.region is None


def test_days_and_times_may_be_written_with_or_without_quotes(load):
    quoted = load(GOOD + 'inset = ["2026-12-24"]\nnext_day_due = "16:00"')
    assert quoted.rule == load(GOOD + "inset = [2026-12-24]\nnext_day_due = 16:00:00").rule


def test_a_file_saved_by_a_windows_editor_is_read(load):
    assert load(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()).school.key == "oakfield"


def test_a_misspelt_key_is_told_with_its_line_and_the_key_that_was_meant(told):
    assert told('[response]\nhours = "one day"\nregoin = "ENG"\n' + GOOD.replace("[response]", "")) == [
        'school-monitor.toml line 2: response.hours must be a number of hours (found "one day")',
        'school-monitor.toml line 3: response.regoin is not a setting. Did you mean "region"?',
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            '"facebook_page"',
            '"facebok"',
            (
                "line 15: accounts[0].network must be one of facebook_page, x, reddit "
                '(found "facebok"). Did you mean "facebook_page"?'
            ),
        ),
        ('network = "facebook_page"', "", "line 14: accounts[0].network is missing; it belongs in [[accounts]]"),
        ('label = "Facebook page"', "", "line 14: accounts[0].label is missing; it belongs in [[accounts]]"),
        (
            "label =",
            "lable =",
            ('line 17: accounts[0].lable is not a setting where network = "facebook_page". Did you mean "label"?'),
        ),
        (
            "access_token_env",
            "acess_token_env",
            (
                "line 19: accounts[0].acess_token_env is not a setting "
                'where network = "facebook_page". Did you mean "access_token_env"?'
            ),
        ),
        ("[school]", "[shcool]", 'line 1: shcool is not a setting. Did you mean "school"?'),
        ("[[people]]", "[people]", "line 9: people must be a list in square brackets (found a table)"),
        ("[school]", 'timezone = "UTC"\n[school]', "line 1: timezone is not a setting. It belongs in [school]"),
        ("[school]", 'path = "/"\n[school]', "line 1: path is not a setting."),
        (
            'key = "oakfield"',
            'key = "Oak Field"',
            (
                "line 3: school.key must be a short name of small letters, "
                'digits and hyphens, at most 40 (found "Oak Field")'
            ),
        ),
        (
            'key = "oakfield"',
            'key = ""\ntimezone = "Mars"',
            ('line 4: school.timezone: a time zone is an IANA name such as Europe/London (found "Mars")'),
        ),
        (
            'name = "Oakfield Primary School"',
            "name = true",
            "line 2: school.name must be text in quotes (found true)",
        ),
        ('page_id = "1001"', "page_id = 1001", "line 18: accounts[0].page_id must be text in quotes (found 1001)"),
        (
            'page_id = "1001"',
            'page_id = "1001"\npoll_minutes = 0',
            ("line 19: accounts[0].poll_minutes must be at least 1 (minutes) (found 0)"),
        ),
        (
            'page_id = "1001"',
            'page_id = "1001"\npoll_minutes = 1.5',
            ("line 19: accounts[0].poll_minutes must be a whole number of minutes (found 1.5)"),
        ),
        (
            'page_id = "1001"',
            'page_id = "1001"\napi_url = "http://localhost.example"',
            (
                "line 19: accounts[0].api_url: "
                'an address starts with https:// (http:// only on this machine) (found "http://localhost.example")'
            ),
        ),
        ('["moderator", "head"]', '["moderator"]', "line 9: people: nobody has the role head"),
        ('["moderator", "head"]', "[]", "line 12: people[0].roles needs at least 1 (found an empty list)"),
        ("[response]", "[response]\nclosures = [[2026-12-24]]", "line 22: response.closures[0] has too few entries"),
        (
            "[response]",
            "[response]\ninset = [\n2026-12-24,\n2026-12-24 10:00:00]",
            ("line 24: response.inset[1]: a day is written YYYY-MM-DD"),
        ),
        (
            "[response]",
            '[response]\nregion = "England"',
            ('line 22: response.region must be one of ENG, WLS, SCT, NIR, none (found "England")'),
        ),
        (
            "[response]",
            "[response]\nlike_counts = 1",
            "line 22: response.like_counts must be true or false (found 1)",
        ),
        ("[response]", "response.hours = 1\n[storage]", "line 21: accounts[0].response is not a setting"),
    ],
)
def test_each_kind_of_mistake_is_told_where_it_is_and_what_would_be_right(told, old, new, line):
    assert any(problem.startswith(f"school-monitor.toml {line}") for problem in told(changed(old, new)))


def test_a_misspelt_key_that_was_required_is_one_problem_and_not_two(told):
    assert len(told(changed("label =", "lable ="))) == 1
    assert len(told(changed("access_token_env", "acess_token_env"))) == 1


def test_a_missing_table_is_named_with_its_brackets(told):
    assert told("[school]\nname = 'A'\nkey = 'a'\n") == [
        "school-monitor.toml: [mail] is missing",
        "school-monitor.toml: [[people]] is missing",
        "school-monitor.toml: [[accounts]] is missing",
    ]


def test_problems_in_every_table_are_told_together_in_the_order_of_the_file(told):
    text = GOOD.replace('key = "oakfield"', 'key = "oakfield"\npolicy = "walter-hall"')
    text = text.replace("sender = ", "sendr = ").replace('"facebook_page"', '"facebok"').replace('"head"', '"hed"')
    text = text.replace("FB_TOKEN", "OTHER") + "hours = -1\n"
    lines = [int(problem.split("line ")[1].split(":")[0]) for problem in told(text)]
    assert lines == sorted(lines)
    assert lines == [4, 8, 13, 16, 20, 23]


def test_two_accounts_cannot_share_a_key_and_that_is_told_beside_other_problems(told):
    account = GOOD[GOOD.index("[[accounts]]") : GOOD.index("[response]")]
    problems = told(GOOD + "hours = 0\n" + account)
    assert any("accounts: facebook appears more than once" in problem for problem in problems)
    assert any("response.hours" in problem for problem in problems)


MAIL = 'transport = "smtp"\nhost = "mail.example"'


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('security = "none"', '"none" is only for a mail server on this machine'),
        ('user = "u"', "mail.password: user and password go together"),
        ('password_env = "FB_TOKEN"', "mail.password: user and password go together"),
    ],
)
def test_mail_is_never_set_up_half_or_in_clear(told, more, expected):
    problems = told(changed('transport = "folder"', f"{MAIL}\n{more}"))
    assert len(problems) == 1
    assert expected in problems[0]
    assert TOKEN not in problems[0]


@pytest.mark.parametrize("proxy", ["http://user:geheim@proxy:3128", "user:geheim@proxy", "https://geheim@proxy"])
def test_a_proxy_with_a_password_is_refused_without_printing_it(told, proxy):
    problems = told(GOOD + f'[connection]\nproxy = "{proxy}"')
    assert "line 23: connection.proxy:" in problems[0]
    assert ":geheim" not in problems[0]


@pytest.mark.parametrize(
    "line",
    [
        "page_id = '{}'",
        "key = '{}'",
        "poll_minutes = '{}'",
        "access_token = '{}'",
        "access_token_env = '{}'",
        "access_token_file = '{}'",
        "access_token_credential = '{}'",
        "api_url = '{}'",
        "label = ['{}']",
        "network = '{}'",
        "'{}' = 1",
        "access_token = {}",
        "access_token '{}'",
    ],
)
def test_a_token_pasted_into_the_wrong_place_is_not_printed_back(told, line):
    key = line.split(" ")[0]
    kept = [row for row in GOOD.splitlines() if not row.startswith(key)]
    at = kept.index("[[accounts]]") + 1
    for environ in ({}, ENVIRON):
        problems = told("\n".join([*kept[:at], line.format(TOKEN), *kept[at:]]), environ)
        assert TOKEN not in "\n".join(problems)


def test_what_is_found_cannot_write_to_the_terminal(told):
    problem = told(changed('"oakfield"', '"\\u001b[2J\\u202e"'))[0]
    assert r'(found "\x1b[2J\u202e")' in problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[school]\nname = " + TOKEN, "line 2: not readable as TOML: Invalid value"),
        ("[school]\nname = 'a'\nname = 'b'", "line 3: not readable as TOML: a key or a table is written a second"),
        ("[mail]\n[mail]", "line 2: not readable as TOML: a table is written a second time"),
        ("a = 'b'\n\nb = '" + TOKEN, "line 3: not readable as TOML: "),
        ('folder = "C:\\mails"', "line 1: not readable as TOML: a backslash in a text"),
        ("a = " + "[" * 5000, "not readable as TOML: brackets are nested too deeply"),
        ("a = " + "9" * 5000, "not readable as TOML: a number is far too long"),
        (b"name = '\xff'", "is not UTF-8 text (byte 9). Save it again as UTF-8"),
        (GOOD.encode("utf-16"), "is not UTF-8 text"),
        ("#" * (1 << 20) + "\n", "cannot be read: it is larger than 1024 KB"),
    ],
)
def test_a_file_that_is_no_toml_is_one_problem_that_quotes_nothing(told, text, expected):
    problems = told(text)
    assert len(problems) == 1
    assert problems[0].startswith(
        f"school-monitor.toml {expected}".replace("toml not", "toml: not")
        .replace("toml is", "toml: is")
        .replace("toml cannot", "toml: cannot")
    )
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
def test_a_file_we_may_not_read_is_told_as_such(load, tmp_path):
    load(GOOD)
    tmp_path.joinpath("school-monitor.toml").chmod(0)
    with pytest.raises(ConfigurationProblems, match="this user may not read it"):
        load_settings(tmp_path / "school-monitor.toml", ENVIRON)


def test_a_misspelt_policy_is_told_with_the_ones_there_are(told):
    assert told(changed('key = "oakfield"', 'key = "oakfield"\npolicy = "walterhalls"')) == [
        (
            "school-monitor.toml line 4: school.policy must be one of default, walter-halls "
            '(found "walterhalls"). Did you mean "walter-halls"?'
        )
    ]


def test_a_missing_pack_file_is_told_under_its_own_name(told):
    problem = told(changed('key = "oakfield"', 'key = "oakfield"\npolicy = "own.toml"'))[0]
    assert problem.startswith("own.toml: cannot be read: there is no such file")
    assert "school.policy" in problem


def test_problems_of_a_pack_are_told_with_its_file_and_line_beside_those_of_the_configuration(told):
    pack = PACK.replace("hours = 24", "hour = 24").replace("[categories.spam]", "[categories.spma]")
    pack = pack.replace('severity = "note"\nclause = "Monitoring"\nnext_steps = ["Answer', 'next_steps = ["Answer')
    text = changed('key = "oakfield"', 'key = "OAK"\npolicy = "own.toml"')
    problems = told(text, own=pack)

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


def test_a_pack_that_forgets_a_category_is_refused(told):
    pack = PACK[: PACK.index("[categories.question]")]
    problems = told(changed('key = "oakfield"', 'key = "oakfield"\npolicy = "own.toml"'), own=pack)
    assert len(problems) == 1
    assert "[categories.question] is missing" in problems[0]


def test_every_pattern_of_the_schema_has_words_for_people():
    def patterns(schema):
        if isinstance(schema, dict):
            yield from [schema["pattern"]] if isinstance(schema.get("pattern"), str) else []
            for part in schema.values():
                yield from patterns(part)
        if isinstance(schema, list):
            for part in schema:
                yield from patterns(part)

    used = {p for m in (ConfigurationFile, PolicyPack) for p in patterns(m.model_json_schema(mode="serialization"))}
    used |= {p for m in (ConfigurationFile, PolicyPack) for p in patterns(m.model_json_schema())}
    assert used == set(PATTERNS)


def what_is_said(load, text):
    """The problems, or the settings as they would be printed."""
    try:
        return str(load(text).accounts[0].access_token)
    except ConfigurationProblems as wrong:
        return str(wrong)


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_a_file_is_mangled_it_is_read_or_told_and_the_token_stays_secret(load, data):
    rows = GOOD.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.integers(0, len(rows) - 1))
        at = data.draw(st.integers(0, len(rows[row])))
        scrap = data.draw(st.sampled_from(["", '"', "[", "]", "= ", "x", ".", "{", TOKEN, f"'{TOKEN}'", "\\", "3"]))
        end = at + data.draw(st.integers(0, 9))
        rows[row] = rows[row][:at] + scrap + rows[row][end:]
    said = what_is_said(load, "\n".join(rows))
    assert said
    assert TOKEN not in said


TODAY = date(2026, 11, 20)


def moderators(*names):
    return "".join(f'[[people]]\nname = "{n}"\nemail = "{n}@a.example"\nroles = ["moderator"]\n' for n in names)


def test_two_moderators_a_mail_server_and_a_fresh_policy_leave_nothing_to_warn_of(load):
    loaded = load(changed('transport = "folder"', MAIL).replace("[response]", moderators("ada")))
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
def test_what_should_be_put_right_is_warned_of(load, text, today, expected):
    assert any(expected in warning for warning in warnings(load(text), today))


def test_a_policy_is_not_overdue_on_its_review_day(load):
    assert not any("reviewed" in warning for warning in warnings(load(GOOD), date(2027, 9, 1)))
