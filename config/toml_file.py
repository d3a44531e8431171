"""A TOML file as it came from disk: bounded, decoded, parsed, and able to say on which line a key stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from config.problems import ConfigurationProblems, KeyPath, Problem
from config.toml_lines import key_lines

LARGEST_FILE = 1 << 20  # bytes
_PLACE = re.compile(r"(?P<why>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)", re.DOTALL)

_IN_OUR_WORDS = {
    "Cannot overwrite": "a key or a table is written a second time",
    "Cannot declare": "a table is written a second time",
    "Duplicate inline": "a key is written a second time",
    "Unescaped": r"a backslash in a text; write a Windows path with / or in single quotes, 'C:\like this'",
    "Exceeds the limit": "a number is far too long",
}
"""Where the parser's own reason leaves people guessing: how it begins, and what we say instead."""


@dataclass(frozen=True)
class TomlFile:
    """`name` is what people call the file; `content` its tables; `text` what it says word for word."""

    name: str
    text: str
    content: dict[str, Any]

    @cached_property
    def _lines(self) -> Mapping[KeyPath, int]:
        return key_lines(self.text)

    def line(self, path: KeyPath) -> int | None:
        """Line of the key at `path`, or of the nearest table around it; None when nothing of it is in the file."""
        for length in range(len(path), 0, -1):
            if line := self._lines.get(path[:length]):
                return line
        return None

    def problem(self, path: KeyPath, text: str) -> Problem:
        """A problem with whatever stands at `path`."""
        return Problem(self.name, self.line(path), text)


def read_bounded(path: Path, largest: int) -> bytes:
    """The whole file. Raises OSError, with a reason for people, unless it is readable and at most `largest`."""
    try:
        if path.is_dir():
            raise OSError("it is a folder, not a file")
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except FileNotFoundError:
        raise OSError("there is no such file") from None
    except PermissionError:
        raise OSError("this user may not read it") from None
    except ValueError:
        raise OSError("no file can have this name") from None
    if len(content) > largest:
        raise OSError(f"it is larger than {largest // 1024} KB")
    return content


def _parse(text: str) -> tuple[dict[str, Any], int | None, str]:
    """The tables; or, where it is not TOML, the line and the parser's reason. The line itself is never quoted:
    it may hold a secret."""
    try:
        return tomllib.loads(text), None, ""
    except RecursionError:
        return {}, None, "not readable as TOML: brackets are nested too deeply"
    except ValueError as wrong:
        place = _PLACE.fullmatch(str(wrong))
        why = place["why"] if place else str(wrong)
        line = int(place["line"]) if place and place["line"] else text.count("\n") + 1 if place else None
        why = next((ours for theirs, ours in _IN_OUR_WORDS.items() if why.startswith(theirs)), why)
        return {}, line, f"not readable as TOML: {why}"


def read_toml(path: Path, name: str, hint: str) -> TomlFile:
    """Read a TOML file. `hint` says what to do when it cannot be read at all.

    Raises ConfigurationProblems with one problem.
    """
    try:
        text = read_bounded(path, LARGEST_FILE).decode("utf-8-sig")
        trouble = ""
    except OSError as wrong:
        text, trouble = "", f"cannot be read: {wrong.strerror or wrong} ({path}). {hint}"
    except UnicodeDecodeError as wrong:
        text, trouble = "", f"is not UTF-8 text (byte {wrong.start + 1}). Save it again as UTF-8"
    if trouble:
        raise ConfigurationProblems([Problem(name, None, trouble)])
    content, line, reason = _parse(text)
    if reason:
        raise ConfigurationProblems([Problem(name, line, reason)])
    return TomlFile(name, text, content)
