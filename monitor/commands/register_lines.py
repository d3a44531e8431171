"""What `check` and `health` say of the register of accounts: `accounts` tells the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.filters import counted
from monitor.commands.base import CommandFailed

if TYPE_CHECKING:
    from monitor.registered import Audited
    from monitor.wiring import App

TELLS_THE_REST = "school-monitor accounts"


def audited_accounts(app: App) -> tuple[Audited, ...]:
    """Every account of the configuration with what the audit of the register found."""
    from monitor.registered import audited
    from monitor.store import ledger

    with app.store.reading() as tx:
        return audited(tx, ledger.enrolled_school(tx, app.settings.school.key), app.settings, app.clock())


def register_note(app: App) -> tuple[str, str]:
    """Whether something is to be noted, "ok" or "note", and one line about the register as a whole."""
    from monitor.rules.register_words import Weight

    accounts = audited_accounts(app)
    found = sum(each.weight is not Weight.LOOK for account in accounts for each in account.found)
    if not found:
        return "ok", f"register: {counted(len(accounts), 'account')} as the policy asks; {TELLS_THE_REST} shows it"
    return "note", f"register: {counted(found, 'thing')} not as the policy asks; see {TELLS_THE_REST}"


def register_is_sound(app: App) -> str:
    """That nothing grave was found. Raises CommandFailed."""
    from monitor.rules.register_words import Weight

    grave = [
        f"{account.row.label}: {each.sentence}"
        for account in audited_accounts(app)
        for each in account.found
        if each.weight is Weight.GRAVE
    ]
    if grave:
        raise CommandFailed(f"{' '.join(grave)} See {TELLS_THE_REST}")
    return "nothing grave"
