"""Builds the way mail leaves: the only place that knows every transport's class."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from alerts.folder import FolderTransport
from alerts.mail import SmtpTransport
from alerts.transport import MailTransport
from config.mail import FolderMail, GraphMail, SmtpMail
from config.settings import Settings
from monitor.clock import Clock
from monitor.connecting import Line

if TYPE_CHECKING:
    from alerts.sign_in import Tokens
    from alerts.web import Web

SMTP_AT_MICROSOFT = "https://outlook.office365.com/.default"
"""What Microsoft calls the right to send through its mail servers, and all else the application was given there."""


def mail_transport(settings: Settings, clock: Clock) -> MailTransport:
    """The way mail leaves. What signs in with a token keeps it in memory for as long as this lives."""
    mail = settings.mail
    if isinstance(mail, FolderMail):
        return FolderTransport(settings.path.parent / mail.folder)
    if isinstance(mail, GraphMail):
        from alerts.graph import GraphTransport

        tokens = _microsoft_tokens(settings, mail, mail.tenant_id, f"{_origin(mail.graph_url)}/.default", clock)
        return GraphTransport(mail.graph_url, mail.mailbox or mail.sender, tokens, _web(settings, clock))
    password = mail.password.get_secret_value() if mail.password else None
    given = _smtp_tokens(settings, mail, clock) if mail.sign_in == "oauth2" else None
    return SmtpTransport(mail.host, mail.port, mail.security, mail.user, password, mail.timeout_seconds, given)


def _smtp_tokens(settings: Settings, mail: SmtpMail, clock: Clock) -> Tokens:
    from alerts.sign_in import OAuthTokens

    if mail.tenant_id is not None:
        return _microsoft_tokens(settings, mail, mail.tenant_id, mail.scope or SMTP_AT_MICROSOFT, clock)
    return OAuthTokens(
        mail.token_url or "",
        mail.client_id or "",
        _value(mail.client_secret) or "",
        _web(settings, clock),
        refresh_token=_value(mail.refresh_token),
        scope=mail.scope,
    )


def _microsoft_tokens(
    settings: Settings, mail: GraphMail | SmtpMail, tenant_id: str, scope: str, clock: Clock
) -> Tokens:
    from alerts.sign_in import MicrosoftApp, MicrosoftTokens

    app = MicrosoftApp(
        authority=mail.authority,
        tenant_id=tenant_id,
        client_id=mail.client_id or "",
        secret=_value(mail.client_secret),
        key=_value(mail.certificate_key),
        certificate_file=settings.path.parent / mail.certificate_file if mail.certificate_file else None,
    )
    return MicrosoftTokens(app, scope, _web(settings, clock))


def _web(settings: Settings, clock: Clock) -> Web:
    return lambda: Line(settings, clock).session({})


def _value(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def _origin(url: str) -> str:
    """Scheme, host and port of an address: what Microsoft calls a resource."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
