"""`check` of an account, live: who we are, until when, what for, and what we hold; or one line with what to do."""

import pytest
from desk import DAY, HOUR, NOW, SCHOOL, SCRIPTED, TOKEN, item

from connectors.base import AccountState
from connectors.errors import AuthFailed, Forbidden, TemporaryFailure
from monitor.__main__ import main
from monitor.store import allowance, ledger
from monitor.store.reading_tables import Read


class Asked:
    """A connector that only says who we are."""

    def __init__(self, answer):
        self.answer = answer

    def check(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def check(desk, monkeypatch, capsys):
    """The lines of `check` about accounts, for what the network answers, and the status."""
    monkeypatch.setattr("monitor.commands.check.app_for", lambda args: desk.app)

    def ask(answer, key="facebook"):
        monkeypatch.setattr("monitor.connecting.build_connector", lambda *_: Asked(answer))
        status = main(["check"])
        lines = [line for line in capsys.readouterr().out.splitlines() if f"account {key}" in line]
        return status, lines

    return ask


WHOLE = AccountState(
    frozenset({SCHOOL, "17841400000000000"}),
    "Oakfield Primary School",
    notes=("The app is in development mode.",),
    expires_at=NOW + 40 * DAY,
    scopes=("pages_show_list", "pages_read_engagement"),
    api_version="v26.0",
)


def test_it_says_who_we_are_until_when_what_for_and_what_we_hold(desk, check):
    desk.read(item("c1", at=NOW - HOUR))
    with desk.store.writing() as tx:
        ledger.enrolled_account(tx, "oakfield", "facebook").credential = "page:abc"
        allowance.book(tx, "page:abc", 38, 0, (), NOW)
    status, lines = check(WHOLE)
    assert status == 0
    assert lines == [
        "ok    account facebook: signed in as Oakfield Primary School (100200300, 17841400000000000); "
        "API version v26.0",
        "ok    account facebook: the credentials end in 40 days, on Sun 20 Dec 2026 09:00; "
        "they allow pages_read_engagement, pages_show_list",
        "ok    account facebook: the newest comment held is of Tue 10 Nov 2026 08:00; 38 of 1000 calls used today",
        "note  account facebook: The app is in development mode.",
        "note  account facebook: direct messages are not watched (the account's setting)",
    ]


def test_what_a_network_does_not_say_is_not_made_up(check):
    status, lines = check(AccountState(frozenset({SCHOOL}), "Oakfield"))
    assert status == 0
    assert lines[:3] == [
        "ok    account facebook: signed in as Oakfield (100200300)",
        "ok    account facebook: no end of the credentials is known",
        "ok    account facebook: no comment held yet",
    ]


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (12 * DAY + HOUR, "note  account facebook: the credentials end in 12 days, on Sun 22 Nov 2026 10:00"),
        (HOUR, "note  account facebook: the credentials end within a day, on Tue 10 Nov 2026 10:00"),
        (-HOUR, "note  account facebook: the credentials ended Tue 10 Nov 2026 08:00"),
    ],
)
def test_an_end_that_is_near_is_a_note(check, left, said):
    assert said in check(AccountState(frozenset({SCHOOL}), "Oakfield", expires_at=NOW + left))[1]


def test_dead_credentials_are_one_line_with_what_to_do_and_where_the_new_ones_go(check):
    status, lines = check(
        AuthFailed("Facebook Page, account: the token no longer works. A person must issue a new one")
    )
    assert status == 1
    (line,) = lines
    assert line.startswith("FAIL  account facebook: Facebook Page, account: the token no longer works.")
    assert "access_token_env, access_token_file or access_token_credential" in line
    assert TOKEN not in line


@pytest.mark.parametrize("error", [Forbidden("not allowed; check the role"), TemporaryFailure("cannot be reached")])
def test_whatever_else_refuses_is_one_line_too(check, error):
    assert check(error) == (1, [f"FAIL  account facebook: {error}"])


def test_one_account_in_trouble_keeps_no_other_from_being_tested(desk, check, monkeypatch):
    other = SCRIPTED.replace('"facebook"', '"other"').replace("Facebook page", "Other page")
    desk.change(accounts=SCRIPTED + other)
    assert check(TemporaryFailure("cannot be reached"), key="other")[1] == ["FAIL  account other: cannot be reached"]


def test_hostile_names_and_notes_are_harmless(check):
    hostile = "\x1b[31m\u202eevil\n" + "x" * 5000
    lines = check(AccountState(frozenset({SCHOOL}), hostile, notes=(hostile,), scopes=(hostile,)))[1]
    assert all(len(line) < 1000 and "\x1b" not in line and "\u202e" not in line for line in lines)


def test_it_leaves_the_books_alone(desk, check):
    check(WHOLE)
    assert desk.all_of(Read) == []
    assert desk.account().expires_at is None
