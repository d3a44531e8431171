"""Everything a school sets, typed. Unknown keys are refused; `config/loading.py` reads the file and the secrets.

Every key is shown with its unit and default in `config/example.toml`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictInt,
    field_validator,
    model_validator,
)

from config.accounts import AccountSettings
from config.console import Console
from config.judging import JudgingSettings
from config.listening import Chat, Listening
from config.mail import MailSettings
from config.people import Person, Role, fitting_together
from config.policy import PolicyPack, ResponseRule
from config.register import RegisterEntry
from config.schedule import Schedule
from config.values import (
    AnyWebAddress,
    Key,
    MailAddress,
    Name,
    Section,
    known_zone,
    no_name_twice,
    without_password,
)
from config.wording import Wording

DEFAULT_FILE = "school-monitor.toml"
"""Name of the configuration file where none is given."""


class School(Section):
    name: Name
    key: Key
    """Short name: part of file names, message ids and the database."""
    timezone: Annotated[str, AfterValidator(known_zone)] = "Europe/London"
    policy: str = "default"
    """Name of a pack in `config/policies/`, or the path of the school's own pack file."""
    last_resort: MailAddress | None = None
    """Who is told of an urgent case when nobody else can be: all absent, silent, or not allowed to see it. Best
    somebody who does not work at the school. None: `Settings.last_resort` says who instead."""


class Storage(Section):
    database: Annotated[str, AfterValidator(without_password)] = "school-monitor.db"
    """A file (SQLite), relative to this configuration file, or a postgresql+psycopg:// address."""
    evidence: Path = Path("evidence")
    """Folder for evidence snapshots, relative to this configuration file."""


class Evidence(Section):
    """What is kept as evidence besides what was flagged or decided on, and how it is proved."""

    sample_percent: Annotated[StrictInt, Field(ge=0, le=100)] = 0
    """Share of all comments, chosen by a digest of their ids, that is kept although nothing is wrong."""
    live_page: StrictBool = False
    """Also photograph the public page of a flagged comment, where a browser is installed."""
    browser: Path | None = None
    """The browser to use; none: Chromium where it is usually found."""
    signing_key: Path = Path("evidence-signing-key.pem")
    """Private key that signs the evidence log, relative to this configuration file; made at first use."""


class TimestampAuthority(Section):
    """Somebody outside the school who certifies when the evidence log stood so (RFC 3161). Sees a digest only."""

    url: AnyWebAddress
    """Many public authorities answer on http:// only; their answers are signed."""
    ca_file: Path
    """Certificate (PEM) of the authority's root, relative to this configuration file."""


class OutgoingLists(Section):
    """What the school's own posts and replies are held against. The lists are files of children's names: they are
    read when they are needed, and never copied, logged or printed."""

    pupils_file: Path | None = None
    """One full name a line, relative to this configuration file."""
    opted_out_file: Path | None = None
    """Names that must not appear at all, one a line: those whose parents said so this school year."""
    own_contacts: Annotated[tuple[Name, ...], Field(max_length=200)] = ()
    """Telephone numbers, e-mail addresses and their domains, and @names that the school publishes as its own."""


class Connection(Section):
    proxy: AnyWebAddress | None = None
    """Web proxy of the school, for example http://proxy.school.example:3128. Never with a password in it."""
    ca_file: Path | None = None
    """Certificate (PEM) of a web filter that opens encrypted connections, relative to this configuration file."""
    connect_seconds: Annotated[StrictInt, Field(ge=1, le=120)] = 5
    read_seconds: Annotated[StrictInt, Field(ge=1, le=300)] = 20
    largest_reply_mb: Annotated[StrictInt, Field(ge=1, le=100)] = 10


