"""What `health`, `check` and `accounts` say of who hears us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.filters import counted
from monitor.commands.base import CommandFailed, local

if TYPE_CHECKING:
    from monitor.store.listening_tables import SignOfLife
    from monitor.wiring import App


def unreachable_lines(app: App) -> tuple[str, ...]:
    """Each person whose mail is refused, in a sentence."""
    from monitor.notices import not_reached
    from monitor.store import ledger

    with app.store.reading() as tx:
        return not_reached(tx, ledger.enrolled_school(tx, app.settings.school.key), app.settings)


def people_are_reached(app: App) -> str:
    """That mail to nobody is refused. Raises CommandFailed."""
    if lines := unreachable_lines(app):
        raise CommandFailed(" ".join(lines))
    return "mail to nobody is refused"


def mail_leaves(app: App) -> str:
    """That mail leaves. Raises CommandFailed."""
    life, zone = _life(app), app.settings.school.timezone
    if life and life.fails_since:
        raise CommandFailed(f"no mail was accepted since {local(life.fails_since, zone)}; see school-monitor check")
    if life is None or life.accepted_at is None:
        return "none was sent yet"
    return f"the last one was accepted {local(life.accepted_at, zone)}"


def told_elsewhere(app: App) -> str:
    """That chats and the outside watcher could be told. Raises CommandFailed."""
    life = _life(app)
    if failures := [each for each in ((life.chat_failure, life.ping_failure) if life else ()) if each]:
        raise CommandFailed("; ".join(failures))
    chats, watcher = len(app.settings.chat), app.settings.listening.ping_url
    return f"{counted(chats, 'chat')}, {'an' if watcher else 'no'} outside watcher"


def it_runs(app: App) -> str:
    """That something reads and mails. Raises CommandFailed."""
    from monitor.downtime import Downtimes

    life, zone = _life(app), app.settings.school.timezone
    if life is None or life.alive_at is None:
        return "has not run yet"
    if app.clock() - life.alive_at > Downtimes(app.store, app.settings, app.school).allowed:
        raise CommandFailed(
            f"nothing runs since {local(life.alive_at, zone)}; start school-monitor run, or see to cron"
        )
    return f"ran last {local(life.alive_at, zone)}"


def chat_is_known(app: App) -> str:
    """That the addresses of chats can be used. Raises CommandFailed. Nobody is told anything."""
    from alerts.chat import ChatFailed
    from monitor.wiring import chat_line

    chat = chat_line(app.settings)
    if chat is None:
        return "none is told when no mail leaves"
    try:
        chat.check()
    except ChatFailed as failed:
        raise CommandFailed(str(failed)) from None
    return f"{counted(len(chat.addresses), 'address', 'addresses')} can be used; nothing was told"


def watcher_answers(app: App) -> str:
    """That the outside watcher answers. Raises CommandFailed. For it, this is a sign of life like any other."""
    from monitor.pinging import NotPinged
    from monitor.wiring import pinger

    watcher = pinger(app.settings, app.clock)
    if watcher is None:
        return "none expects to hear from us"
    try:
        watcher.tell()
    except NotPinged as failed:
        raise CommandFailed(str(failed)) from None
    return "answers; it was told that all is well"


def _life(app: App) -> SignOfLife | None:
    from monitor.store import ledger, listening

    with app.store.reading() as tx:
        return listening.sign_of_life_if_any(tx, ledger.enrolled_school(tx, app.settings.school.key))
