"""`check --policy` and `check --compare` on the command line: with a configuration, with none, with a wrong name."""

import pytest

from config.packs import POLICIES
from monitor.__main__ import main

CONFIGURATION = """
[school]
name = "Oakfield Primary School"
key = "oakfield"
policy = "own.toml"
last_resort = "chair@governors.example"
[mail]
transport = "folder"
sender = "monitor@oakfield.example"
[[people]]
name = "Jo"
email = "jo@oakfield.example"
roles = ["moderator", "head"]
[[accounts]]
network = "feed"
key = "blog"
label = "Blog"
feed_url = "https://oakfield.example/comments.xml"
[response]
hours = 12
"""


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Runs `check` with these words in an empty folder: status, what it printed, what it complained of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCHOOL_MONITOR_CONFIG", raising=False)

    def run(*words):
        status = main(["check", *words])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_a_pack_that_is_named_is_explained_without_any_configuration(check):
    status, out, err = check("--policy", "carey")
    assert (status, err) == (0, "")
    assert out.startswith("The Carey Federation: the policy as this program applies it\n")


def test_the_schools_own_pack_is_explained_with_its_changes_to_the_clock(check, tmp_path):
    own = (POLICIES / "default.toml").read_text("utf-8").replace("Default 24-hour rule", "Oakfield's own")
    tmp_path.joinpath("own.toml").write_text(own, "utf-8")
    tmp_path.joinpath("school-monitor.toml").write_text(CONFIGURATION, "utf-8")
    status, out, _ = check("--policy")
    assert status == 0
    assert out.startswith("Oakfield's own: the policy")
    assert "A comment is due 12 hours after it was posted" in out


def test_a_file_of_ones_own_can_be_compared_with_a_pack_that_came_along(check, tmp_path):
    own = (POLICIES / "default.toml").read_text("utf-8").replace("Default 24-hour rule", "Oakfield's own")
    tmp_path.joinpath("own.toml").write_text(own.replace("hours = 24", "hours = 48"), "utf-8")
    status, out, _ = check("--compare", "own.toml", "default")
    assert status == 0
    assert "Oakfield's own: A comment is due 48 hours after it was posted" in out
    assert "WHO IS TOLD" not in out


def test_a_name_that_is_none_is_told_with_what_was_meant(check):
    status, out, err = check("--compare", "default", "heathcote")
    assert (status, out) == (2, "")
    assert "--compare: a policy must be one of carey, default" in err
    assert 'Did you mean "heathcoat"?' in err


def test_a_file_with_mistakes_is_told_with_its_lines(check, tmp_path):
    tmp_path.joinpath("own.toml").write_text('id = "own"\nname = 1\n', "utf-8")
    status, _, err = check("--policy", "own.toml")
    assert status == 2
    assert "own.toml line 2: name must be text in quotes (found 1)" in err


def test_a_file_that_is_not_there_is_told_with_who_named_it(check):
    status, _, err = check("--policy", "none.toml")
    assert status == 2
    assert "none.toml: cannot be read: there is no such file" in err
    assert "the policy pack that --policy names" in err