class Tables(Section):
    """The tables of the configuration file that are settings as they stand."""

    school: School
    storage: Storage = Storage()
    mail: MailSettings
    people: Annotated[tuple[Person, ...], Field(min_length=1)]
    accounts: Annotated[tuple[AccountSettings, ...], Field(min_length=1)]
    schedule: Schedule = Schedule()
    connection: Connection = Connection()
    evidence: Evidence = Evidence()
    judging: JudgingSettings = JudgingSettings()
    timestamps: Annotated[tuple[TimestampAuthority, ...], Field(max_length=4)] = ()
    registered: tuple[RegisterEntry, ...] = ()
    outgoing: OutgoingLists = OutgoingLists()
    wording: Wording = Wording()
    console: Console = Console()
    listening: Listening = Listening()
    chat: Annotated[tuple[Chat, ...], Field(max_length=8)] = ()

    @field_validator("people")
    @classmethod
    def _they_fit_together(cls, people: tuple[Person, ...]) -> tuple[Person, ...]:
        return fitting_together(people)

    @model_validator(mode="after")
    def _the_register_is_of_what_there_is(self) -> Tables:
        no_name_twice([entry.account for entry in self.registered])
        people = {person.name for person in self.people}
        for entry in self.registered:
            if entry.account not in {account.key for account in self.accounts}:
                raise ValueError(f'registered: there is no account with the key "{entry.account}"')
            # Whoever else it names may have left since, which its audit tells; these two are told of comments.
            if unknown := [name for name in (*entry.moderators, *entry.posters) if name not in people]:
                raise ValueError(f'registered {entry.account}: "{unknown[0]}" is not among the people')
        return self

    @model_validator(mode="after")
    def _somebody_is_left(self) -> Tables:
        told = {p.email for p in self.people if {"moderator", "head"} & set(p.roles)}
        if self.school.last_resort in told:
            raise ValueError(
                "school.last_resort is a moderator or head, who may be the one a case is about; name somebody else"
            )
        return self

    @field_validator("accounts")
    @classmethod
    def _each_has_its_own_key(cls, accounts: tuple[AccountSettings, ...]) -> tuple[AccountSettings, ...]:
        no_name_twice([account.key for account in accounts])
        return accounts


_LAST_OF_ALL: tuple[Role, ...] = ("chair_of_governors", "senior", "safeguarding", "line_manager", "head")
"""The last of them everybody has."""


class ConfigurationFile(Tables):
    """The file as the school writes it, secrets filled in. `config/loading.py` makes Settings of it."""

    response: ResponseRule = ResponseRule()
    """The school's own changes to its policy pack; only the keys it wrote count."""


class Settings(Tables):
    """The whole configuration of one school, with its policy pack read and its own response options applied."""

    path: Path
    """The configuration file itself, absolute."""
    policy: PolicyPack
    rule: ResponseRule
    """The pack's response window with the school's own `[response]` keys on top."""

    @property
    def evidence_folder(self) -> Path:
        """Absolute path of the evidence folder."""
        return self.path.parent / self.storage.evidence

    @property
    def last_resort(self) -> str:
        """Address of the last in every chain: whom the school names for that, else who comes nearest to it."""
        if self.school.last_resort is not None:
            return self.school.last_resort
        return next(person.email for role in _LAST_OF_ALL for person in self.people if role in person.roles)

    def register_entry(self, account_key: str) -> RegisterEntry:
        """What the register says about an account; an empty entry where it says nothing."""
        found = (entry for entry in self.registered if entry.account == account_key)
        return next(found, RegisterEntry(account=account_key))

    def names(self, role: Role) -> tuple[str, ...]:
        """Names of the people with a role, in the order of the file."""
        return tuple(person.name for person in self.people if role in person.roles)

    @property
    def told_of_accounts(self) -> tuple[str, ...]:
        """Addresses of those who hear that an account cannot be read: the technicians, else the heads."""
        technicians = tuple(person.email for person in self.people if "technician" in person.roles)
        return technicians or tuple(person.email for person in self.people if "head" in person.roles)

    @property
    def signing_key(self) -> Path:
        """Absolute path of the private key that signs the evidence log."""
        return self.path.parent / self.evidence.signing_key

    @property
    def stop_key(self) -> Path:
        """Absolute path of the key of the links that stop a digest, beside the signing key."""
        return self.signing_key.with_name("stop-links.key")

    @property
    def status_file(self) -> Path:
        """Absolute path of the file that other programs watch."""
        return self.path.parent / self.listening.status_file

    @property
    def database_url(self) -> str:
        """SQLAlchemy address of the database; a file name is taken relative to the configuration file."""
        if "://" in self.storage.database:
            return self.storage.database
        return f"sqlite:///{self.path.parent / self.storage.database}"
