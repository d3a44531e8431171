"""Hold a TOML file against its model, and say in plain words what does not fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from config.problems import KeyPath, Problem, did_you_mean, found, path_in_words
from config.schema import (
    Table,
    file_keys,
    header,
    homes,
    how_to_write,
    models_in,
    optional_choices,
    secret_fields,
)
from config.toml_file import TomlFile

Model = TypeVar("Model", bound=BaseModel)

_UNITS = {"hours": "hours", "minutes": "minutes", "seconds": "seconds", "days": "days", "mb": "megabytes"}

_EXPECTED = {
    "string_type": "must be text in quotes",
    "path_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number{of_unit}",
    "float_type": "must be a number{of_unit}",
    "finite_number": "must be a number{of_unit}",
    "greater_than": "must be more than {gt:g}{unit}",
    "greater_than_equal": "must be at least {ge:g}{unit}",
    "less_than": "must be less than {lt:g}{unit}",
    "less_than_equal": "must be at most {le:g}{unit}",
    "tuple_type": "must be a list in square brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} characters long",
    "too_short": "needs at least {min_length}",
    "too_long": "has room for {max_length} only",
}

PATTERNS = {
    r"^[a-z][a-z_]{1,30}$": "must be 2 to 31 small letters and underscores",
    r"^[0-9A-Za-z.]{1,10}$": "must be a number such as 4 or 4.2",
    r"^[a-z0-9][a-z0-9-]{0,39}$": "must be a short name of small letters, digits and hyphens, at most 40",
    r"^[a-z0-9][a-z0-9-]{0,62}$": "must be a short name of small letters, digits and hyphens, at most 63",
    r"^([a-z0-9][a-z0-9-]{0,39})?$": "must be the short name of an installed second opinion, or empty",
    r"^[a-z]{2,3}$": 'must be the code of a language, two or three small letters such as "cy"',
    r"^[0-9A-Za-z][0-9A-Za-z.-]{0,199}$": "must be the id or the domain of a tenant, as Microsoft Entra shows it",
    r"^[0-9A-Za-z][0-9A-Za-z._-]{0,199}$": "must be the id of the application, as it was registered",
    r"^[0-9]+$": "must be the number the network gave it, digits only, in quotes",
}
"""What each pattern of the schema asks for, in words."""


def _units(path: KeyPath) -> dict[str, str]:
    """The unit a key has in its name (poll_minutes counts minutes), as the sentences of `_EXPECTED` want it."""
    unit = _UNITS.get(str(path[-1]).rpartition("_")[2]) if path else None
    return {"unit": f" ({unit})", "of_unit": f" of {unit}"} if unit else {"unit": "", "of_unit": ""}


class _Wording:
    """Turns pydantic's errors about one file into problems for people."""

    def __init__(
        self, root: type[BaseModel], file: TomlFile, known: Iterable[Table], secrets: Collection[str]
    ) -> None:
        self.root = root
        self.file = file
        self.tables = {table.path: table for table in known}
        self.secrets = secrets
        self.meant: set[KeyPath] = set()

    def problems(self, errors: Iterable[Mapping[str, Any]]) -> list[Problem]:
        """One problem for each error; a key that is missing because it is misspelt is not reported twice."""
        placed = [(self.path(error["loc"]), error) for error in errors]
        placed.sort(key=lambda item: item[1]["type"] != "extra_forbidden")
        texts = [(path, self.sentence(path, error)) for path, error in placed]
        return [self.file.problem(path, text) for path, text in texts if text]

    def path(self, loc: Iterable[str | int]) -> KeyPath:
        """Where the error is in the file. Pydantic puts the chosen tag of a union after the table's own path."""
        path: KeyPath = ()
        at_tag = False
        for step in loc:
            if not at_tag:
                path = (*path, step)
            table = self.tables.get(path)
            at_tag = not at_tag and table is not None and table.tag is not None
        return path

    def sentence(self, path: KeyPath, error: Mapping[str, Any]) -> str:
        """What is wrong, where, and what would be right. Empty: nothing that is not said elsewhere."""
        value, ctx = error["input"], error.get("ctx", {})
        match error["type"]:
            case "extra_forbidden":
                return self.unknown(path)
            case "missing":
                return self.missing(path)
            case "union_tag_invalid" | "union_tag_not_found":
                return self.tag(path, ctx, value)
            case "literal_error":
                return self.choice(path, ctx["expected"], value)
            case "value_error":
                shown = found(value, self.secrets) if isinstance(value, str | int | float) else ""
                return f"{path_in_words(path)}: {ctx['error']}{shown}"
            case "too_short" if len(value) >= ctx["min_length"]:
                return ""  # it only seems empty because its entries are wrong, and that is said of each
            case "string_pattern_mismatch":
                expected = PATTERNS[ctx["pattern"]]
            case kind if kind in _EXPECTED:
                expected = _EXPECTED[kind].format(**ctx, **_units(path))
            case _:
                expected = f"is not right: {error['msg']}"
        return f"{path_in_words(path)} {expected}{found(value, self.secrets)}"

    def unknown(self, path: KeyPath) -> str:
        *_, key = path
        table = self.tables[path[:-1]]
        secrets, keys = secret_fields(table.model), file_keys(table.model)
        where = f' where {table.tag} = "{table.content[table.tag]}"' if table.tag else ""
        text = f"{path_in_words(path)} is not a setting{where}."
        here = header(self.root, path[:-1])
        if others := [home for home in homes(self.root, path, table.model) if home != here]:
            return f"{text} It belongs in {' or '.join(others)}"
        is_of_the_top = bool(path[:-1]) and key in self.root.model_fields
        if near := did_you_mean(str(key), (*keys, *secrets), likeness=0.85 if is_of_the_top else 0.6):
            of_secret = near.rpartition("_")[0]
            self.meant.add((*path[:-1], of_secret if of_secret in secrets else near))
            return f'{text} Did you mean "{f"{near}_env" if near in secrets else near}"?'
        if is_of_the_top:
            return f"{text} It belongs at the top of the file, before the first table"
        return f"{text} Known here: {', '.join(keys)}"

    def missing(self, path: KeyPath) -> str:
        *_, key = path
        if path in self.meant:
            return ""
        if isinstance(key, int):
            return f"{path_in_words(path[:-1])} has too few entries"
        table = self.tables[path[:-1]]
        field = table.model.model_fields[key]
        if not path[:-1]:
            begins = header(self.root, path) if models_in(field.annotation) else ""
            return f"{begins} is missing" if begins else f"{key} is missing; it belongs at the top of the file"
        how = f". {how_to_write(key)}" if key in secret_fields(table.model) else ""
        return f"{path_in_words(path)} is missing; it belongs in {header(self.root, path[:-1])}{how}"

    def tag(self, path: KeyPath, ctx: Mapping[str, Any], value: Any) -> str:
        key = ctx["discriminator"].strip("'")
        path = (*path, key)
        if isinstance(value, dict) and key in value:
            return self.choice(path, ctx["expected_tags"], value[key])
        return f"{path_in_words(path)} is missing; it belongs in {header(self.root, path[:-1])}"

    def choice(self, path: KeyPath, words: str, value: Any) -> str:
        allowed = re.findall(r"'([^']*)'", words)
        table = self.tables.get(path[:-1])
        if table and path[-1] in optional_choices(table.model):
            allowed.append("none")
        return one_of(path, allowed, value, self.secrets)


