"""What Microsoft Graph promises besides the common contract."""

import logging

import pytest
from mail_server import a_mail
from microsoft import CLIENT, SECRET, error

from alerts.transport import MailRefused


def refused_by(transport, mail=None):
    with pytest.raises(MailRefused) as refused:
        transport.send(mail or a_mail())
    assert len(refused.value.reason) <= 300
    assert refused.value.reason.isprintable()
    assert "plantedToken" not in repr(refused.value)
    assert SECRET not in repr(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    return refused.value


def test_a_mail_is_sent_byte_for_byte_as_the_mailbox(microsoft, graph):
    graph().send(a_mail())
    mail = a_mail()
    assert microsoft.mails == [("monitor@oakfield.example", mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")))]


def test_one_token_serves_for_many_mails(microsoft, graph):
    transport = graph()
    for day in (16, 17, 18):
        transport.send(a_mail(day))
    assert (len(microsoft.mails), microsoft.tokens_asked_for) == (3, 1)
    assert microsoft.issued[0][1] == f"{microsoft.url}/.default"


def test_a_token_taken_back_is_replaced_once_and_the_mail_is_sent(microsoft, graph):
    transport = graph()
    transport.send(a_mail(16))
    microsoft.taken_back.add(microsoft.issued[0][0])
    transport.send(a_mail(17))
    assert (len(microsoft.mails), microsoft.tokens_asked_for) == (2, 2)


def test_a_mail_whose_second_token_is_refused_too_stays_owed_and_asks_no_third_time(microsoft, graph):
    for _ in range(2):
        microsoft.instead("/v1.0/", 401, error("InvalidAuthenticationToken", "canary"))
    refused = refused_by(graph())
    assert not refused.permanent
    assert "token was refused" in refused.reason
    assert microsoft.tokens_asked_for == 2
    assert microsoft.mails == []


@pytest.mark.parametrize(
    ("status", "code", "permanent", "words"),
    [
        (403, "ErrorAccessDenied", False, "Application Mail.Send"),
        (403, "ErrorSendAsDenied", False, "Send As"),
        (403, "ErrorMessageSubmissionBlocked", False, "blocked this mailbox"),
        (429, "ErrorExceededMessageLimit", False, "limit of mails"),
        (400, "ErrorInvalidRecipients", True, "correct the address"),
        (400, "ErrorMimeContentInvalidBase64String", True, "please report"),
        (400, "SomethingNew", True, "SomethingNew"),
        (404, "ErrorInvalidUser", False, "no such mailbox"),
        (404, "", False, "no such mailbox"),
        (413, "RequestEntityTooLarge", True, "larger"),
        (409, "SomethingNew", False, "SomethingNew"),
        (500, "ErrorInternalServerError", False, "for now"),
        (503, "serviceNotAvailable", False, "for now"),
        (302, "", False, "graph_url"),
        (200, "", False, "graph_url"),
    ],
)
def test_each_refusal_says_what_to_do_and_is_for_good_only_when_it_is_about_the_mail(
    microsoft, graph, status, code, permanent, words
):
    microsoft.instead("/v1.0/", status, error(code, "their words"), Location="https://elsewhere.example/")
    refused = refused_by(graph())
    assert (refused.permanent, words in refused.reason) == (permanent, True), refused.reason
    assert str(status) in refused.reason


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "120"}, 120),
        ({"Retry_After": "999999999"}, 86_400),
        ({"Retry_After": "Fri, 27 Nov 2026 08:10:00 GMT", "Date": "Fri, 27 Nov 2026 08:00:00 GMT"}, 600),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "-5"}, None),
        ({}, None),
    ],
)
def test_what_graph_asks_to_wait_is_passed_on(microsoft, graph, headers, seconds, monkeypatch):
    # The stand-in says the date by itself unless it is told one.
    monkeypatch.setattr("microsoft._Talk.date_time_string", lambda *_: "Fri, 27 Nov 2026 08:00:00 GMT")
    microsoft.instead("/v1.0/", 429, error("ApplicationThrottled", "slow down"), **{
        name: value for name, value in headers.items() if name != "Date"
    })  # fmt: skip
    refused = refused_by(graph())
    assert not refused.permanent
    assert (refused.again_after.total_seconds() if refused.again_after else None) == seconds


@pytest.mark.parametrize(
    "content", [b"", b"canary", b"[]", b'{"error": "canary"}', b'{"error": {"code": 5}}', b"[" * 100_000, b"\xff"]
)
def test_an_error_that_is_no_error_of_graphs_is_bounded_and_not_repeated(microsoft, graph, content):
    microsoft.instead("/v1.0/", 403, content)
    refused = refused_by(graph())
    assert not refused.permanent
    assert "canary" not in refused.reason


def test_a_redirect_is_not_followed_so_no_token_travels(microsoft, graph):
    microsoft.instead("/v1.0/", 307, "", Location=f"{microsoft.url}/v1.0/users/monitor@oakfield.example/sendMail")
    assert not refused_by(graph()).permanent
    assert microsoft.mails == []


def test_an_answer_without_end_is_cut_off(microsoft, graph):
    microsoft.instead("/v1.0/", 403, b"x" * (11 << 20))
    assert not refused_by(graph()).permanent


