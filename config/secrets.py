"""Secrets: the configuration says where each one is kept, never what it is.

A secret X is written as exactly one of

    X_env = "NAME"          an environment variable
    X_file = "path"         a file that only its owner may read, relative to the configuration file
    X_credential = "name"   a systemd credential (LoadCredential=), a file in $CREDENTIALS_DIRECTORY
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from config.problems import Problem, could_be_secret, path_in_words, printable
from config.schema import SECRET_WAYS, Table, how_to_write, secret_fields
from config.settings import Settings
from config.toml_file import TomlFile, read_bounded

LARGEST_SECRET = 64 << 10  # bytes
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")
_CREDENTIAL = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,255}")
_FAILED = SecretStr("?")


def _named(text: str) -> str:
    """A name from the file, for a problem; left out where someone may have pasted the secret itself."""
    return " (its name is not shown: it could be the secret)" if could_be_secret(text) else f' "{printable(text)}"'


def _from_env(name: str, folder: Path, environ: Mapping[str, str]) -> str:
    shown = f" {name}" if _VARIABLE.fullmatch(name) and not could_be_secret(name) else ""
    why = "" if shown else " (its name is shown only in capitals: it could be the secret)"
    if name not in environ:
        raise ValueError(f"the environment variable{shown} is not set{why}")
    if not environ[name].strip():
        raise ValueError(f"the environment variable{shown} is empty{why}")
    return environ[name]


def _from_file(name: str, folder: Path, environ: Mapping[str, str]) -> str:
    path, what = folder / name, f"the file{_named(name)}"
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return _content(path, what)  # meets the same trouble and words it
    if stat.S_ISREG(mode) and os.name == "posix" and mode & (stat.S_IRGRP | stat.S_IROTH):
        raise ValueError(f"{what} can be read by others. Take that away: chmod 600")
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise ValueError(f"{what} is a device or a pipe, not a plain file")
    return _content(path, what)


def _from_credential(name: str, folder: Path, environ: Mapping[str, str]) -> str:
    if not _CREDENTIAL.fullmatch(name):
        raise ValueError("a credential's name is letters, digits, dots, hyphens and underscores, without a folder")
    if not (place := environ.get("CREDENTIALS_DIRECTORY")):
        raise ValueError("CREDENTIALS_DIRECTORY is not set; systemd sets it for a service with LoadCredential=")
    return _content(Path(place) / name, f"the credential{_named(name)}")


def _content(path: Path, what: str) -> str:
    """The whole file without the newline at its end. Raises ValueError, in words that hold nothing of it."""
    try:
        raw = read_bounded(path, LARGEST_SECRET)
    except OSError as wrong:
        raise ValueError(f"{what} cannot be read: {wrong.strerror or wrong}") from None
    try:
        text = raw.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError(f"{what} is not UTF-8 text") from None
    if not text.strip():
        raise ValueError(f"{what} is empty")
    return text


_READERS = dict(zip(SECRET_WAYS, (_from_env, _from_file, _from_credential), strict=True))


def _fill_in(table: Table, field: str, folder: Path, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Replace the keys of one secret by the secret. Returns the key at fault and what is wrong with it."""
    content = table.content
    given = {way: content.pop(f"{field}_{way}") for way in SECRET_WAYS if f"{field}_{way}" in content}
    if not given and field not in content:
        return None
    inline = field in content
    content[field] = _FAILED
    if inline:
        return field, f"a secret is never written in this file. {how_to_write(field)}"
    (way, name), *more = given.items()
    key = f"{field}_{way}"
    if more:
        others = " and ".join(f"{field}_{other}" for other, _ in more)
        return key, f"only one of these may be given, and there is also {others}"
    if not isinstance(name, str) or not name.strip():
        return key, "must be a name in quotes: where the secret is kept"
    try:
        content[field] = SecretStr(_READERS[way](name, folder, environ))
    except ValueError as wrong:
        return key, str(wrong)
    return None


def fill_in_secrets(
    known: Iterable[Table], file: TomlFile, folder: Path, environ: Mapping[str, str]
) -> tuple[frozenset[str], list[Problem]]:
    """Put every secret into its table, in place of the keys that say where it is kept.

    Returns the secrets, and what went wrong. One that could not be had is stood in for, so that it is complained
    about once.
    """
    secrets, problems = set(), []
    for table in known:
        for field in sorted(secret_fields(table.model)):
            if trouble := _fill_in(table, field, folder, environ):
                path = (*table.path, trouble[0])
                problems.append(file.problem(path, f"{path_in_words(path)}: {trouble[1]}"))
            elif field in table.content:
                secrets.add(table.content[field].get_secret_value())
    return frozenset(secrets), problems


def _secrets_in(value: Any) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets_in(getattr(value, name))
    elif isinstance(value, dict | tuple | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _secrets_in(part)


def all_secrets(settings: Settings) -> frozenset[str]:
    """Every secret there is in the settings, so that logs can be kept clean of them."""
    return frozenset(_secrets_in(settings))
