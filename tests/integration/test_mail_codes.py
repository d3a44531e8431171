"""`check --send-test-mails`: who reads the code back has read our mail."""

import email
import stat
from datetime import date, timedelta
from email import policy

import pytest
from desk import DAY
from hypothesis import given
from hypothesis import strategies as st

from alerts.transport import MailRefused
from monitor.__main__ import main
from monitor.commands.check_mail import KEY_FILE
from monitor.rules.mail_code import code_for, whose

KEY, TODAY = b"k" * 32, date(2026, 11, 27)


@pytest.fixture
def check(desk, monkeypatch, capsys):
    monkeypatch.setattr("monitor.commands.check.app_for", lambda _: desk.app)

    def ask(*words):
        status = main(["check", *words])
        return status, capsys.readouterr().out

    return ask


def codes(desk):
    """The code in each mail, by recipient."""
    found = {}
    for path in desk.mails():
        mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        text = mail.get_body(("plain",)).get_content()
        found[mail["To"]] = text.split("--mail-code ")[1].split()[0]
    return found


def test_each_moderator_and_nobody_else_gets_a_code_of_their_own(desk, check):
    status, said = check("--send-test-mails")
    assert status == 0
    sent = codes(desk)
    assert set(sent) == {"ali@oakfield.example", "bevan@oakfield.example"}
    assert len(set(sent.values())) == 2
    assert not any(code in said for code in sent.values())
    assert desk.deliveries() == []


def test_a_code_read_back_says_whose_it_is(desk, check):
    check("--send-test-mails")
    for address, name in (("ali@oakfield.example", "Mrs Ali"), ("bevan@oakfield.example", "Mr Bevan")):
        status, said = check("--mail-code", f" {codes(desk)[address]} ")
        assert status == 0
        assert f"{name} ({address}) has read the test mail of 10 Nov 2026" in said


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５６", "0" * 5000])
def test_any_other_code_is_nobodys(check, code):
    check("--send-test-mails")
    status, said = check("--mail-code", code)
    assert status == 1
    assert "send them again" in said


def test_a_code_is_good_for_seven_days(desk, check):
    check("--send-test-mails")
    code = codes(desk)["ali@oakfield.example"]
    desk.later(7 * DAY)
    assert check("--mail-code", code)[0] == 0
    desk.later(DAY)
    assert check("--mail-code", code)[0] == 1


def test_a_mail_that_is_refused_is_shown_and_the_others_are_sent(desk, check, monkeypatch):
    from alerts.folder import FolderTransport

    send = FolderTransport.send

    def refuse_one(self, message):
        if "ali@" in message["To"]:
            raise MailRefused(True, "there is no such mailbox")
        send(self, message)

    monkeypatch.setattr(FolderTransport, "send", refuse_one)
    status, said = check("--send-test-mails")
    assert status == 1
    assert "FAIL  mail to ali@oakfield.example: there is no such mailbox" in said
    assert set(codes(desk)) == {"bevan@oakfield.example"}


def test_the_key_is_its_owners_alone_and_a_strange_one_is_told(desk, check):
    check("--send-test-mails")
    file = desk.folder / KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"short")
    assert check("--mail-code", "123456")[0] == 1


@given(st.binary(min_size=32, max_size=32), st.emails(), st.dates(), st.integers(0, 7))
def test_a_code_is_six_digits_and_is_found_again_within_its_days(key, address, day, later):
    code = code_for(key, address, day)
    assert (len(code), code.isdecimal()) == (6, True)
    if day <= date.max - timedelta(days=8) and day >= date.min + timedelta(days=8):
        assert whose(key, code, [address], day + timedelta(days=later)) is not None


@given(st.text(max_size=40))
def test_whatever_is_typed_is_somebodys_code_or_nobodys(typed):
    found = whose(KEY, typed, ["ali@oakfield.example"], TODAY)
    assert found is None or code_for(KEY, *found) == typed
