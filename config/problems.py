"""What is wrong with a configuration: every problem at once, each with its file, line and a hint."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

KeyPath = tuple[str | int, ...]
"""Where something stands in a file: keys, and positions in lists counted from 0: ("accounts", 0, "label")."""

SHOWN_CHARACTERS = 60
_TOKEN = re.compile(r"[\w=%-]{16,}", re.ASCII)
_PLAIN_NAME = re.compile(r"[A-Z0-9]+(_[A-Z0-9]+)+|[a-z0-9]+(_[a-z0-9]+)+")
_PASSWORD_IN_ADDRESS = re.compile(r":[^@]*@")


@dataclass(frozen=True)
class Problem:
    """One thing to put right. `line` counts from 1; None: nothing in the file to point at."""

    file: str
    line: int | None
    text: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class ConfigurationProblems(Exception):
    """The configuration cannot be used. Printed, it is one line for each problem. It never holds a secret."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def did_you_mean(wrong: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known word that looks most like the wrong one, None when nothing is so like it. 1: the same word."""
    return next(iter(get_close_matches(wrong, list(known), n=1, cutoff=likeness)), None)


def could_be_secret(text: str) -> bool:
    """Whether text holds something shaped like a token, or is an address with a password: pasted into the wrong
    place, it must not be printed back. Words such as FACEBOOK_TOKEN_2 are names."""
    tokens = (run for run in _TOKEN.findall(text) if re.search(r"\d", run) and re.search(r"[A-Za-z]", run))
    return bool(_PASSWORD_IN_ADDRESS.search(text)) or not all(map(_PLAIN_NAME.fullmatch, tokens))


def printable(text: str) -> str:
    """Text safe to print on a terminal: control and formatting characters as escapes, cut to a short length."""
    cut = text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)


def path_in_words(path: KeyPath) -> str:
    """A path as people write it: accounts[0].label. A key that could be a secret is left out."""
    names = (part if isinstance(part, int) else "…" if could_be_secret(part) else printable(part) for part in path)
    return "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in names).removeprefix(".")


def found(value: Any, secrets: Collection[str] = ()) -> str:
    """What stood in the file, in brackets for the end of a sentence; left out where it could give a secret away."""
    if isinstance(value, bool):
        return f" (found {str(value).lower()})"
    if isinstance(value, dict):
        return " (found a table)"
    if isinstance(value, list | tuple):
        return " (found a list)" if value else " (found an empty list)"
    if not isinstance(value, str):
        return f" (found {printable(str(value))})"
    if could_be_secret(value) or any(secret in value for secret in secrets):
        return " (what was found is not shown: it could be a secret)"
    return f' (found "{printable(value)}")'
