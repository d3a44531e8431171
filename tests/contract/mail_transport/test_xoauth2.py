"""Signing in to a mail server with a token instead of a password."""

import pytest
from faults import FaultServer
from mail_server import a_mail, smtp_to, tokens_from

from alerts.transport import MailRefused

TOKEN, USER = "plantedToken/0123456789", "monitor@oakfield.example"


class Given:
    """Tokens out of a list."""

    def __init__(self, *tokens):
        self.tokens, self.forgotten = list(tokens), 0

    def token(self):
        return self.tokens[0]

    def forget(self):
        self.forgotten += 1
        self.tokens.append(self.tokens.pop(0))


@pytest.fixture
def server(started, authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return lambda **options: started(FaultServer(tls_context=authority.context(), **({"tokens": [TOKEN]} | options)))


def refused_by(server, tokens):
    with pytest.raises(MailRefused) as refused:
        smtp_to(server, "starttls", USER, tokens=tokens).send(a_mail())
    assert not refused.value.permanent
    assert "plantedToken" not in repr(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    assert server.mails == []
    return refused.value.reason


def test_user_and_token_reach_the_server_encrypted(server):
    mails = server()
    smtp_to(mails, "starttls", USER, tokens=Given(TOKEN)).send(a_mail())
    assert mails.shown == [(USER, TOKEN)]
    assert mails.encrypted == [True]


def test_a_token_as_long_as_microsofts_is_taken_whole(server):
    long = "plantedToken" + "x" * 2000
    mails = server(tokens=[long])
    smtp_to(mails, "starttls", USER, tokens=Given(long)).send(a_mail())
    assert mails.shown == [(USER, long)]


def test_a_refused_token_is_answered_with_an_empty_line_and_explained(server):
    mails = server()
    tokens = Given("plantedToken-wrong")
    reason = refused_by(mails, tokens)
    assert mails.empty_lines == 1
    assert "535 5.7.3" in reason
    assert "SMTP.SendAsApp" in reason
    assert tokens.forgotten == 1


def test_the_next_attempt_comes_with_another_token(server):
    mails = server()
    tokens = Given("plantedToken-old", TOKEN)
    refused_by(mails, tokens)
    smtp_to(mails, "starttls", USER, tokens=tokens).send(a_mail())
    assert len(mails.mails) == 1


@pytest.mark.parametrize("challenge", ["", "canary", '{"status":"400"}', "x" * 900])
def test_whatever_the_challenge_says_it_is_answered_and_not_repeated(server, challenge):
    mails = server(challenge=challenge)
    assert "canary" not in refused_by(mails, Given("plantedToken-wrong"))
    assert mails.empty_lines == 1


@pytest.mark.parametrize("answer", ["334 canary", "334 %%%", "334 " + "A" * 2001])
def test_a_server_that_only_ever_challenges_is_given_up(started, authority, monkeypatch, answer):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    mails = started(FaultServer({"AUTH": answer}, tls_context=authority.context(), tokens=[TOKEN]))
    assert "canary" not in refused_by(mails, Given(TOKEN))


def test_a_server_that_takes_no_tokens_is_told_before_one_is_shown(server):
    mails = server(auth_exclude_mechanism=["XOAUTH2"])
    assert "XOAUTH2" in refused_by(mails, Given(TOKEN))
    assert mails.shown == []


def test_no_token_is_shown_in_clear(started):
    mails = started(FaultServer(tokens=[TOKEN], auth_require_tls=False))
    with pytest.raises(MailRefused, match="STARTTLS"):
        smtp_to(mails, "starttls", USER, tokens=Given(TOKEN)).send(a_mail())
    assert mails.shown == []


def test_without_a_token_the_server_is_not_even_called(server):
    class None_:
        def token(self):
            raise MailRefused(False, "the sign-in at Microsoft cannot be reached")

    mails = server()
    assert "cannot be reached" in refused_by(mails, None_())
    assert mails.shown == []


def test_a_token_of_microsofts_opens_a_mail_server(server, microsoft, authority):
    scope = "https://outlook.office365.com/.default"
    tokens = tokens_from(microsoft.url, authority, scope=scope)
    mails = server(tokens=[tokens.token()])
    transport = smtp_to(mails, "starttls", USER, tokens=tokens)
    transport.check()
    transport.send(a_mail())
    assert len(mails.mails) == 1
    assert [given for _, given in microsoft.issued] == [scope]
