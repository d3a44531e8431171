"""The example configuration loads as it is, shows every key there is, and invents none."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from pydantic import TypeAdapter

import config
from config.loading import load_settings, warnings
from config.schema import SECRET_WAYS, file_keys, models_in, secret_fields, tables
from config.settings import ConfigurationFile

EXAMPLE = Path(config.__file__).parent / "example.toml"
TEXT = EXAMPLE.read_text("utf-8")
HEADER = re.compile(r"(?:# )?(\[+[a-z]+\]+)\s*(?:#.*)?")
KEY = re.compile(r"(# )?([a-z_]+) = (.+)")


def blocks():
    """The tables of the example, each with its commented lines made live: (model, {key: (live, value, line)})."""
    found = []
    for line in TEXT.splitlines():
        if header := HEADER.fullmatch(line):
            found.append((header[1], {}))
        elif found and (key := KEY.fullmatch(line)):
            found[-1][1][key[2]] = (not key[1], tomllib.loads(f"value = {key[3]}")["value"], line)
    for header, keys in found:
        values = {key: value for key, (_, value, _) in keys.items()}
        name = header.strip("[]")
        content = {name: [values] if header.startswith("[[") else values}
        _, table, *_ = tables(ConfigurationFile, content)
        yield table.model, keys


BLOCKS = list(blocks())


@pytest.fixture
def example():
    environ = {name: f"value of {name}" for name in re.findall(r'_env = "(SCHOOL_[A-Z_]+)"', TEXT)}
    return load_settings(EXAMPLE, environ)


def test_it_loads_as_it_is_with_the_environment_variables_it_names(example):
    assert [account.network for account in example.accounts] == ["facebook_page", "x", "reddit"]
    assert example.mail.transport == "smtp"


def test_it_gives_no_cause_for_a_warning(example):
    assert warnings(example, date(2026, 11, 21)) == ()


def test_it_needs_every_variable_it_names():
    with pytest.raises(Exception, match="SCHOOL_MONITOR_REDDIT_REFRESH_TOKEN is not set") as wrong:
        load_settings(EXAMPLE, {})
    assert len(wrong.value.problems) == len(re.findall(r"(?m)^\w+_env = ", TEXT))


def test_it_has_every_table_of_the_schema():
    expected = {model for field in ConfigurationFile.model_fields.values() for model in models_in(field.annotation)}
    assert {model for model, _ in BLOCKS} == expected


@pytest.mark.parametrize("model", {model: None for model, _ in BLOCKS}, ids=lambda model: model.__name__)
def test_every_key_of_a_table_is_shown_and_none_that_does_not_exist(model):
    shown = [set(keys) for each, keys in BLOCKS if each is model]
    assert set().union(*shown) == set(file_keys(model)), (
        "the first of several may show what is left out of the others"
    )


@pytest.mark.parametrize(("model", "keys"), BLOCKS, ids=lambda part: getattr(part, "__name__", ""))
def test_a_commented_key_shows_its_default_unless_it_says_it_is_an_example(model, keys):
    secrets = {f"{name}_{way}" for name in secret_fields(model) for way in SECRET_WAYS}
    for key, (live, value, line) in keys.items():
        if live or "# example" in line or key in secrets or key == "transport":
            continue
        field = model.model_fields[key]
        assert TypeAdapter(field.rebuild_annotation()).validate_python(value) == field.default, line


@pytest.mark.parametrize(("model", "keys"), BLOCKS, ids=lambda part: getattr(part, "__name__", ""))
def test_every_optional_number_says_its_unit_or_range(model, keys):
    for key, (_, value, line) in keys.items():
        if isinstance(value, int) and not isinstance(value, bool) and key != "port":
            assert re.search(r"# .*(hours|minutes|seconds|days|megabytes|requests|\d to \d+)", line), line
