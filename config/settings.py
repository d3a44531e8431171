"""Everything a school sets, typed. Unknown keys are refused; `config/loading.py` reads the file and the secrets.

Every key is shown with its unit and default in `config/example.toml`.
"""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StrictBool, StrictInt, model_validator

from config.policy import ClockTime, PolicyPack, ResponseRule


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValueError("a time zone is an IANA name such as Europe/London") from unknown
    return name


def _mail_address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as wrong:
        raise ValueError(f"not an e-mail address ({wrong})") from wrong


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")):
        raise ValueError("an address starts with https:// (http:// only on this machine)")
    return text.rstrip("/")


Name = Annotated[str, Field(min_length=1, max_length=120)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class School(Section):
    name: Name
    key: Key
    """Short name: part of file names, message ids and the database."""
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Europe/London"
    policy: str = "default"
    """Name of a pack in `config/policies/`, or the path of the school's own pack file."""


class Storage(Section):
    database: str = "school-monitor.db"
    """A file (SQLite), relative to this configuration file, or a postgresql+psycopg:// address."""
    evidence: Path = Path("evidence")
    """Folder for evidence snapshots, relative to this configuration file."""


class Person(Section):
    name: Name
    email: MailAddress
    roles: Annotated[tuple[Literal["moderator", "head"], ...], Field(min_length=1)]


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
    password: SecretStr | None = None
    timeout_seconds: Annotated[StrictInt, Field(ge=1, le=600)] = 30

    @model_validator(mode="after")
    def _never_in_clear_over_the_wire(self) -> SmtpMail:
        if self.security == "none" and self.host not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError('security = "none" is only for a mail server on this machine')
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password go together")
        return self


class Schedule(Section):
    """When people hear from us. Times of day are local to the school."""

    digest_at: ClockTime = time(8, 0)
    """Morning digest, on working days."""
    weekly_report_at: ClockTime = time(7, 30)
    """Weekly report, on Mondays, for the week that ended the night before."""
    digest_items: Annotated[StrictInt, Field(ge=1, le=100)] = 10
    """Lines in one list of a mail; the rest is counted: "and 14 more"."""


class Connection(Section):
    proxy: WebAddress | Annotated[str, Field(pattern=r"^http://[^@\s]+$")] | None = None
    """Web proxy of the school, for example http://proxy.school.example:3128. Never with a password in it."""
    connect_seconds: Annotated[StrictInt, Field(ge=1, le=120)] = 5
    read_seconds: Annotated[StrictInt, Field(ge=1, le=300)] = 20
    largest_reply_mb: Annotated[StrictInt, Field(ge=1, le=100)] = 10


class AccountBase(Section):
    key: Key
    """Short name of the account, used in commands and mails."""
    label: Name
    """What people call it: "Facebook page"."""
    poll_minutes: Annotated[StrictInt, Field(ge=1, le=1440)] = 15
    lookback_days: Annotated[StrictInt, Field(ge=1, le=365)] = 30
    """How far back the first read goes, and for how long posts are read again."""
    calls_per_run: Annotated[StrictInt, Field(ge=1, le=10000)] = 200


class FacebookPageAccount(AccountBase):
    network: Literal["facebook_page"]
    page_id: Annotated[str, Field(pattern=r"^\d+$")]
    access_token: SecretStr
    app_secret: SecretStr | None = None
    api_url: WebAddress = "https://graph.facebook.com"


class XAccount(AccountBase):
    network: Literal["x"]
    user_id: Annotated[str, Field(pattern=r"^\d+$")]
    bearer_token: SecretStr
    api_url: WebAddress = "https://api.twitter.com"


class RedditAccount(AccountBase):
    network: Literal["reddit"]
    username: Name
    subreddit: Name | None = None
    """The school's own subreddit, without r/. Leave out when the school only has a user."""
    client_id: Name
    client_secret: SecretStr
    refresh_token: SecretStr
    api_url: WebAddress = "https://oauth.reddit.com"
    auth_url: WebAddress = "https://www.reddit.com"


AccountSettings = Annotated[FacebookPageAccount | XAccount | RedditAccount, Field(discriminator="network")]
MailSettings = Annotated[FolderMail | SmtpMail, Field(discriminator="transport")]


class Settings(Section):
    """The whole configuration of one school, with its policy pack read and its own response options applied."""

    path: Path
    """The configuration file itself, absolute."""
    school: School
    storage: Storage = Storage()
    mail: MailSettings
    people: Annotated[tuple[Person, ...], Field(min_length=1)]
    accounts: Annotated[tuple[AccountSettings, ...], Field(min_length=1)]
    schedule: Schedule = Schedule()
    connection: Connection = Connection()
    policy: PolicyPack
    rule: ResponseRule
    """The pack's response window with the school's own `[response]` keys on top."""

    @model_validator(mode="after")
    def _someone_reads_it(self) -> Settings:
        roles = {role for person in self.people for role in person.roles}
        if missing := {"moderator", "head"} - roles:
            raise ValueError(f"people: nobody has the role {' or '.join(sorted(missing))}")
        for what, names in (("accounts", [a.key for a in self.accounts]), ("people", [p.email for p in self.people])):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{what}: {', '.join(twice)} appears more than once")
        return self

    @property
    def evidence_folder(self) -> Path:
        """Absolute path of the evidence folder."""
        return self.path.parent / self.storage.evidence

    @property
    def database_url(self) -> str:
        """SQLAlchemy address of the database; a file name is taken relative to the configuration file."""
        if "://" in self.storage.database:
            return self.storage.database
        return f"sqlite:///{self.path.parent / self.storage.database}"