def one_of(path: KeyPath, allowed: Collection[str], value: Any, secrets: Collection[str] = ()) -> str:
    """The sentence for a word that is none of those allowed."""
    near = did_you_mean(value, allowed) if isinstance(value, str) else None
    hint = f'. Did you mean "{near}"?' if near else ""
    return f"{path_in_words(path)} must be one of {', '.join(allowed)}{found(value, secrets)}{hint}"


def _settle_tags(file: TomlFile, known: Iterable[Table], secrets: Collection[str]) -> list[Problem]:
    """Complain of each misspelt tag, then put the likely one in its place, so that the rest of the table is held
    against a model too and every problem is found at once."""
    problems = []
    for table in known:
        if table.tag and table.meant:
            path = (*table.path, table.tag)
            text = one_of(path, table.choices, table.content[table.tag], secrets)
            problems.append(file.problem(path, text))
            table.content[table.tag] = table.meant
    return problems


def fit(
    model: type[Model], file: TomlFile, known: Collection[Table], secrets: Collection[str] = ()
) -> tuple[Model | None, list[Problem]]:
    """The file as its model, or None and everything that does not fit. `secrets` are kept out of the problems.

    `known` are the file's tables by `config.schema.tables`. Their contents are changed in place where TOML lacks
    a way to say it.
    """
    for table in known:
        for name in optional_choices(table.model):
            if table.content.get(name) == "none":
                table.content[name] = None
    problems = _settle_tags(file, known, secrets)
    try:
        fitted = model.model_validate(file.content)
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False)
        return None, problems + _Wording(model, file, known, secrets).problems(errors)
    return (None if problems else fitted), problems
