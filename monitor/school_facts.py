"""What judging and keeping evidence need to know of the school: its settings, in the shape they are used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from config.people import Person
from config.policy import PolicyPack, ResponseRule
from config.register import RegisterEntry
from config.schedule import Schedule


@dataclass(frozen=True)
class SchoolFacts:
    """What is the same for every comment of one school."""

    key: str
    name: str
    timezone: str
    policy: PolicyPack
    rule: ResponseRule
    people: tuple[Person, ...]
    registered: tuple[RegisterEntry, ...]
    last_resort: str
    schedule: Schedule
    evidence: Path
    """Absolute path of the evidence folder."""
    sample_percent: int
    """Share of all comments of which evidence is kept although nothing is wrong with them."""
    live_page: str
    """Whether public pages are photographed, in a sentence for each snapshot."""
    program: str
    """Name and version of this program."""
    environment: str
    """What it runs on: Python, operating system."""
    configuration: str
    """Digest of the settings in force, secrets left out."""

    def entry(self, account_key: str) -> RegisterEntry:
        """What the register says about an account; an empty entry where it says nothing."""
        found = (entry for entry in self.registered if entry.account == account_key)
        return next(found, RegisterEntry(account=account_key))

    def local_day(self, moment: datetime) -> date:
        """The day it is at the school."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()
