"""What a person does to have an account read again: own words for every network, and never a secret or an address."""

from typing import get_args

import pytest
from pydantic import SecretStr

from config.accounts import (
    AccountSettings,
    BlueskyAccount,
    FacebookPageAccount,
    FeedAccount,
    XAccount,
)
from monitor.reconnecting import headline, network_words, placing, steps, what_is_wrong
from monitor.rules.watching import Trouble

MODELS = get_args(get_args(AccountSettings)[0])
NETWORKS = [get_args(model.model_fields["network"].annotation)[0] for model in MODELS]
MAILED = [Trouble.DEAD, Trouble.EMPTY, Trouble.FORBIDDEN, Trouble.STALE]


def test_there_are_eleven_networks_to_speak_of():
    assert len(NETWORKS) == len(set(NETWORKS)) == 11


@pytest.mark.parametrize("trouble", [Trouble.DEAD, Trouble.FORBIDDEN])
@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_has_steps_of_its_own(network, trouble):
    said = steps(network, trouble)
    assert said
    assert all(step.endswith(".") and "http" not in step and "—" not in step for step in said)
    assert [other for other in NETWORKS if steps(other, trouble) == said] == [network]


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("network", NETWORKS)
def test_what_is_wrong_is_a_sentence_and_names_the_network_or_the_account(network, trouble):
    for is_part in (True, False):
        said = what_is_wrong(trouble, network, "Our account", is_part=is_part)
        assert said[0].isupper()
        assert said.endswith(".")
        assert "{" not in said


def test_a_network_we_do_not_know_is_called_by_the_accounts_label():
    assert network_words("other", "Class chat") == "Class chat"


def test_headlines_leave_room_for_the_accounts_name():
    said = {headline(trouble, is_part=is_part) for trouble in MAILED for is_part in (True, False)}
    assert all(len(words) <= 35 for words in said)


def account(model, **more):
    return model(key="ours", label="Ours", **more)


def test_where_new_credentials_go_is_said_by_the_names_of_the_keys_and_never_by_what_they_hold():
    secret = SecretStr("plantedSecret/0123456789")
    facebook = account(FacebookPageAccount, network="facebook_page", page_id="1", access_token=secret)
    said = placing(facebook)
    assert "access_token_env, access_token_file or access_token_credential" in said
    assert 'in the [[accounts]] table with key = "ours"' in said
    both = facebook.model_copy(update={"app_secret": secret})
    assert "access_token, app_secret" in placing(both)
    own = dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), secret)
    x = account(XAccount, network="x", user_id="1", bearer_token=secret, **own)
    assert "bearer_token" in placing(x)
    bluesky = account(BlueskyAccount, network="bluesky", handle="ours.example", app_password=secret)
    assert "app_password_env" in placing(bluesky)
    assert not any("plantedSecret" in placing(each) for each in (facebook, both, x, bluesky))


def test_an_account_without_credentials_has_none_to_place():
    assert placing(account(FeedAccount, network="feed", feed_url="https://oakfield.example/feed")) == ""
