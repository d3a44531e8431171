"""The credentials that mail leaves with are warned of before they end; settings alone lead to Microsoft Graph."""

from datetime import UTC, datetime, timedelta

import certificates
import pytest
from desk import DAY, item
from microsoft import CLIENT, SECRET, TENANT, Microsoft

from monitor.__main__ import main
from monitor.commands.mail_lines import mail_credentials_last

ENDS = datetime(2027, 1, 10, 12, 0, tzinfo=UTC)
GRAPH = f"""
transport = "graph"
sender = "monitor@oakfield.example"
tenant_id = "{TENANT}"
client_id = "{CLIENT}"
"""


@pytest.fixture(scope="module")
def application():
    return certificates.application_certificate(ENDS)


@pytest.fixture
def secrets(desk, application):
    for name, content in (("key.pem", application.key_pem), ("secret", SECRET)):
        file = desk.folder / name
        file.write_text(content)
        file.chmod(0o600)
    (desk.folder / "certificate.pem").write_text(application.pem)
    return desk


def with_certificate(desk, more=""):
    desk.change(mail=f'{GRAPH}certificate_file = "certificate.pem"\ncertificate_key_file = "key.pem"\n{more}')


@pytest.mark.parametrize(
    ("before", "passes", "words"),
    [
        (timedelta(days=31), True, "the certificate is good until Sun 10 Jan 2027"),
        (timedelta(days=30), False, "the certificate ends Sun 10 Jan 2027"),
        (-timedelta(seconds=1), False, "the certificate ended"),
    ],
)
def test_a_certificate_is_warned_of_thirty_days_before_its_end(secrets, capsys, before, passes, words):
    with_certificate(secrets)
    secrets.clock.at = ENDS - before
    assert mail_credentials_last(secrets.app) is passes
    assert words in capsys.readouterr().out


def test_a_secret_is_good_to_the_end_of_its_last_day(secrets, capsys):
    secrets.change(mail=f'{GRAPH}client_secret_file = "secret"\nclient_secret_ends = 2027-01-10')
    secrets.clock.at = datetime(2027, 1, 10, 23, 59, tzinfo=UTC)
    assert not mail_credentials_last(secrets.app)
    assert "the client secret ends" in capsys.readouterr().out
    secrets.clock.at += timedelta(minutes=1)
    assert not mail_credentials_last(secrets.app)
    assert "so no mail leaves" in capsys.readouterr().out


def test_a_certificate_that_cannot_be_read_is_a_problem(secrets, capsys):
    with_certificate(secrets)
    (secrets.folder / "certificate.pem").unlink()
    assert not mail_credentials_last(secrets.app)
    assert "certificate_file cannot be read" in capsys.readouterr().out


def test_where_nothing_ends_nothing_is_said(desk, capsys):
    assert mail_credentials_last(desk.app)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("command", ["check", "health"])
def test_check_and_health_end_with_1_when_the_end_is_near(secrets, monkeypatch, capsys, command):
    with_certificate(secrets)
    secrets.clock.at = ENDS - timedelta(days=10)
    monkeypatch.setattr(f"monitor.commands.{command}.app_for", lambda _: secrets.app)
    monkeypatch.setattr("monitor.commands.check.check_account", lambda *_: True)
    assert main([command]) == 1
    assert "FAIL  mail sign-in: the certificate ends" in capsys.readouterr().out


def test_what_is_owed_goes_to_microsoft_graph_by_the_settings_alone(secrets, application, tmp_path_factory):
    folder = tmp_path_factory.mktemp("authority")
    authority = certificates.make("Oakfield authority")
    own = certificates.make("127.0.0.1", authority, "127.0.0.1")
    (secrets.folder / "filter.pem").write_text(authority.pem)
    cloud = Microsoft(own.server_context(folder), application)
    cloud.start()
    try:
        there = f'authority = "{cloud.url}"\ngraph_url = "{cloud.url}/v1.0"\n[connection]\nca_file = "filter.pem"'
        with_certificate(secrets, there)
        secrets.read(item("c1"))
        secrets.later(DAY)
        result = secrets.app.notifier.run()
    finally:
        cloud.stop()
    assert (result.sent, result.failures) == (2, [])
    assert [mailbox for mailbox, _ in cloud.mails] == ["monitor@oakfield.example"] * 2
    assert cloud.tokens_asked_for == 1
