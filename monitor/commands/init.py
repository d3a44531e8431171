"""`init`: write a first configuration by questions. Nothing is sent and no network is asked."""

from __future__ import annotations

import getpass
import os
import re
import sys
import unicodedata
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from monitor.commands.base import CommandFailed, Outcome
from monitor.commands.network_steps import ASKED, EITHER_WAY, LEFT_TO_THE_FILE, NOT_ASKED, STEPS, TITLES

EXAMPLE = "school-monitor init --file school-monitor.toml"
NEEDS_CONFIG = False
SECRETS = "secrets"
_EVERY_ACCOUNT = frozenset(
    {"network", "key", "label", "poll_minutes", "lookback_days", "calls_per_run", "calls_per_day", "read_messages"}
)


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--file",
        type=Path,
        default=Path("school-monitor.toml"),
        metavar="FILE",
        help="where to write the configuration",
    )


def run(args: Namespace) -> int:
    """Ask, write the file and the secrets beside it, and read it back. 1 when what was answered cannot be used."""
    from config.loading import load_settings
    from config.problems import ConfigurationProblems
    from config.writing import FirstAnswers, write_first

    file: Path = args.file
    if file.exists():
        raise CommandFailed(f"{file} is there already; move it away or name another with --file", Outcome.USAGE)
    folder = file.absolute().parent
    if not folder.is_dir():
        raise CommandFailed(f"the folder {folder} is not there; make it first", Outcome.USAGE)
    try:
        answers = FirstAnswers(_school(), _mail(folder), _people(), _accounts(folder))
    except EOFError:
        raise CommandFailed(
            "the questions were not answered to their end; nothing was written", Outcome.USAGE
        ) from None
    _write_new(file, write_first(answers))
    try:
        load_settings(file, os.environ)
    except ConfigurationProblems as problems:
        raise CommandFailed(f"{file} is written, but has to be put right first:\n{problems}") from None
    print(f"\n{file} is written. Next: school-monitor check --config {file}")
    print("It tests every account and the mail, and sends nothing.")
    return Outcome.DONE


def _school() -> dict[str, str]:
    from config.packs import known_packs

    name = _ask("Name of the school, as it stands in mails")
    packs = known_packs()
    return {
        "name": name,
        "key": _ask("Short name for files and mails", _short(name)),
        "policy": _ask(f"Policy pack ({', '.join(packs)}, or the path of your own)", "default"),
        "last_resort": _ask("Who hears of an urgent case when nobody else can (chair of governors): e-mail address"),
    }


def _mail(folder: Path) -> dict[str, str | int]:
    sender = _ask("Address that mails come from")
    host = _ask("Mail server (empty: for a trial, mails are only written to a folder)", "")
    if not host:
        return {"transport": "folder", "sender": sender}
    port = _ask("Port", "587", lambda text: text.isdecimal())
    mail: dict[str, str | int] = {"transport": "smtp", "sender": sender, "host": host, "port": int(port)}
    if int(port) == 465:
        mail["security"] = "tls"
    if user := _ask("User of the mail server (empty: none)", ""):
        mail["user"] = user
        mail["password_file"] = _keep_secret(folder, "smtp", _ask_secret("Password of that user"))
    return mail


def _people() -> list[dict[str, str | list[str]]]:
    people: dict[str, dict[str, Any]] = {}
    for words, role, needed in (
        ("Moderator", "moderator", True),
        ("Second moderator (for leave and illness; empty: none)", "moderator", False),
        ("Head", "head", True),
        ("Safeguarding lead (empty: none)", "safeguarding", False),
        ("Technician, who keeps the accounts connected (empty: none)", "technician", False),
    ):
        name = _ask(f"{words}: name", None if needed else "")
        if not name:
            continue
        email = _ask(f"{words.partition(' (')[0].partition(',')[0]}: e-mail address")
        person = people.setdefault(email, {"name": name, "email": email, "roles": []})
        if role not in person["roles"]:
            person["roles"].append(role)
    return list(people.values())


def _accounts(folder: Path) -> list[dict[str, str]]:
    from config.schema import models_in
    from config.settings import Tables

    models = {_network(model): model for model in models_in(Tables.model_fields["accounts"].annotation)}
    print("\nThe networks the school is on:")
    for number, network in enumerate(models, 1):
        print(f"  {number:2} {TITLES[network]}")
    names = list(models)

    def is_list(text: str) -> bool:
        return all(part.strip().isdecimal() and 1 <= int(part) <= len(names) for part in text.split(","))

    chosen = _ask("Their numbers, with commas between", None, is_list)
    picked = [names[int(part) - 1] for part in chosen.split(",")]
    return [_account(network, models[network], folder) for network in dict.fromkeys(picked)]


def _account(network: str, model: type[BaseModel], folder: Path) -> dict[str, str]:
    from config.schema import secret_fields

    print(f"\n{TITLES[network]}")
    for number, step in enumerate(STEPS[network], 1):
        print(f"  {number}. {step}")
    key = network.replace("_", "-")
    account = {"network": network, "key": key, "label": TITLES[network]}
    secrets = secret_fields(model)
    for name, about in model.model_fields.items():
        left_out = name in _EVERY_ACCOUNT | LEFT_TO_THE_FILE | NOT_ASKED.get(network, frozenset())
        optional_detail = not about.is_required() and name not in ASKED
        if left_out or optional_detail or (name.endswith("_url") and not about.is_required()):
            continue
        needed = about.is_required()
        words = ASKED.get(name, name)
        words = words if needed else f"{words} (empty: none)"
        if name in secrets:
            if value := _ask_secret(words, needed=needed):
                account[f"{name}_file"] = _keep_secret(folder, f"{key}-{name.replace('_', '-')}", value)
        elif value := _ask(words, None if needed else ""):
            account[name] = value
    if (some := EITHER_WAY.get(network)) and not any(f"{name}_file" in account or name in account for name in some):
        print("  Neither way in was given; the file has to be completed by hand.")
    return account


def _network(model: type[BaseModel]) -> str:
    from typing import get_args

    value: str = get_args(model.model_fields["network"].annotation)[0]
    return value


def _ask(words: str, default: str | None = None, fits: Callable[[str], bool] | None = None) -> str:
    """An answer in one line. `default` is taken for an empty one; None: an answer is needed."""
    shown = f"{words} [{default}]: " if default else f"{words}: "
    while True:
        answer = input(shown).strip()
        if not answer and default is not None:
            return default
        if answer and answer.isprintable() and (fits is None or fits(answer)):
            return answer
        print("  That cannot be used; please try again.")


def _ask_secret(words: str, *, needed: bool = True) -> str:
    """A secret; not shown while it is typed at a terminal."""
    while True:
        answer = (getpass.getpass(f"{words}: ") if sys.stdin.isatty() else input(f"{words}: ")).strip()
        if answer or not needed:
            return answer
        print("  It is needed; please try again.")


def _keep_secret(folder: Path, name: str, value: str) -> str:
    """Put a secret into a file that only its owner may read, and give the file's name for the configuration."""
    place = folder / SECRETS
    place.mkdir(mode=0o700, exist_ok=True)
    _write_new(place / name, value + "\n")
    return f"{SECRETS}/{name}"


def _write_new(file: Path, words: str) -> None:
    """A new file, readable by its owner alone. One that is there already is never replaced."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandFailed(f"{file} is there already; move it away and begin again", Outcome.USAGE) from None
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(words)


def _short(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in {"the", "school", "primary", "academy"}]
    return "-".join(words)[:40].strip("-") or "school"
