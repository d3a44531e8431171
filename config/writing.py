"""Writing a first configuration: what was answered, as a TOML file that `config/loading.py` reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_REGISTER = """\
# The register of accounts: fill in what follows and take out the "# ". docs/register.md explains every key, and
# `school-monitor accounts` says what is missing."""


@dataclass
class FirstAnswers:
    """What a school said of itself. `secrets` are never here: the file names where they are kept."""

    school: dict[str, str] = field(default_factory=dict)
    mail: dict[str, str | int] = field(default_factory=dict)
    people: list[dict[str, str | list[str]]] = field(default_factory=list)
    accounts: list[dict[str, str]] = field(default_factory=list)


def write_first(answers: FirstAnswers) -> str:
    """The whole file. Values are written as JSON writes them, which TOML reads alike."""
    parts = [
        "# Written by `school-monitor init`. config/example.toml shows every other setting and its default.",
        _table("[school]", answers.school),
        _table("[mail]", answers.mail),
        *(_table("[[people]]", person) for person in answers.people),
        *(_table("[[accounts]]", account) for account in answers.accounts),
        _REGISTER,
        *(_unfilled(account["key"]) for account in answers.accounts),
    ]
    return "\n\n".join(parts) + "\n"


def _unfilled(account: str) -> str:
    """An entry of the register for the school to fill in."""
    keys = {"account": account, "aim": "", "audience": "", "promotion": "", "administrators": [], "token_owner": ""}
    return "\n".join(f"# {line}" for line in _table("[[registered]]", keys).splitlines())


def _table(header: str, values: Mapping[str, str | int | Sequence[str]]) -> str:
    return "\n".join([header, *(f"{key} = {_value(value)}" for key, value in values.items())])


def _value(value: str | int | Sequence[str]) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
