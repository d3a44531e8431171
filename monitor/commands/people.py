"""Who acts: the person named with --by, held against the configured people, and the computer account used."""

from __future__ import annotations

import getpass
import socket
from argparse import ArgumentParser, Namespace
from collections.abc import Collection
from typing import TYPE_CHECKING

from alerts.filters import plain
from monitor.commands.base import CommandFailed, Outcome

if TYPE_CHECKING:
    from config.people import Person
    from config.settings import Settings
    from monitor.custody.log import Actor

LONGEST_NAME = 200
LONGEST_REASON = 4000


def declare_actor(parser: ArgumentParser, *, what: str = "did it", required: bool = True) -> None:
    """Declare --by and --why."""
    parser.add_argument("--by", required=required, metavar="PERSON", help=f"who {what}: a name or e-mail address")
    parser.add_argument(
        "--why", required=required, metavar="TEXT", help="the reason; it stays on record, so name no child in it"
    )


def declare_viewer(parser: ArgumentParser) -> None:
    """Declare --by of a command that only shows."""
    parser.add_argument(
        "--by",
        metavar="PERSON",
        help="who looks: a name or e-mail address; cases that are not for everybody are shown to those they are for",
    )


def viewer(args: Namespace, settings: Settings) -> Person | None:
    """The configured person named with --by; None: nobody, or somebody the configuration does not know.

    Raises CommandFailed for somebody who only looks after connections.
    """
    from monitor.rules.seeing import is_only_a_technician

    by = plain(args.by or "", LONGEST_NAME).strip()
    person = configured(by, settings) if by else None
    if person is not None and is_only_a_technician(person):
        raise CommandFailed(
            f"{person.name} looks after the connections and is shown no comment; health, coverage and check are "
            "for that",
            Outcome.USAGE,
        )
    return person


def acting(args: Namespace, settings: Settings, roles: Collection[str] = ()) -> Actor:
    """The person given with --by and --why. Where `roles` are given, one of the configured people with such a role.

    Raises CommandFailed for an empty name or reason, or a person without the role.
    """
    from monitor.custody.log import Actor

    by, why = plain(args.by or "", LONGEST_NAME).strip(), plain(args.why or "", LONGEST_REASON).strip()
    if not by or not why:
        raise CommandFailed(
            "--by and --why must not be empty: what is done without person or reason cannot be answered for",
            Outcome.USAGE,
        )
    person = configured(by, settings)
    if roles and not (person and set(person.roles) & set(roles)):
        allowed = ", ".join(p.name for p in settings.people if set(p.roles) & set(roles)) or "nobody yet"
        raise CommandFailed(
            f"this needs the role {' or '.join(sorted(roles))}, which {allowed} has in the configuration; "
            f"{by} has not",
            Outcome.USAGE,
        )
    return Actor(person.name if person else by, why, computer_account())


def looking(args: Namespace, settings: Settings) -> Actor:
    """Who looks at a case: the person given with --by, else the computer account alone."""
    from monitor.custody.log import Actor

    account = computer_account()
    by, why = plain(args.by or "", LONGEST_NAME).strip(), plain(args.why or "", LONGEST_REASON).strip()
    person = configured(by, settings) if by else None
    return Actor(person.name if person else by or account, why or "looked at the case", account)


def configured(name: str, settings: Settings) -> Person | None:
    """The one of the configured people with this name or e-mail address, upper and lower case alike."""
    wanted = name.casefold()
    return next((p for p in settings.people if wanted in {p.name.casefold(), p.email.casefold()}), None)


def computer_account() -> str:
    """The account and computer a command runs on: "anna on office-pc". The name after --by is only what was typed."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a service without an entry in the list of users
        user = "a nameless account"
    return f"{user} on {socket.gethostname()}"
