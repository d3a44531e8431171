"""What the models say about a TOML file: which one describes which table, and which fields hold secrets.

Everything is read off the pydantic models, so a new connector's account needs no code here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr

from config.problems import KeyPath, did_you_mean

SECRET_WAYS = ("env", "file", "credential")
"""A secret X is written as X_env, X_file or X_credential: where to find it, never the value."""


@dataclass(frozen=True)
class Table:
    """A table of a file with the model that describes it.

    `tag` is the key that chooses among several models ("network"), None where there is only one; `choices` are
    the values it may have. `meant` is the value that a misspelt one looks like; the model is then the one it
    would choose.
    """

    path: KeyPath
    model: type[BaseModel]
    content: dict[str, Any]
    tag: str | None = None
    choices: tuple[str, ...] = ()
    meant: str | None = None


def _parts(annotation: Any) -> Iterator[Any]:
    """Every type inside an annotation: through Annotated, unions and tuples, not into the models themselves."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def models_in(annotation: Any) -> tuple[type[BaseModel], ...]:
    """The models an annotation allows, in order."""
    return tuple(part for part in _parts(annotation) if isinstance(part, type) and issubclass(part, BaseModel))


def is_list(annotation: Any) -> bool:
    """Whether the file holds a list there, so that its tables begin with double brackets."""
    return any(get_origin(part) is tuple for part in _parts(annotation))


def secret_fields(model: type[BaseModel]) -> frozenset[str]:
    """Names of the fields that hold a secret."""
    return frozenset(name for name, f in model.model_fields.items() if SecretStr in _parts(f.annotation))


def how_to_write(secret: str) -> str:
    """The ways to write a secret, for the end of a problem."""
    return f'Write {secret}_env = "NAME", {secret}_file = "path" or {secret}_credential = "name"'


def optional_choices(model: type[BaseModel]) -> frozenset[str]:
    """Fields that are one of some words or nothing. TOML has no null: the file says "none"."""
    fields = ((name, tuple(_parts(field.annotation))) for name, field in model.model_fields.items())
    return frozenset(
        name for name, parts in fields if NoneType in parts and any(get_origin(p) is Literal for p in parts)
    )


def file_keys(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys a file may write in a table of this model."""
    secrets = secret_fields(model)
    return tuple(
        key
        for name in model.model_fields
        for key in ([f"{name}_{way}" for way in SECRET_WAYS] if name in secrets else [name])
    )


def _tag_value(model: type[BaseModel], key: str) -> str | None:
    field = model.model_fields.get(key)
    values = get_args(field.annotation) if field and get_origin(field.annotation) is Literal else ()
    return values[0] if len(values) == 1 else None


def by_tag(annotation: Any) -> tuple[str, dict[str, type[BaseModel]]]:
    """The key that tells an annotation's models apart, and which value of it means which model."""
    models = models_in(annotation)
    for key in models[0].model_fields:
        values = {_tag_value(model, key): model for model in models}
        if None not in values and len(values) == len(models):
            return key, {value: model for value, model in values.items() if value}
    raise TypeError(f"nothing tells {', '.join(model.__name__ for model in models)} apart")


def _table(annotation: Any, content: dict[str, Any], path: KeyPath) -> Table | None:
    models = models_in(annotation)
    if len(models) < 2:
        return Table(path, models[0], content) if models else None
    key, choices = by_tag(annotation)
    value = content.get(key)
    if not isinstance(value, str):
        return None
    meant = None if value in choices else did_you_mean(value, choices)
    model = choices.get(meant or value)
    return Table(path, model, content, key, tuple(choices), meant) if model else None


def tables(annotation: Any, content: Any, path: KeyPath = ()) -> Iterator[Table]:
    """Every table in `content` that the schema knows, outermost first."""
    if isinstance(content, list):
        for position, item in enumerate(content):
            if isinstance(item, dict):
                yield from tables(annotation, item, (*path, position))
    elif isinstance(content, dict) and get_origin(annotation) is dict:
        for key, value in content.items():
            yield from tables(get_args(annotation)[1], value, (*path, key))
    elif isinstance(content, dict) and (table := _table(annotation, content, path)):
        yield table
        for name, field in table.model.model_fields.items():
            if name in content:
                yield from tables(field.annotation, content[name], (*path, name))


def header(root: type[BaseModel], path: KeyPath) -> str:
    """How the table at this path begins in the file: [school], [[accounts]], [categories.abuse]."""
    names = ".".join(str(part) for part in path if isinstance(part, str))
    field = root.model_fields.get(str(path[0])) if path else None
    return f"[[{names}]]" if field and is_list(field.annotation) else f"[{names}]"


def homes(root: type[BaseModel], path: KeyPath, model: type[BaseModel]) -> tuple[str, ...]:
    """Where a key that is wrong in a table of this `model` would be right, in words: in a table of the file, or in
    one inside the table where it stands. `path` ends in the key."""
    *_, key = path
    inside = [(*path[:-1], name) for name in _with_tables_that_know(model, str(key))] if path[:-1] else []
    of_the_file = [(name,) for name in _with_tables_that_know(root, str(key))]
    return tuple(dict.fromkeys(header(root, place) for place in (*inside, *of_the_file)))


def _with_tables_that_know(model: type[BaseModel], key: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if any(key in file_keys(each) for each in models_in(field.annotation)):
            yield name
