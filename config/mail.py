"""How mail leaves: a mail server, or a folder for trying out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StrictInt, ValidationInfo, field_validator

from config.values import THIS_MACHINE, MailAddress, Name, Section


class FolderMail(Section):
    """Mails are written as .eml files instead of being sent."""

    transport: Literal["folder"]
    sender: MailAddress
    reply_to: MailAddress | None = None
    folder: Path = Path("mails")


class SmtpMail(Section):
    """Mails go to a mail server. Encryption is required unless the server is this machine."""

    transport: Literal["smtp"]
    sender: MailAddress
    reply_to: MailAddress | None = None
    host: Name
    port: Annotated[StrictInt, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: Annotated[SecretStr | None, Field(validate_default=True)] = None
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
        if "user" in others.data and (others.data["user"] is None) != (password is None):
            raise ValueError("user and password go together: give both or neither")
        return password


MailSettings = Annotated[FolderMail | SmtpMail, Field(discriminator="transport")]
