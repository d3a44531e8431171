"""What a mail server's refusal means: whether the mail stays owed, and what somebody has to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.filters import plain
from alerts.graph_refusals import graph_refusal
from alerts.refusals import Step, refusal

CASES = [
    (Step.SIGN_IN, 550, "5.7.30 Basic authentication is not supported for Client Submission.", False, "SMTP AUTH"),
    (
        Step.SIGN_IN,
        535,
        "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
        False,
        "SMTP AUTH is switched off",
    ),
    (Step.SIGN_IN, 535, "5.7.139 Authentication unsuccessful, basic authentication is disabled.", False, "SMTP AUTH"),
    (
        Step.SIGN_IN,
        535,
        "5.7.139 Authentication unsuccessful, the user credentials were incorrect.",
        False,
        "refused user name or password",
    ),
    (Step.SIGN_IN, 535, "5.7.139 Authentication unsuccessful, account is locked.", False, "unlock"),
    (
        Step.SIGN_IN,
        535,
        "5.7.139 user is locked by your organization's security defaults policy",
        False,
        "a rule of your",
    ),
    (Step.SIGN_IN, 535, "5.7.139 the request did not meet the criteria to be authenticated", False, "a rule of your"),
    (Step.SIGN_IN, 535, "5.7.8 Username and Password not accepted.", False, "correct them"),
    (Step.SIGN_IN, 535, "Authentication failed", False, "sign-in was refused"),
    (Step.SIGN_IN, 534, "5.7.9 Application-specific password required.", False, "app password"),
    (Step.SIGN_IN, 454, "4.7.0 Temporary authentication failure", False, "user name and password"),
    (Step.OAUTH, 535, "5.7.3 Authentication unsuccessful", False, "SMTP.SendAsApp"),
    (Step.SENDER, 530, "5.7.57 Client not authenticated to send mail.", False, "only after a sign-in"),
    (Step.SENDER, 530, "5.7.0 Must issue a STARTTLS command first", False, "sign-in"),
    (Step.CONTENT, 554, "5.2.252 SendAsDenied; monitor not allowed to send as head", False, "Send As"),
    (Step.CONTENT, 550, "5.7.60 SMTP; Client does not have permissions to send as this sender", False, "Send As"),
    (Step.RECIPIENT, 550, "5.1.1 <x>: Recipient address rejected: User unknown", True, "correct the address"),
    (Step.RECIPIENT, 550, "5.1.10 RESOLVER.ADR.RecipientNotFound; not found", True, "correct the address"),
    (Step.RECIPIENT, 550, "5.4.1 Recipient address rejected: Access denied.", True, "correct the address"),
    (Step.RECIPIENT, 554, "5.7.1 <x>: Relay access denied", False, "passes on no mail"),
    (
        Step.RECIPIENT,
        550,
        "5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
        False,
        "passes on no mail",
    ),
    (Step.RECIPIENT, 452, "4.2.2 Over quota", False, "mailbox is full"),
    (Step.RECIPIENT, 552, "5.2.2 Mailbox full", True, "mailbox is full"),
    (Step.RECIPIENT, 450, "4.2.0 Greylisted, see help", False, "greylisting"),
    (Step.RECIPIENT, 451, "4.7.1 Greylisting in action, please come back later", False, "greylisting"),
    (Step.RECIPIENT, 554, "5.7.1 Service unavailable; Client host [1.2.3.4] blocked using list", False, "block list"),
    (Step.CONTENT, 554, "5.7.1 Message rejected as spam", True, "taken for spam"),
    (Step.CONTENT, 550, "5.7.26 unauthenticated mail, SPF did not pass", True, "SPF and DKIM"),
    (Step.SENDER, 552, "5.3.4 Message size exceeds fixed limit", True, "larger than"),
    (Step.CONTENT, 552, "Message too large", True, "larger than"),
    (Step.RECIPIENT, 550, "5.4.5 Daily user sending limit exceeded", False, "limit on the number"),
    (Step.RECIPIENT, 421, "4.7.28 unusual rate of mail", False, "limit on the number"),
    (Step.SENDER, 553, "5.1.8 sender domain not found", True, "[mail] sender"),
    (Step.RECIPIENT, 550, "no", True, "refused the recipient's address"),
    (Step.CALL, 554, "5.7.1 no SMTP service here", False, "our call"),
    (Step.CONTENT, -1, "<html>", False, "no mail server"),
]


@pytest.mark.parametrize(("step", "code", "said", "permanent", "words"), CASES)
def test_each_known_refusal_says_what_to_do(step, code, said, permanent, words):
    refused = refusal(code, said.encode(), step)
    assert (refused.permanent, words in refused.reason) == (permanent, True), refused.reason
    assert code < 0 or f"(answer {code}" in refused.reason


def test_a_limit_is_not_run_against_again_within_the_hour():
    assert (
        refusal(550, b"5.4.5 Daily user sending limit exceeded", Step.RECIPIENT).again_after.total_seconds() == 3600
    )
    assert refusal(451, b"4.3.0 later", Step.RECIPIENT).again_after is None


def test_a_code_is_looked_up_whole():
    assert "SMTP AUTH" not in refusal(550, b"5.7.300 something else", Step.SIGN_IN).reason


@given(st.integers(-10, 1000), st.binary(max_size=300), st.sampled_from(Step))
def test_whatever_is_said_the_reason_is_one_short_visible_line(code, said, step):
    refused = refusal(code, said, step)
    assert refused.reason == plain(refused.reason)
    assert len(refused.reason) <= 300
    # For good only by a 5xx to the mail itself.
    assert not refused.permanent or (500 <= code <= 599 and step in {Step.SENDER, Step.RECIPIENT, Step.CONTENT})


@given(st.integers(100, 999), st.text(max_size=200), st.text(max_size=200))
def test_whatever_graph_says_the_reason_is_one_short_visible_line(status, code, said):
    refused = graph_refusal(status, code, said, None)
    assert refused.reason == plain(refused.reason)
    assert len(refused.reason) <= 300
    assert not refused.permanent or 400 <= status <= 499
