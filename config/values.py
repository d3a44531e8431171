"""The kinds of value a configuration is made of: names, addresses, numbers that a network gave."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names of the machine we run on: the only place to which anything may go unencrypted."""


def known_zone(name: str) -> str:
    """The name of a time zone. Raises ValueError."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValueError("a time zone is an IANA name such as Europe/London") from unknown
    return name


def no_name_twice(names: list[str]) -> None:
    """Raises ValueError naming what appears more than once."""
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{', '.join(twice)} appears more than once")


def _mail_address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as wrong:
        raise ValueError(f"not an e-mail address ({wrong})") from wrong


def _split_address(text: str) -> tuple[str, str | None]:
    """Scheme and host. An address with a user or password in it is refused: it would end up in logs."""
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0) and text.isprintable()
    except ValueError as wrong:
        raise ValueError("not a web address") from wrong
    if not usable or " " in text:
        raise ValueError("not a web address")
    if "@" in parts.netloc:
        raise ValueError("an address holds no user and no password")
    return parts.scheme, parts.hostname


def web_address(text: str) -> str:
    """A web address, encrypted unless it is this machine's, without a slash at its end. Raises ValueError."""
    scheme, host = _split_address(text)
    if scheme != "https" and not (scheme == "http" and host in THIS_MACHINE):
        raise ValueError("an address starts with https:// (http:// only on this machine)")
    return text.rstrip("/")


def _https_address(text: str) -> str:
    scheme, _ = _split_address(text)
    if scheme != "https":
        raise ValueError("an address starts with https://")
    return text.rstrip("/")


def _any_web_address(text: str) -> str:
    scheme, _ = _split_address(text)
    if scheme not in {"http", "https"}:
        raise ValueError("this address starts with http:// or https://")
    return text.rstrip("/")


def without_password(text: str) -> str:
    """The address of a database. Raises ValueError."""
    _, scheme, rest = text.partition("://")
    if scheme and ":" in rest.partition("@")[0] and "@" in rest:
        raise ValueError("holds no password; PostgreSQL finds it in ~/.pgpass or the file PGPASSFILE names")
    return text


Name = Annotated[str, Field(min_length=1, max_length=120)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
WebAddress = Annotated[str, AfterValidator(web_address)]
HttpsAddress = Annotated[str, AfterValidator(_https_address)]
AnyWebAddress = Annotated[str, AfterValidator(_any_web_address)]
NumericId = Annotated[str, Field(pattern=r"^[0-9]+$")]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
