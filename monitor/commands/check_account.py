"""`check` for one account, live: who we are there, until when and what for, and what we hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from alerts.filters import plain
from connectors.errors import AuthFailed, ConnectorError
from monitor.commands.account_lines import expiry_line, used_line
from monitor.commands.base import CommandFailed, local
from monitor.commands.soundness import passes, say

if TYPE_CHECKING:
    from config.accounts import AccountSettings
    from connectors.base import AccountState
    from monitor.wiring import App


def check_account(app: App, account: AccountSettings) -> bool:
    """Ask the network who we are, and print what it says. False where it refuses: then one line says what to do."""
    name = f"account {account.key}"
    answer: list[AccountState] = []

    def ask() -> str:
        answer.append(_ask(app, account))
        state = answer[0]
        version = f"; API version {state.api_version}" if state.api_version else ""
        return f"signed in as {state.display_name} ({', '.join(sorted(state.own_ids))}){version}"

    if not passes(name, ask):
        return False
    for kind, line in (*_credentials(app, answer[0]), *_held(app, account), *_notes(app, account, answer[0])):
        say(kind, f"{name}: {line}")
    return True


def _ask(app: App, account: AccountSettings) -> AccountState:
    from monitor.connecting import build_connector
    from monitor.reconnecting import placing

    try:
        return build_connector(account, app.settings, app.clock).check()
    except AuthFailed as dead:
        raise CommandFailed(f"{str(dead).rstrip('.')}. {placing(account)}") from None
    except ConnectorError as refused:
        raise CommandFailed(str(refused)) from None


def _credentials(app: App, state: AccountState) -> Iterator[tuple[str, str]]:
    from monitor.rules.watching import warning_due

    now = app.clock()
    allow = f"; they allow {plain(', '.join(sorted(state.scopes)), 400)}" if state.scopes else ""
    soon = warning_due(state.expires_at, now) is not None
    yield "note" if soon else "ok", expiry_line(state.expires_at, now, app.settings.school.timezone) + allow


def _held(app: App, account: AccountSettings) -> Iterator[tuple[str, str]]:
    from monitor.allowances import used
    from monitor.store import ledger
    from monitor.store.coverage import newest_item_at

    with app.store.reading() as tx:
        row = ledger.enrolled_account(tx, app.settings.school.key, account.key)
        newest = newest_item_at(tx, row)
        spent = used(tx, row, account, app.clock())
    zone = app.settings.school.timezone
    said = f"the newest comment held is of {local(newest, zone)}" if newest else "no comment held yet"
    yield "ok", f"{said}; {used_line(spent)}" if spent else said


def _notes(app: App, account: AccountSettings, state: AccountState) -> Iterator[tuple[str, str]]:
    from monitor.unwatched import why_unwatched

    for note in state.notes:
        yield "note", note
    if why := why_unwatched(account, app.settings):
        yield "note", f"direct messages are not watched ({why})"
