"""Writing a first configuration by questions."""

import stat
from pathlib import Path

import pytest

from config.loading import load_settings
from config.schema import models_in
from config.settings import Tables
from monitor.__main__ import main
from monitor.commands.network_steps import STEPS, TITLES

SCHOOL = ["Oakfield Primary School", "", "default", "chair@governors.example"]
MAIL = ["monitor@oakfield.example", ""]
PEOPLE = ["Mrs Ali", "ali@oakfield.example", "", "Ms Okafor", "head@oakfield.example", "", ""]
TOKEN = "plantedTokenOfOakfield/0123456789"
ACCOUNTS = {
    "facebook_page": ["100200300", TOKEN, ""],
    "instagram": ["17841400000000001", TOKEN, ""],
    "x": ["4815162342", TOKEN],
    "reddit": ["oakfield", "", "client", TOKEN, TOKEN + "1"],
    "youtube": ["UCoakfield", TOKEN, "", "", ""],
    "wordpress": ["https://www.oakfield.example", "monitor", TOKEN],
    "mastodon": ["oakfield", "https://mastodon.example", TOKEN],
    "bluesky": ["oakfield.bsky.social", TOKEN],
    "feed": ["https://blog.oakfield.example/comments/feed/"],
    "google_reviews": ["1", "2", "client", TOKEN, TOKEN + "1"],
    "other": ["forum", "oakfield", ""],
}
NETWORKS = list(TITLES)


@pytest.fixture
def answered(tmp_path, monkeypatch, capsys):
    """Runs `init` in an empty folder, with these answers."""
    monkeypatch.chdir(tmp_path)

    def run(*answers, file="school-monitor.toml"):
        left = iter(answers)

        def answer(prompt=""):
            try:
                return next(left)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("builtins.input", answer)
        status = main(["init", "--file", file])
        return status, capsys.readouterr(), list(left)

    return run


@pytest.mark.parametrize("network", NETWORKS)
def test_the_answers_make_a_configuration_that_can_be_used(network, answered, tmp_path):
    number = str(NETWORKS.index(network) + 1)
    status, printed, left = answered(*SCHOOL, *MAIL, *PEOPLE, number, *ACCOUNTS[network])
    assert (status, left) == (0, []), printed
    settings = load_settings(tmp_path / "school-monitor.toml", {})
    assert (settings.school.name, settings.school.key) == ("Oakfield Primary School", "oakfield")
    assert [account.network for account in settings.accounts] == [network]
    assert STEPS[network][0][:40] in printed.out


def test_secrets_lie_in_files_of_their_own_that_only_their_owner_may_read(answered, tmp_path):
    answered(*SCHOOL, *MAIL, *PEOPLE, "1", *ACCOUNTS["facebook_page"])
    assert TOKEN not in (tmp_path / "school-monitor.toml").read_text()
    file = tmp_path / "secrets" / "facebook-page-access-token"
    assert file.read_text().strip() == TOKEN
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "school-monitor.toml").stat().st_mode) == 0o600


def test_several_networks_are_asked_one_after_the_other(answered, tmp_path):
    answered(*SCHOOL, *MAIL, *PEOPLE, "1, 3", *ACCOUNTS["facebook_page"], *ACCOUNTS["x"])
    settings = load_settings(tmp_path / "school-monitor.toml", {})
    assert [account.key for account in settings.accounts] == ["facebook-page", "x"]


def test_an_answer_that_cannot_be_used_is_asked_for_again(answered):
    status, printed, _ = answered(*SCHOOL, *MAIL, *PEOPLE, "99", "", "8", *ACCOUNTS["bluesky"])
    assert status == 0
    assert printed.out.count("please try again") == 2


def test_what_is_there_is_never_overwritten(answered, tmp_path):
    (tmp_path / "school-monitor.toml").write_text("mine")
    status, printed, _ = answered()
    assert (status, (tmp_path / "school-monitor.toml").read_text()) == (2, "mine")
    assert "is there already" in printed.err


def test_questions_left_unanswered_write_nothing(answered, tmp_path):
    status, printed, _ = answered(*SCHOOL, "monitor@oakfield.example")
    assert status == 2
    assert "nothing was written" in printed.err
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_address_is_told_with_its_line_and_the_file_is_left_to_be_mended(answered, tmp_path):
    people = ["Mrs Ali", "no address", *PEOPLE[2:]]
    status, printed, _ = answered(*SCHOOL, *MAIL, *people, "8", *ACCOUNTS["bluesky"])
    assert status == 1
    assert "people" in printed.err
    assert (tmp_path / "school-monitor.toml").exists()


def test_every_network_has_its_steps_and_a_title():
    models = models_in(Tables.model_fields["accounts"].annotation)
    networks = [model.model_fields["network"].annotation.__args__[0] for model in models]
    assert networks == list(TITLES) == list(STEPS)


def test_the_page_for_schools_holds_the_same_steps():
    page = " ".join((Path(__file__).parents[2] / "docs" / "networks.md").read_text("utf-8").split())
    missing = [step for steps in STEPS.values() for step in steps if " ".join(step.split()) not in page]
    assert missing == []