def test_a_mail_larger_than_graph_takes_is_refused_for_good_without_being_sent(microsoft, graph):
    mail = a_mail()
    mail.add_attachment(b"x" * 3_100_000, maintype="application", subtype="pdf", filename="report.pdf")
    refused = refused_by(graph(), mail)
    assert refused.permanent
    assert "MB" in refused.reason
    assert microsoft.asked == []


def test_a_mailbox_the_application_may_not_send_as_is_explained(microsoft, graph):
    refused = refused_by(graph(mailbox="head@oakfield.example"))
    assert not refused.permanent
    assert "RBAC for Applications" in refused.reason


def test_a_certificate_nobody_vouches_for_is_refused(started, authority, certificate, application, graph):
    from microsoft import Microsoft

    other = started(Microsoft(certificate[1], application))
    refused = refused_by(graph(url=other.url))
    assert "no secure connection" in refused.reason
    assert (other.asked, other.mails) == ([], [])


def test_a_silent_service_is_given_up(graph):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        refused = refused_by(graph(url=f"https://127.0.0.1:{silent.getsockname()[1]}", read_seconds=0.1))
    assert not refused.permanent


def test_nothing_that_is_logged_at_any_level_holds_a_secret_or_a_token(microsoft, graph, application, caplog):
    caplog.set_level(logging.DEBUG)
    graph().send(a_mail(16))
    microsoft.instead("/v1.0/", 401, error("InvalidAuthenticationToken", "x"))
    graph().send(a_mail(17))
    microsoft.secret_ended = True
    refused_by(graph())
    for secret in (SECRET, "plantedToken"):
        assert secret not in caplog.text


def test_the_application_signs_in_with_its_certificate(microsoft, graph, application, tmp_path):
    file = tmp_path / "certificate.pem"
    file.write_text(application.pem)
    graph(secret=None, key=application.key_pem, certificate_file=file).send(a_mail())
    assert len(microsoft.mails) == 1


def test_a_certificate_that_is_not_registered_is_explained(microsoft, graph, application, tmp_path):
    import certificates

    other = certificates.application_certificate()
    file = tmp_path / "certificate.pem"
    file.write_text(other.pem)
    refused = refused_by(graph(secret=None, key=other.key_pem, certificate_file=file))
    assert "not the one registered" in refused.reason
    assert "AADSTS700027" in refused.reason


@pytest.mark.parametrize(
    "content", [None, "", "canary", "-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----"]
)
def test_a_certificate_that_cannot_be_read_is_told(microsoft, graph, application, tmp_path, content):
    file = tmp_path / "certificate.pem"
    if content is not None:
        file.write_text(content)
    refused = refused_by(graph(secret=None, key=application.key_pem, certificate_file=file))
    assert not refused.permanent
    assert "certificate_file" in refused.reason
    assert "canary" not in refused.reason


def test_a_private_key_that_is_none_is_told_without_showing_it(microsoft, graph, application, tmp_path):
    file = tmp_path / "certificate.pem"
    file.write_text(application.pem)
    refused = refused_by(graph(secret=None, key="canary key", certificate_file=file))
    assert not refused.permanent
    assert "canary" not in refused.reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"secret": "wrong"}, "AADSTS7000215"),
        ({"client_id": "99999999-2222-3333-4444-555555555555"}, "client_id"),
        ({"tenant_id": "nobody.example"}, "check tenant_id"),
    ],
)
def test_a_refused_sign_in_leaves_the_mail_owed_and_says_what_to_check(microsoft, graph, changes, words):
    refused = refused_by(graph(**changes))
    assert not refused.permanent
    assert words in refused.reason
    assert "canary" not in refused.reason
    assert microsoft.mails == []


def test_a_secret_that_has_ended_is_told_as_such(microsoft, graph):
    microsoft.secret_ended = True
    assert "has ended" in refused_by(graph()).reason


@pytest.mark.parametrize(
    ("status", "content"),
    [(200, b"canary"), (200, b"{}"), (200, b'{"access_token": 5}'), (200, b'{"access_token": ""}'), (400, b"canary"),
     (404, b"canary"), (500, b"canary"), (200, b'["canary"]'), (403, b'{"error": "canary <p>"}'), (302, b"")],
)  # fmt: skip
def test_whatever_the_sign_in_service_says_is_no_more_than_a_refusal_for_now(microsoft, graph, status, content):
    microsoft.instead("/oakfield.onmicrosoft.com/oauth2", status, content)
    refused = refused_by(graph())
    assert not refused.permanent
    assert "canary" not in refused.reason
    assert "sign-in" in refused.reason


def test_a_sign_in_service_that_asks_to_wait_is_obeyed_and_asked_again(microsoft, graph):
    microsoft.instead("/oakfield.onmicrosoft.com/oauth2", 429, "", Retry_After="90")
    transport = graph()
    assert refused_by(transport).again_after.total_seconds() == 90
    transport.send(a_mail())
    assert len(microsoft.mails) == 1


def test_without_msal_the_extra_is_named(graph, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "msal", None)
    refused = refused_by(graph())
    assert "[m365]" in refused.reason
    assert not refused.permanent


def test_only_the_application_it_was_told_of_is_named(microsoft, graph):
    graph().send(a_mail())
    assert microsoft.asked == [
        "/oakfield.onmicrosoft.com/v2.0/.well-known/openid-configuration",
        "/oakfield.onmicrosoft.com/oauth2/v2.0/token",
        "/v1.0/users/monitor@oakfield.example/sendMail",
    ]
    assert CLIENT not in "".join(microsoft.asked)
