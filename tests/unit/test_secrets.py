"""A secret is fetched from where the configuration says it is kept, and is never told to anyone."""

import os
from typing import Annotated, Literal

import pytest
from configuration_file import GOOD, TOKEN, changed, load, told
from pydantic import BaseModel, Field, SecretStr

from config.schema import tables
from config.secrets import all_secrets, fill_in_secrets
from config.toml_file import read_toml

posix = pytest.mark.skipif(os.name != "posix", reason="file permissions mean something else here")


def kept(*lines):
    """The good file with the token kept in another way."""
    return changed('access_token_env = "FB_TOKEN"', "\n".join(lines))


def token(folder, text, environ):
    return load(folder, text, environ).accounts[0].access_token.get_secret_value()


def keep(folder, content, name="token", mode=0o600):
    file = folder / name
    file.write_bytes(content)
    file.chmod(mode)
    return file


def test_a_secret_comes_from_an_environment_variable(tmp_path):
    assert token(tmp_path, kept('access_token_env = "ANY_NAME"'), {"ANY_NAME": TOKEN}) == TOKEN


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_a_secret_comes_from_a_file_beside_the_configuration_without_its_last_newline(tmp_path, ending):
    keep(tmp_path, f" two words{ending}".encode())
    assert token(tmp_path, kept('access_token_file = "token"'), {}) == " two words"


def test_a_secret_file_may_lie_anywhere(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = keep(elsewhere, TOKEN.encode())
    assert token(tmp_path, kept(f"access_token_file = '{file}'"), {}) == TOKEN


def test_a_secret_comes_from_a_systemd_credential(tmp_path):
    keep(tmp_path, TOKEN.encode(), "page.token", mode=0o440)
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert token(tmp_path, kept('access_token_credential = "page.token"'), environ) == TOKEN


LINE = "school-monitor.toml line 19: accounts[0]."


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [f'access_token = "{TOKEN}"'],
            'access_token: a secret is never written in this file. Write access_token_env = "NAME", '
            'access_token_file = "path" or access_token_credential = "name"',
        ),
        (
            [f'access_token = "{TOKEN}"', 'access_token_env = "FB_TOKEN"'],
            "access_token: a secret is never written in this file",
        ),
        (
            ['access_token_env = "FB_TOKEN"', 'access_token_file = "token"'],
            "access_token_env: only one of these may be given, and there is also access_token_file",
        ),
        (['access_token_env = "UNSET"'], "access_token_env: the environment variable UNSET is not set"),
        (['access_token_env = "EMPTY"'], "access_token_env: the environment variable EMPTY is empty"),
        (["access_token_env = ''"], "access_token_env: must be a name in quotes"),
        (["access_token_env = 3"], "access_token_env: must be a name in quotes"),
        (['access_token_file = "none"'], 'access_token_file: the file "none" cannot be read: there is no such file'),
        (['access_token_file = "."'], 'access_token_file: the file "." cannot be read: it is a folder, not a file'),
        (['access_token_file = "\\u0000"'], "no file can have this name"),
        (['access_token_file = "blank"'], 'access_token_file: the file "blank" is empty'),
        (['access_token_file = "large"'], 'access_token_file: the file "large" cannot be read: it is larger than 64'),
        (['access_token_file = "binary"'], 'access_token_file: the file "binary" is not UTF-8 text'),
        (['access_token_credential = "x"'], "access_token_credential: CREDENTIALS_DIRECTORY is not set"),
        (['access_token_credential = "../x"'], "access_token_credential: a credential's name is letters"),
        (['access_token_crediential = "x"'], 'Did you mean "access_token_credential"?'),
        (
            [],
            'access_token is missing; it belongs in [[accounts]]. Write access_token_env = "NAME"',
        ),
    ],
)  # fmt: skip
def test_a_secret_that_cannot_be_had_is_one_clear_problem_without_it(tmp_path, lines, expected):
    keep(tmp_path, b"\n")
    keep(tmp_path, b" \n", "blank")
    keep(tmp_path, b"s" * (64 * 1024 + 1), "large")
    keep(tmp_path, b"\xff\xfe", "binary")
    problems = told(tmp_path, kept(*lines), {"FB_TOKEN": TOKEN, "EMPTY": ""})
    assert len(problems) == 1
    assert expected in problems[0]
    assert not lines or problems[0].startswith(LINE)
    assert TOKEN not in problems[0]


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_secret_file_that_others_can_read_is_refused(tmp_path, mode):
    keep(tmp_path, TOKEN.encode(), mode=mode)
    problems = told(tmp_path, kept('access_token_file = "token"'), {})
    assert problems == [LINE + 'access_token_file: the file "token" can be read by others. Take that away: chmod 600']


@posix
def test_a_pipe_in_place_of_a_secret_file_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "token", 0o600)
    assert "is a device or a pipe" in told(tmp_path, kept('access_token_file = "token"'), {})[0]


def test_a_secret_used_in_a_second_place_is_not_printed_from_there(tmp_path):
    text = changed('page_id = "1001"', 'page_id = "geheim"')
    assert "geheim" not in "".join(told(tmp_path, text, {"FB_TOKEN": "geheim"}))


def test_every_secret_of_the_settings_can_be_collected_for_redaction(tmp_path):
    text = changed(
        'transport = "folder"',
        'transport = "smtp"\nhost = "mail.example"\nuser = "u"\npassword_env = "MAIL"',
    ).replace("[[accounts]]", '[[accounts]]\napp_secret_env = "APP"')
    loaded = load(tmp_path, text, {"FB_TOKEN": TOKEN, "MAIL": "m-secret", "APP": "a-secret"})
    assert all_secrets(loaded) == {TOKEN, "m-secret", "a-secret"}


def test_settings_do_not_show_their_secrets_when_printed(tmp_path):
    loaded = load(tmp_path, GOOD)
    assert TOKEN not in f"{loaded!r}{loaded}{loaded.model_dump_json()}"


class Pigeon(BaseModel):
    network: Literal["pigeon"]
    seed: SecretStr


class Owl(BaseModel):
    network: Literal["owl"]
    mice: SecretStr | None = None


class Aviary(BaseModel):
    birds: tuple[Annotated[Pigeon | Owl, Field(discriminator="network")], ...]


def test_a_new_connectors_secrets_are_found_from_its_model_alone(tmp_path):
    path = tmp_path / "birds.toml"
    path.write_text('[[birds]]\nnetwork = "owl"\nmice_env = "M"\n[[birds]]\nnetwork = "pigeon"\nseed_env = "S"\n')
    file = read_toml(path, path.name, "")
    secrets, problems = fill_in_secrets(tables(Aviary, file.content), file, tmp_path, {"M": "grey", "S": "corn"})
    aviary = Aviary.model_validate(file.content)
    assert problems == []
    assert secrets == {"grey", "corn"}
    assert [aviary.birds[0].mice, aviary.birds[1].seed] == [SecretStr("grey"), SecretStr("corn")]
