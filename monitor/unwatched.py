"""Where people can write to the school directly and nobody reads it here: said, never left to be guessed."""

from __future__ import annotations

from alerts.weekly_report import Unwatched
from config.accounts import AccountBase, ReadsMessages
from config.settings import Settings

BY_SETTING = "the account's setting"


def why_unwatched(account: AccountBase, settings: Settings) -> str:
    """Why direct messages to this account are not read; empty: they are, or there are none on this network."""
    if not isinstance(account, ReadsMessages):
        return ""
    rule = settings.policy.messages
    if rule.read == "forbidden":
        return f'the policy forbids it, clause "{rule.clause}"' if rule.clause else "the policy forbids it"
    return "" if account.read_messages else BY_SETTING


def unwatched_messages(settings: Settings) -> tuple[Unwatched, ...]:
    """The accounts whose messages are not read, by the reason why."""
    by_reason: dict[str, list[str]] = {}
    for account in settings.accounts:
        if why := why_unwatched(account, settings):
            by_reason.setdefault(why, []).append(account.label)
    return tuple(Unwatched(tuple(labels), why) for why, labels in by_reason.items())


def uncovered_promise(settings: Settings) -> str:
    """That the policy promises answers to messages nobody watches, in a sentence; empty: it does not, or all are."""
    rule = settings.policy.messages
    if not rule.promised or not unwatched_messages(settings):
        return ""
    clause = f' (clause "{rule.clause}")' if rule.clause else ""
    return f"The policy promises an answer to direct messages{clause}: this program does not watch over that promise."
