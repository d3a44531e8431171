"""`evidence new-key`: sign the evidence log with another key from now on. Who decided it and why is in the log."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.commands.base import CommandFailed, Outcome, app_for
from monitor.commands.people import acting, declare_actor

if TYPE_CHECKING:
    from monitor.custody.log import Actor
    from monitor.evidence.log.signing import PublicKey
    from monitor.wiring import App

EXAMPLE = 'school-monitor evidence new-key --by "Mrs Okafor" --why "the old computer was stolen"'
MAY_REPLACE = ("head", "safeguarding")


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    declare_actor(parser, what="decided it; needs the role head or safeguarding")


def run(args: Namespace) -> int:
    """Sign what there is with the old key where it still works, move it aside, and begin a new one."""
    from monitor.evidence.log.signing import KeyUnusable
    from monitor.store.evidence_log import ClockSetBack

    app = app_for(args)
    actor = acting(args, app.settings, MAY_REPLACE)
    try:
        signed = _sign_with_old(app)
        aside = _move_aside(app.settings.signing_key, app.clock())
        position, key = _begin(app, actor, aside)
    except (KeyUnusable, ClockSetBack) as refused:
        raise CommandFailed(str(refused)) from None
    if aside:
        print(f"The old key lies in {aside} and signs nothing any more.")
        print("It signed the log once more." if signed else "It could not sign the log once more.")
    print(f"Entry {position} begins the key {key.fingerprint}; back its file up: {app.settings.signing_key}")
    return Outcome.DONE


def _sign_with_old(app: App) -> bool:
    """Have the old key vouch for all that was added while it was in force. False: it cannot."""
    from monitor.custody.log import KeyReplaced
    from monitor.evidence.log.signing import KeyUnusable
    from monitor.store import ledger

    if not os.path.lexists(app.settings.signing_key):
        return False
    try:
        with app.store.writing() as tx:
            app.sealer.seal(tx, ledger.enrolled_school(tx, app.settings.school.key))
    except (KeyReplaced, KeyUnusable):
        return False
    return True


def _move_aside(path: Path, now: datetime) -> Path | None:
    """Give the old key file another name beside it, never that of a file there is. None: there was no file."""
    from monitor.evidence.files import sync_folder

    if not os.path.lexists(path):
        return None
    names = (f"{path.stem}-old-{now:%Y-%m-%d}-{number}{path.suffix}" for number in count(1))
    aside = next(file for file in map(path.with_name, names) if not os.path.lexists(file))
    path.rename(aside)
    sync_folder(path.parent)
    return aside


def _begin(app: App, actor: Actor, aside: Path | None) -> tuple[int, PublicKey]:
    """Make the new key and enter it in the log; where that fails, the old file has its name again."""
    from monitor.custody.log import begin_new_key
    from monitor.evidence.log.signing import SigningKey
    from monitor.store import ledger

    path = app.settings.signing_key
    try:
        key = SigningKey.load_or_create(path).public
        with app.store.writing() as tx:
            school = ledger.enrolled_school(tx, app.settings.school.key)
            position = begin_new_key(tx, school, key, app.clock(), actor)
            app.sealer.seal(tx, school)
    except BaseException:
        if aside:
            aside.replace(path)
        raise
    return position, key
