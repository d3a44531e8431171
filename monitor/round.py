"""One round of the main job, as `poll`, `tick`, the daemon and the demonstration all do it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from config.accounts import AccountSettings
from connectors.errors import ConnectorError
from monitor.ledger_line import RunResult
from monitor.logs import where
from monitor.notify import MailResult
from monitor.store import ledger
from monitor.wiring import App

log = logging.getLogger("monitor.round")

T = TypeVar("T")


def read_account(
    app: App,
    account: AccountSettings,
    should_stop: Callable[[], bool] = lambda: False,
    *,
    by_hand: bool = False,
) -> RunResult:
    """Read one account once, and see at once whether somebody has to hear of it.

    Whatever goes wrong with it is in the result, so that the others go on.
    """
    result = _read(app, account, should_stop, by_hand=by_hand)
    app.watch.tried(account.key)
    result.failures += _look(app, account.key)
    return result


def _read(app: App, account: AccountSettings, should_stop: Callable[[], bool], *, by_hand: bool) -> RunResult:
    try:
        return app.collector(account, should_stop, by_hand=by_hand).run()
    except ConnectorError as refused:
        # The connector could not even be built: one that is installed apart, and is not there any more.
        return RunResult(account.key, complete=False, failures=[f"{account.key}: {refused}"])
    except OSError as failed:
        # The evidence folder, mostly. The page in hand was rolled back whole and is read again next time.
        why = failed.strerror or type(failed).__name__
        log.warning("account %s: cannot write to disk: %s, at %s", account.key, why, where(failed))
        return RunResult(account.key, complete=False, failures=[f"{account.key}: cannot write to disk: {why}"])
    except Exception as unforeseen:
        # Anything the connector did not foresee: the other accounts must be read all the same, and the text of the
        # exception may hold a token or a comment, so only its kind is told. The ledger shows an unfinished read.
        kind = type(unforeseen).__name__
        log.warning("account %s: unforeseen %s at %s", account.key, kind, where(unforeseen))
        return RunResult(
            account.key,
            complete=False,
            failures=[f"{account.key}: reading stopped on a fault of this program ({kind}); please report it"],
        )


def _look(app: App, account_key: str | None = None) -> list[str]:
    """See what is silent, and owe the mails about it."""
    return _carefully("whether an account is silent", lambda: app.watch.look(account_key))[1]


def begin(app: App) -> tuple[str, list[str]]:
    """Say that we live. Returns, where nothing ran for a while, that in a sentence; and what kept us from it."""
    said, faults = _carefully("whether anything ran", app.listening.begin)
    return said or "", faults


def _carefully(what: str, do: Callable[[], T]) -> tuple[T | None, list[str]]:
    """Do something that must keep nothing else back. A fault of this program is told, in a sentence."""
    try:
        return do(), []
    except Exception as unforeseen:
        kind = type(unforeseen).__name__
        log.warning("%s: unforeseen %s at %s", what, kind, where(unforeseen))
        return None, [f"{what} could not be seen ({kind}); please report it"]


def read_accounts(app: App, accounts: list[AccountSettings]) -> list[RunResult]:
    """Read these accounts one after the other."""
    results = []
    for account in accounts:
        results.append(read_account(app, account))
        app.listening.still_alive()
    return results


def accounts_due(app: App, now: datetime) -> list[AccountSettings]:
    """Accounts whose interval has passed since their last finished read began, or that were never read."""
    due = []
    with app.store.reading() as tx:
        school = ledger.school_by_key(tx, app.settings.school.key)
        for account in app.settings.accounts:
            row = ledger.account_by_key(tx, school, account.key) if school else None
            reads = ledger.last_reads(tx, row).values() if row else []
            # A read from the future is one made while the clock was wrong; waiting for it would be silence.
            past = (read.started_at for read in reads if read.finished_at and read.started_at <= now)
            newest = max(past, default=None)
            if newest is None or now - newest >= timedelta(minutes=account.poll_minutes):
                due.append(account)
    return due


def mail(app: App) -> MailResult:
    """Look for accounts that have fallen silent, sign the evidence log where that is due, and send the mails whose
    time has come: a report names the newest head.

    This runs every minute beside the reading, so that reading which hangs is noticed too. What kept the log from
    being signed is among the failures. Before, it is noticed when nothing ran; afterwards, when no mail leaves.
    """
    _, faults = begin(app)
    faults += _look(app)
    problems = faults + app.sealer.run()
    result = app.notifier.run()
    result.failures.extend(problems)
    heard, unheard = _carefully("whether anybody hears us", lambda: app.listening.round_ended(is_whole=not faults))
    result.failures.extend([*(heard or []), *unheard])
    return result


def tell(app: App) -> MailResult:
    """Make the cards that are owed, photograph pages where the school wants it, then do as `mail`."""
    app.cards.run()
    app.photograph()
    return mail(app)
