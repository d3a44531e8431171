"""The register of a school's accounts held against its policy and against what the books know of each account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from config.accounts import AccountSettings
from config.register import RegisterEntry
from config.settings import Settings
from monitor.rules.register import LiveFacts, audit, reach_of_moderators
from monitor.rules.register_words import Found
from monitor.store import ledger
from monitor.store.engine import Transaction
from monitor.store.listening import unreachable_people
from monitor.store.school_tables import Account, School
from monitor.store.signs_of_life import last_own_words_at

MOST_NAMED = 6
"""Accounts named in one sentence; the rest is counted."""
WITHOUT_POSTS = frozenset({"feed", "google_reviews", "other"})
"""Networks where the school publishes nothing, or where we do not meet what it publishes."""
MAIL_FOR_ANYBODY = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.co.uk", "yahoo.com"}
    | {"yahoo.co.uk", "icloud.com", "btinternet.com", "aol.com", "proton.me", "protonmail.com", "gmx.com"}
)
"""Nobody's own mail domains: an address there shows no school."""


@dataclass(frozen=True)
class Audited:
    """One account: its settings, what the register says, what is known of it besides, and what was found."""

    account: AccountSettings
    entry: RegisterEntry
    row: Account
    facts: LiveFacts
    found: tuple[Found, ...]


def audited(tx: Transaction, school: School, settings: Settings, now: datetime) -> tuple[Audited, ...]:
    """Every account of the configuration, in its order."""
    refused = frozenset(unreachable_people(tx, school))
    return tuple(_audited(tx, account, settings, refused, now) for account in settings.accounts)


def too_few_moderators(tx: Transaction, school: School, settings: Settings, now: datetime) -> str:
    """That accounts have fewer moderators in reach than the policy asks for, in a sentence; empty: none has."""
    rule = settings.policy.accounts
    reached = {
        each.account.label: len(reach_of_moderators(each.entry, settings.people, each.facts).reached)
        for each in audited(tx, school, settings, now)
    }
    few = [f"{label} ({number})" for label, number in reached.items() if number < rule.moderators]
    if not few:
        return ""
    clause = f' (clause "{rule.clause}")' if rule.clause else ""
    more = [f"and {len(few) - MOST_NAMED} more"] if len(few) > MOST_NAMED else []
    named = ", ".join([*few[:MOST_NAMED], *more])
    return f"Fewer than {rule.moderators} moderators can be reached today{clause}: {named}."


def school_domains(settings: Settings) -> frozenset[str]:
    """Mail domains of the school: of the address that mails come from, the one answers go to, and the heads'."""
    heads = [person.email for person in settings.people if "head" in person.roles]
    addresses = filter(None, (settings.mail.sender, settings.mail.reply_to, *heads))
    return frozenset(address.rpartition("@")[2].lower() for address in addresses) - MAIL_FOR_ANYBODY


def _audited(
    tx: Transaction, account: AccountSettings, settings: Settings, refused: frozenset[str], now: datetime
) -> Audited:
    row = ledger.enrolled_account(tx, settings.school.key, account.key)
    zone = ZoneInfo(settings.school.timezone)

    def day(moment: datetime | None) -> date | None:
        return None if moment is None else moment.astimezone(zone).date()

    entry = settings.register_entry(account.key)
    facts = LiveFacts(
        today=now.astimezone(zone).date(),
        watched_since=row.added_at.astimezone(zone).date(),
        read_until=day(ledger.last_complete_read(tx, row)),
        has_credentials=any(isinstance(value, SecretStr) for _, value in account),
        credentials_end=day(row.expires_at),
        shows_posts=account.network not in WITHOUT_POSTS,
        last_post=day(last_own_words_at(tx, row)),
        about=row.about,
        links=tuple(row.links or ()),
        school_domains=school_domains(settings),
        refused=refused,
    )
    return Audited(account, entry, row, facts, audit(entry, settings.policy.accounts, settings.people, facts))
