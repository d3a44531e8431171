"""Everything wrong with a configuration is told at once: where it is, what was found, what would be right."""

import pytest
from configuration_file import ENVIRON, GOOD, TOKEN, changed, load, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.checking import PATTERNS
from config.policy import PolicyPack
from config.problems import ConfigurationProblems
from config.settings import ConfigurationFile


def test_a_misspelt_key_is_told_with_its_line_and_the_key_that_was_meant(tmp_path):
    assert told(tmp_path, '[response]\nhours = "one day"\nregoin = "ENG"\n' + GOOD.replace("[response]", "")) == [
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
                "line 15: accounts[0].network must be one of facebook_page, instagram, x, reddit, youtube, "
                "wordpress, mastodon, bluesky, feed, google_reviews, other "
                '(found "facebok"). Did you mean "facebook_page"?'
            ),
        ),
        ('network = "facebook_page"', "", "line 14: accounts[0].network is missing; it belongs in [[accounts]]"),
        ('label = "Facebook page"', "", "line 14: accounts[0].label is missing; it belongs in [[accounts]]"),
        (
            "label =",
            "lable =",
            'line 17: accounts[0].lable is not a setting where network = "facebook_page". Did you mean "label"?',
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
            'line 4: school.timezone: a time zone is an IANA name such as Europe/London (found "Mars")',
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
            "line 19: accounts[0].poll_minutes must be at least 1 (minutes) (found 0)",
        ),
        (
            'page_id = "1001"',
            'page_id = "1001"\npoll_minutes = 1.5',
            "line 19: accounts[0].poll_minutes must be a whole number of minutes (found 1.5)",
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
            "line 24: response.inset[1]: a day is written YYYY-MM-DD",
        ),
        (
            "[response]",
            '[response]\nregion = "England"',
            'line 22: response.region must be one of ENG, WLS, SCT, NIR, none (found "England")',
        ),
        (
            "[response]",
            "[response]\nlike_counts = 1",
            "line 22: response.like_counts must be true or false (found 1)",
        ),
        ("[response]", "response.hours = 1\n[storage]", "line 21: accounts[0].response is not a setting"),
    ],
)
def test_each_kind_of_mistake_is_told_where_it_is_and_what_would_be_right(tmp_path, old, new, line):
    assert any(problem.startswith(f"school-monitor.toml {line}") for problem in told(tmp_path, changed(old, new)))


def test_a_misspelt_key_that_was_required_is_one_problem_and_not_two(tmp_path):
    assert len(told(tmp_path, changed("label =", "lable ="))) == 1
    assert len(told(tmp_path, changed("access_token_env", "acess_token_env"))) == 1


def test_a_missing_table_is_named_with_its_brackets(tmp_path):
    assert told(tmp_path, "[school]\nname = 'A'\nkey = 'a'\nlast_resort = 'chair@a.example'\n") == [
        "school-monitor.toml: [mail] is missing",
        "school-monitor.toml: [[people]] is missing",
        "school-monitor.toml: [[accounts]] is missing",
    ]


def test_problems_in_every_table_are_told_together_in_the_order_of_the_file(tmp_path):
    text = GOOD.replace('key = "oakfield"', 'key = "oakfield"\npolicy = "walter-hall"')
    text = text.replace("sender = ", "sendr = ").replace('"facebook_page"', '"facebok"').replace('"head"', '"hed"')
    text = text.replace("FB_TOKEN", "OTHER") + "hours = -1\n"
    lines = [int(problem.split("line ")[1].split(":")[0]) for problem in told(tmp_path, text)]
    assert lines == sorted(lines)
    assert lines == [4, 8, 13, 16, 20, 23]


def test_two_accounts_cannot_share_a_key_and_that_is_told_beside_other_problems(tmp_path):
    account = GOOD[GOOD.index("[[accounts]]") : GOOD.index("[response]")]
    problems = told(tmp_path, GOOD + "hours = 0\n" + account)
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
def test_mail_is_never_set_up_half_or_in_clear(tmp_path, more, expected):
    problems = told(tmp_path, changed('transport = "folder"', f"{MAIL}\n{more}"))
    assert len(problems) == 1
    assert expected in problems[0]
    assert TOKEN not in problems[0]


@pytest.mark.parametrize("proxy", ["http://user:geheim@proxy:3128", "user:geheim@proxy", "https://geheim@proxy"])
def test_a_proxy_with_a_password_is_refused_without_printing_it(tmp_path, proxy):
    problems = told(tmp_path, GOOD + f'[connection]\nproxy = "{proxy}"')
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
def test_a_token_pasted_into_the_wrong_place_is_not_printed_back(tmp_path, line):
    key = line.split(" ")[0]
    kept = [row for row in GOOD.splitlines() if not row.startswith(key)]
    at = kept.index("[[accounts]]") + 1
    for environ in ({}, ENVIRON):
        problems = told(tmp_path, "\n".join([*kept[:at], line.format(TOKEN), *kept[at:]]), environ)
        assert TOKEN not in "\n".join(problems)


def test_what_is_found_cannot_write_to_the_terminal(tmp_path):
    problem = told(tmp_path, changed('"oakfield"', '"\\u001b[2J\\u202e"'))[0]
    assert r'(found "\x1b[2J\u202e")' in problem


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


def what_is_said(tmp_path, text):
    """The problems, or the settings as they would be printed."""
    try:
        return str(load(tmp_path, text).accounts[0].access_token)
    except ConfigurationProblems as wrong:
        return str(wrong)


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_a_file_is_mangled_it_is_read_or_told_and_the_token_stays_secret(tmp_path, data):
    rows = GOOD.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.integers(0, len(rows) - 1))
        at = data.draw(st.integers(0, len(rows[row])))
        scrap = data.draw(st.sampled_from(["", '"', "[", "]", "= ", "x", ".", "{", TOKEN, f"'{TOKEN}'", "\\", "3"]))
        end = at + data.draw(st.integers(0, 9))
        rows[row] = rows[row][:at] + scrap + rows[row][end:]
    said = what_is_said(tmp_path, "\n".join(rows))
    assert said
    assert TOKEN not in said
