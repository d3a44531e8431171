"""The configuration file, its secrets and its policy pack, read into Settings. All problems are told at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from config.checking import fit
from config.mail import FolderMail
from config.packs import pack_file, read_pack, review_warning
from config.policy import PolicyPack
from config.problems import ConfigurationProblems, Problem
from config.schema import tables
from config.secrets import fill_in_secrets
from config.settings import ConfigurationFile, School, Settings, Tables
from config.toml_file import TomlFile, read_toml

HOLIDAYS_COMPARED_UNTIL = 2030
"""Last year for which the bank holidays of the four nations in `holidays` 0.108 were compared with the statutes."""


def _pack(file: TomlFile, folder: Path) -> tuple[PolicyPack | None, list[Problem]]:
    school = file.content.get("school")
    wanted = school.get("policy", School.model_fields["policy"].default) if isinstance(school, dict) else None
    if not isinstance(wanted, str):
        return None, []  # the schema says what is wrong with that
    try:
        return read_pack(pack_file(wanted, folder)), []
    except ConfigurationProblems as wrong:
        return None, list(wrong.problems)
    except ValueError as unknown:
        path = ("school", "policy")
        return None, [file.problem(path, f"school.policy {unknown}")]


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read the configuration file at `path`, the secrets it points to and its policy pack.

    Raises ConfigurationProblems holding every problem found; no secret's value is ever in one of them.
    """
    path = path.absolute()
    hint = "Copy config/example.toml there and fill it in, or name another file with --config"
    file = read_toml(path, path.name, hint)
    known = list(tables(ConfigurationFile, file.content))
    secrets, problems = fill_in_secrets(known, file, path.parent, environ)
    written, unfit = fit(ConfigurationFile, file, known, secrets)
    pack, wrong_pack = _pack(file, path.parent)
    problems += unfit + wrong_pack
    problems.sort(key=lambda problem: (problem.file != file.name, problem.file, problem.line or 0))
    if problems or written is None or pack is None:
        raise ConfigurationProblems(problems)
    own = {name: getattr(written.response, name) for name in written.response.model_fields_set}
    return Settings(
        path=path,
        policy=pack,
        rule=pack.response.model_copy(update=own),
        **{name: getattr(written, name) for name in Tables.model_fields},
    )


def warnings(settings: Settings, today: date) -> tuple[str, ...]:
    """What should be put right although the program runs, one sentence each. `today` is the school's own day."""
    found = []
    if overdue := review_warning(settings.policy, today):
        found.append(overdue)
    if sum("moderator" in person.roles for person in settings.people) < 2:
        found.append("Only one moderator is named: an account needs two who can stand in for each other.")
    if settings.school.last_resort is None:
        found.append(
            "school.last_resort names nobody. Where nobody else can be told of an urgent case, it is told to "
            f"{settings.last_resort}; better is somebody who does not work at the school."
        )
    if "spam_auto" in settings.rule.no_reply_needed:
        found.append(
            "no_reply_needed lists spam_auto, which excuses nothing: a comment taken for spam may be none, so a "
            "moderator says so (decide CASE confirm_spam)."
        )
    if settings.policy.messages.read == "forbidden":
        unread = [account.key for account in settings.accounts if getattr(account, "read_messages", False)]
        if unread:
            found.append(
                f"The policy {settings.policy.name} forbids reading direct messages "
                f"({settings.policy.messages.clause}); read_messages of {', '.join(unread)} has no effect."
            )
    if settings.judging.models == "none":
        found.append("Comments are judged without models: what is said without the usual words is not noticed.")
    if settings.rule.region and today.year >= HOLIDAYS_COMPARED_UNTIL:
        found.append(
            f"Bank holidays are known to be right up to {HOLIDAYS_COMPARED_UNTIL}. Update the program, or compare "
            "next year's with gov.uk and name the differences in extra_holidays and removed_holidays."
        )
    if isinstance(settings.mail, FolderMail):
        found.append(f"Mail is written to the folder {settings.mail.folder} and sent to nobody.")
    return tuple(found)
