"""A real mail server on loopback with scripted answers, and a mail to send to it."""

import socket
from datetime import UTC, datetime

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from microsoft import CLIENT, SECRET, TENANT

from alerts.graph import GraphTransport
from alerts.mail import SmtpTransport
from alerts.messages import Digest
from alerts.render import Envelope, make_message_id, render_digest
from alerts.sign_in import MicrosoftApp, MicrosoftTokens
from connectors.transport import NetworkSession
from monitor.clock import system_clock

LONG_DOMAIN = ".".join(["d" * 61] * 4) + ".uk"


class Server(Controller):
    """A mail server on a free port. `answers` maps a command (MAIL, RCPT, DATA) to what it is told."""

    def __init__(self, answers=None, **options):
        self.answers, self.mails, self.encrypted, self.users = answers or {}, [], [], []
        super().__init__(self, hostname="127.0.0.1", port=0, ready_timeout=5, **options)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers.get("DATA", "250 OK")
        if answer == "drop":
            server.transport.close()
        elif answer.startswith("2"):
            self.mails.append(envelope)
            self.encrypted.append(session.ssl is not None)
        return answer

    async def handle_QUIT(self, server, session, envelope):
        return self.answers.get("QUIT", "221 Bye")

    def signed_in(self, server, session, envelope, mechanism, data):
        self.users.append((data.login, data.password))
        said = self.answers.get("AUTH")
        return AuthResult(success=said is None, handled=False, message=said)


def smtp_to(server, security="none", user=None, password=None, timeout=5, tokens=None):
    port = server if isinstance(server, int) else server.port
    return SmtpTransport("127.0.0.1", port, security, user, password, timeout, tokens)


def tokens_from(url, authority, scope=None, web=None, **changes):
    """Microsoft's tokens, by the stand-in at `url`."""
    session = web or (lambda: NetworkSession(now=system_clock, ca_file=str(authority.file), read_seconds=5))
    app = MicrosoftApp(**({"authority": url, "tenant_id": TENANT, "client_id": CLIENT, "secret": SECRET} | changes))
    return MicrosoftTokens(app, scope or f"{url}/.default", session)


def graph_to(microsoft, authority, mailbox="monitor@oakfield.example", read_seconds=5, url=None, **changes):
    url = url or microsoft.url

    def web():
        limits = {"connect_seconds": read_seconds, "read_seconds": read_seconds}
        return NetworkSession(now=system_clock, ca_file=str(authority.file), **limits)

    tokens = tokens_from(url, authority, web=web, **changes)
    return GraphTransport(f"{url}/v1.0", mailbox, tokens, web)


def a_mail(day=16):
    digest = Digest(
        school="Ysgol Tŷ Brŷn",
        timezone="Europe/London",
        now=datetime(2026, 11, day, 8, 0, tzinfo=UTC),
        recipient="Mrs Ali",
        to_answer=(),
        overdue=(),
        flagged=(),
        blind=(),
        read_until=None,
        rule_in_words="...\n.\nEvery comment gets a response.",
        clause="Monitoring",
        policy="Default",
        shown=10,
    )
    key, recipient = f"2026-11-{day}", "ali@oakfield.example"
    return render_digest(
        digest,
        Envelope(
            sender="monitor@oakfield.example",
            sender_name="Ysgol Tŷ Brŷn",
            reply_to=None,
            recipient=recipient,
            message_id=make_message_id("oakfield", "digest", key, recipient, LONG_DOMAIN),
            list_id="alerts.oakfield.monitor",
            date=digest.now,
        ),
    )


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
