"""How mail leaves: a mail server, Microsoft Graph, or a folder for trying out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StrictInt, ValidationInfo, field_validator, model_validator

from config.values import THIS_MACHINE, HttpsAddress, MailAddress, Name, Section, WebAddress

Tenant = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,199}$")]
ClientId = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,199}$")]


class FolderMail(Section):
    """Mails are written as .eml files instead of being sent."""

    transport: Literal["folder"]
    sender: MailAddress
    reply_to: MailAddress | None = None
    folder: Path = Path("mails")


class _SignsIn(Section):
    """How an application proves who it is: by a secret, or better by a certificate."""

    client_secret: SecretStr | None = None
    client_secret_ends: date | None = None
    """Its last day, which Microsoft tells only whoever made it; `check` and `health` warn before."""
    certificate_file: Path | None = None
    """Certificate (PEM), relative to the configuration file; the same that is registered for the application."""
    certificate_key: SecretStr | None = None
    """Its private key (PEM, without a passphrase)."""
    authority: HttpsAddress = "https://login.microsoftonline.com"

    def _one_proof(self) -> None:
        """Raises ValueError unless there is either a secret or a whole certificate."""
        if (self.certificate_file is None) != (self.certificate_key is None):
            raise ValueError("certificate_file and certificate_key go together: give both or neither")
        if (self.client_secret is None) == (self.certificate_file is None):
            raise ValueError("give a client_secret, or certificate_file and certificate_key, and not both")


_OF_OAUTH2 = (
    "tenant_id",
    "client_id",
    "client_secret",
    "client_secret_ends",
    "certificate_file",
    "certificate_key",
    "token_url",
    "refresh_token",
    "scope",
)


class GraphMail(_SignsIn):
    """Mails go to Microsoft 365 through Microsoft Graph. Needs the extra [m365]."""

    transport: Literal["graph"]
    sender: MailAddress
    reply_to: MailAddress | None = None
    mailbox: MailAddress | None = None
    """User principal name of the mailbox that sends; none: the sender's address."""
    tenant_id: Tenant
    client_id: ClientId
    graph_url: WebAddress = "https://graph.microsoft.com/v1.0"

    @model_validator(mode="after")
    def _can_sign_in(self) -> GraphMail:
        self._one_proof()
        return self


class SmtpMail(_SignsIn):
    """Mails go to a mail server. Encryption is required unless the server is this machine."""

    transport: Literal["smtp"]
    sender: MailAddress
    reply_to: MailAddress | None = None
    host: Name
    port: Annotated[StrictInt, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sign_in: Literal["password", "oauth2"] = "password"
    user: str | None = None
    password: Annotated[SecretStr | None, Field(validate_default=True)] = None
    tenant_id: Tenant | None = None
    """Of Microsoft 365. With sign_in = "oauth2" either this or token_url."""
    client_id: ClientId | None = None
    token_url: WebAddress | None = None
    """Where others than Microsoft give tokens (RFC 6749)."""
    refresh_token: SecretStr | None = None
    scope: Name | None = None
    """None: what Microsoft calls sending through its servers, and nothing elsewhere."""
    timeout_seconds: Annotated[StrictInt, Field(ge=1, le=120)] = 30

    @field_validator("security")
    @classmethod
    def _never_in_clear_over_the_wire(cls, security: str, others: ValidationInfo) -> str:
        if security == "none" and others.data.get("host", "localhost") not in THIS_MACHINE:
            raise ValueError('"none" is only for a mail server on this machine')
        return security

    @field_validator("password")
    @classmethod
    def _user_and_password_together(cls, password: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        given = others.data
        if given.get("sign_in") == "password" and "user" in given and (given["user"] is None) != (password is None):
            raise ValueError("user and password go together: give both or neither")
        return password

    @model_validator(mode="after")
    def _can_sign_in(self) -> SmtpMail:
        if self.sign_in == "password":
            for key in _OF_OAUTH2:
                if getattr(self, key) is not None:
                    raise ValueError(f'{key} is for sign_in = "oauth2"')
            return self
        if self.password is not None:
            raise ValueError('password is for sign_in = "password"')
        if self.user is None or self.client_id is None:
            raise ValueError('sign_in = "oauth2" needs user (the mailbox) and client_id')
        if (self.tenant_id is None) == (self.token_url is None):
            raise ValueError('sign_in = "oauth2" needs tenant_id (Microsoft 365) or token_url (others), and not both')
        self._one_proof()
        if self.token_url is None and self.refresh_token is not None:
            raise ValueError("refresh_token is for token_url; at Microsoft the application signs in by itself")
        if self.token_url is not None and self.client_secret is None:
            raise ValueError("token_url needs client_secret")
        return self


MailSettings = Annotated[FolderMail | SmtpMail | GraphMail, Field(discriminator="transport")]
